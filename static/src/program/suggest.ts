import type { Arch, Language, Mistake } from "../protocol/messages";
import { ARCHES, isCompiled, MACHINES } from "./machines";

/** A switch of language or architecture that may be what a source with mistakes needs. */
export interface Suggestion {
  readonly text: string;
  readonly language?: Language;
  readonly arch?: Arch;
}

const IS_C = /^\s*#\s*include\s*[<"]|^\s*(?:int|void)\s+\w+\s*\([^;]*\)\s*\{?\s*$/m;
const IS_RUST = /^\s*(?:pub\s+)?(?:unsafe\s+)?(?:extern\s+"C"\s+)?fn\s+\w+\s*\(|^\s*#!\[\w+/m;

/** Instructions that only one architecture has. */
const SIGNS: readonly [RegExp, Arch][] = [
  [/^\s*(?:\w+:\s*)?ecall\b/m, "riscv64"],
  [/^\s*(?:\w+:\s*)?mov\s+[xw]\d+\s*,[^]*^\s*(?:\w+:\s*)?svc\b/m, "aarch64"],
  [/^\s*(?:\w+:\s*)?mov\s+r\d+\s*,[^]*^\s*(?:\w+:\s*)?(?:svc|swi)\b/m, "arm"],
  [/^\s*(?:\w+:\s*)?syscall\b/m, "x86_64"],
  [/^\s*(?:\w+:\s*)?int\s+\$?(?:0x80|80h)\b/m, "i386"],
];

const isX86 = (arch: Arch) => arch === "x86_64" || arch === "i386";

/** What to offer for a source that the server refused; nothing when it is a plain mistake. */
export function suggestionsFor(source: string, language: Language, arch: Arch, mistakes: readonly Mistake[]): Suggestion[] {
  if (!mistakes.some((mistake) => mistake.severity === "error")) return [];
  const found: Suggestion[] = [];
  if (language !== "c" && !(language === "rust") && IS_C.test(source)) found.push({ text: "This looks like C.", language: "c" });
  else if (language !== "rust" && IS_RUST.test(source)) found.push({ text: "This looks like Rust.", language: "rust" });
  else if (!isCompiled(language)) {
    const hints = mistakes.map((mistake) => mistake.hint).join("\n");
    const sign = SIGNS.find(([pattern]) => pattern.test(source))?.[1];
    // NASM has x86 only: what it refuses for another architecture may still be NASM.
    const misplaced = sign !== undefined && isX86(sign) && !isX86(arch);
    if (language !== "nasm" && /choose NASM/.test(hints)) found.push({ text: "This looks like NASM.", language: "nasm" });
    if (language !== "gas" && !misplaced && /choose GNU as/.test(hints)) {
      found.push({ text: "This looks like GNU as.", language: "gas" });
    }
    if (sign && sign !== arch && !(isX86(sign) && isX86(arch))) {
      found.push({ text: `This looks like ${MACHINES[sign].title} assembly.`, arch: sign });
    }
    for (const other of ARCHES) {
      const named = new RegExp(`choose ${MACHINES[other].title}\\b`).test(hints);
      if (named && other !== arch && !found.some((entry) => entry.arch === other)) {
        found.push({ text: `This looks like ${MACHINES[other].title} assembly.`, arch: other });
      }
    }
  }
  return found;
}
