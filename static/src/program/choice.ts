import { signal } from "@preact/signals";
import type { Arch, Language, Optimize } from "../protocol/messages";
import { recall, remember } from "../ui/stored";
import { isArch } from "./machines";

/** What the source is written in, and what it is made for. */

const LANGUAGES: readonly string[] = ["auto", "gas", "nasm", "c", "rust"] satisfies Language[];

export const isLanguage = (name: unknown): name is Language => typeof name === "string" && LANGUAGES.includes(name);
export const isOptimize = (level: unknown): level is Optimize => level === 0 || level === 1 || level === 2;

const stored = { language: recall("language"), arch: recall("arch"), optimize: Number(recall("optimize") ?? 0) };

export const language = signal<Language>(isLanguage(stored.language) ? stored.language : "auto");
export const arch = signal<Arch>(isArch(stored.arch) ? stored.arch : "x86_64");
export const optimize = signal<Optimize>(isOptimize(stored.optimize) ? stored.optimize : 0);

/** An ELF file that runs in place of the editor's text. */
export interface ElfFile {
  readonly name: string;
  readonly data: ArrayBuffer;
}

export const elf = signal<ElfFile | null>(null);

export function setLanguage(value: Language): void {
  language.value = value;
  remember("language", value);
}

export function setArch(value: Arch): void {
  arch.value = value;
  remember("arch", value);
}

export function setOptimize(value: Optimize): void {
  optimize.value = value;
  remember("optimize", String(value));
}
