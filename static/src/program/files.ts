import { config } from "../config";
import type { Language } from "../protocol/messages";
import { MACHINES } from "./machines";

/** Files that a visitor opens or drops: an ELF file to run as it is, or a source for the editor. */

export type Opened =
  | { kind: "elf"; name: string; data: ArrayBuffer }
  | { kind: "source"; name: string; text: string; language: Language }
  | { kind: "refused"; text: string; hint: string };

const LANGUAGES: Record<string, Language> = { c: "c", h: "c", rs: "rust", asm: "auto", nasm: "nasm", s: "auto" };

const isElf = (bytes: Uint8Array) => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

const refused = (text: string, hint: string): Opened => ({ kind: "refused", text, hint });

export async function open(file: File): Promise<Opened> {
  const { name, size } = file;
  const most = Math.max(config.max_elf_bytes, config.max_source_bytes);
  if (size > most) {
    return refused(`${name} has ${size} bytes; the limit is ${most}.`, "Strip the file, or link less into it.");
  }
  const data = await file.arrayBuffer();
  const bytes = new Uint8Array(data);
  if (isElf(bytes)) {
    if (size <= config.max_elf_bytes) return { kind: "elf", name, data };
    return refused(`${name} has ${size} bytes; an ELF file may have ${config.max_elf_bytes}.`, "Strip it of symbols.");
  }
  const text = textIn(bytes);
  if (text === null) return refused(`${name} is neither an ELF file nor text.`, "Open a Linux executable or a source file.");
  if (size > config.max_source_bytes) {
    return refused(`${name} has ${size} bytes; a source may have ${config.max_source_bytes}.`, "Shorten it.");
  }
  const suffix = name.toLowerCase().split(".").at(-1) ?? "";
  return { kind: "source", name, text, language: LANGUAGES[suffix] ?? "auto" };
}

function textIn(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const MACHINE_NAMES: Record<number, string> = {
  3: MACHINES.i386.title,
  40: MACHINES.arm.title,
  62: MACHINES.x86_64.title,
  183: MACHINES.aarch64.title,
  243: MACHINES.riscv64.title,
};

/** What an ELF file says of itself: `64-bit ELF for x86-64`. */
export function describeElf(data: ArrayBuffer): string {
  if (data.byteLength < 20) return "ELF file, cut short";
  const view = new DataView(data);
  const little = view.getUint8(5) === 1;
  const machine = view.getUint16(18, little);
  return `${view.getUint8(4) === 1 ? 32 : 64}-bit ELF for ${MACHINE_NAMES[machine] ?? `machine ${machine}`}`;
}

/** Arguments as they are typed: separated by blanks, with quotes around those that hold some. */
export function argumentsIn(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
