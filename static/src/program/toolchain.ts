import { toolchain } from "../protocol/client";
import type { Arch, Language, Library } from "../protocol/messages";
import { MACHINES } from "./machines";

/** What the toolchain's state means for a choice of language and architecture. */

/** Names of the toolchain for a choice: `auto` is either dialect of assembly. */
const names = (language: Language | "elf"): readonly string[] => (language === "auto" ? ["gas", "nasm"] : [language]);

const TITLES: Record<string, string> = { auto: "Assembly", gas: "GNU as", nasm: "NASM", c: "C", rust: "Rust", elf: "An ELF file" };

/** Why the language does not work here for the architecture; null when it does, or when nothing is known yet. */
export function unavailable(language: Language | "elf", arch: Arch): string | null {
  const known = toolchain.value?.languages.filter(({ name }) => names(language).includes(name));
  if (!known || known.length === 0) return null;
  if (known.some(({ arches }) => arches.includes(arch))) return null;
  const reason = known.find((entry) => entry.reason !== "")?.reason;
  return reason ?? `${TITLES[language] ?? language} is not available for ${MACHINES[arch].title} on this server.`;
}

/** The C library that a program in this language needs, while it is not ready. */
export function libraryWork(language: Language, arch: Arch): Library | null {
  if (language !== "c") return null;
  const library = toolchain.value?.libraries.find((entry) => entry.arch === arch);
  return library && library.state !== "ready" ? library : null;
}

/** How far the library is, in words. */
export function libraryText(library: Library): string {
  const title = MACHINES[library.arch as Arch]?.title ?? library.arch;
  switch (library.state) {
    case "building":
      return `The C library for ${title} is being built: ${library.done} of ${library.total} files.`;
    case "failed":
      return `The C library for ${title} could not be built here.`;
    default:
      return `The C library for ${title} is not built yet.`;
  }
}
