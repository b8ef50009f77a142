import { ABIS } from "../generated/abis";
import type { AbiInfo } from "../generated/events";
import type { Arch, Language } from "../protocol/messages";

/** What the page says of an architecture before a run has told it: `run.start` of a run overrules all of it. */
export interface Machine {
  readonly title: string;
  readonly abi: AbiInfo;
}

/** The architectures, the usual one first. */
export const MACHINES: Readonly<Record<Arch, Machine>> = {
  x86_64: { title: "x86-64", abi: ABIS.x86_64 },
  i386: { title: "i386", abi: ABIS.i386 },
  arm: { title: "ARM", abi: ABIS.arm },
  aarch64: { title: "AArch64", abi: ABIS.aarch64 },
  riscv64: { title: "RISC-V", abi: ABIS.riscv64 },
};

export const ARCHES = Object.keys(MACHINES) as Arch[];

export const isArch = (name: unknown): name is Arch => typeof name === "string" && Object.hasOwn(MACHINES, name);

export const LANGUAGE_TITLES: Readonly<Record<Language, string>> = {
  auto: "Assembly",
  gas: "GNU as",
  nasm: "NASM",
  c: "C",
  rust: "Rust",
};

/** Whether a compiler makes the program, which has optimisation levels and leaves assembly to look at. */
export const isCompiled = (language: Language): boolean => language === "c" || language === "rust";
