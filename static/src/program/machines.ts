import type { AbiInfo } from "../generated/events";
import type { Arch, Language } from "../protocol/messages";

/** What the page says of an architecture before a run has told it: `run.start` of a run overrules all of it. */
export interface Machine {
  readonly title: string;
  readonly abi: AbiInfo;
}

const registers = (prefix: string, count: number, from = 0) => Array.from({ length: count }, (_, i) => `${prefix}${from + i}`);

/** The architectures, the usual one first. */
export const MACHINES: Readonly<Record<Arch, Machine>> = {
  x86_64: {
    title: "x86-64",
    abi: {
      name: "x86_64",
      table: "x86_64",
      traps: ["syscall"],
      number_register: "rax",
      argument_registers: ["rdi", "rsi", "rdx", "r10", "r8", "r9"],
      return_register: "rax",
      user_mode: "ring 3",
      kernel_mode: "ring 0",
      word_size: 8,
    },
  },
  i386: {
    title: "i386",
    abi: {
      name: "i386",
      table: "i386",
      traps: ["int 0x80"],
      number_register: "eax",
      argument_registers: ["ebx", "ecx", "edx", "esi", "edi", "ebp"],
      return_register: "eax",
      user_mode: "ring 3",
      kernel_mode: "ring 0",
      word_size: 4,
    },
  },
  arm: {
    title: "ARM",
    abi: {
      name: "arm",
      table: "arm",
      traps: ["svc #0"],
      number_register: "r7",
      argument_registers: registers("r", 6),
      return_register: "r0",
      user_mode: "usr",
      kernel_mode: "svc",
      word_size: 4,
    },
  },
  aarch64: {
    title: "AArch64",
    abi: {
      name: "aarch64",
      table: "aarch64",
      traps: ["svc #0"],
      number_register: "x8",
      argument_registers: registers("x", 6),
      return_register: "x0",
      user_mode: "EL0",
      kernel_mode: "EL1",
      word_size: 8,
    },
  },
  riscv64: {
    title: "RISC-V",
    abi: {
      name: "riscv64",
      table: "riscv64",
      traps: ["ecall"],
      number_register: "a7",
      argument_registers: registers("a", 6),
      return_register: "a0",
      user_mode: "U-mode",
      kernel_mode: "S-mode",
      word_size: 8,
    },
  },
};

export const ARCHES = Object.keys(MACHINES) as Arch[];

export const isArch = (name: unknown): name is Arch => typeof name === "string" && name in MACHINES;

export const LANGUAGE_TITLES: Readonly<Record<Language, string>> = {
  auto: "Assembly",
  gas: "GNU as",
  nasm: "NASM",
  c: "C",
  rust: "Rust",
};

/** Whether a compiler makes the program, which has optimisation levels and leaves assembly to look at. */
export const isCompiled = (language: Language): boolean => language === "c" || language === "rust";
