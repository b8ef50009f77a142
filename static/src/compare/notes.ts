import { SYSCALL_NAMES } from "../generated/syscalls";
import { isArch, MACHINES } from "../program/machines";
import type { Language } from "../protocol/messages";
import type { Pair } from "./align";
import type { KernelEntry } from "./entries";
import { family, meant } from "./equivalents";

/** Why two runs of one program enter the kernel differently, where that is known. */

const THREAD_POINTER = "arch_prctl";
const CLOCK = "clock_gettime";

/** Where a call keeps the thread pointer. */
const KEEPS: Readonly<Record<string, string>> = {
  arch_prctl: "the base of fs",
  set_thread_area: "a segment descriptor",
  set_tls: "a register that user mode can only read",
};

/** Architectures on which the thread pointer needs no call. */
const FREE: Readonly<Record<string, string>> = {
  aarch64: "AArch64 needs no call for this: user mode may write the thread pointer, tpidr_el0.",
  riscv64: "RISC-V needs no call for this: the thread pointer, tp, is an ordinary register.",
};

/** What comes of a division by zero that is no fault. */
const QUOTIENT: Readonly<Record<string, string>> = {
  aarch64: "On AArch64 a division by zero is no fault: the quotient is 0.",
  riscv64: "On RISC-V a division by zero is no fault: the quotient is -1.",
  arm: "On ARM a division by zero is no fault.",
};

/** Architectures whose vDSO tells the C library the time. */
const VDSO_CLOCKS: readonly string[] = ["x86_64", "aarch64"];

/** What is special about a variant. */
const VARIANTS: readonly [RegExp, string][] = [
  [/^mmap2$/, "mmap2 counts the offset in pages, so that 32 bits reach far into a file."],
  [/^_llseek$/, "A 64-bit offset needs two 32-bit registers."],
  [/time64$/, "Its times have 64 bits, so that they do not end in 2038."],
  [/32$/, "The plain name is the old call with 16-bit identities."],
  [/^socketcall$/, "One call stands for all of sockets; the first argument says which."],
  [/^ipc$/, "One call stands for all of System V IPC; the first argument says which."],
];

const tables = new Map<string, ReadonlySet<string>>();

function namesIn(table: string): ReadonlySet<string> {
  let names = tables.get(table);
  if (!names) {
    names = new Set(Object.values(SYSCALL_NAMES[table] ?? {}));
    tables.set(table, names);
  }
  return names;
}

export const titleOf = (arch: string): string => (isArch(arch) ? MACHINES[arch].title : arch);

/** The two architectures by name, and who chose the calls: `the C library`. */
export interface Sides {
  readonly left: string;
  readonly right: string;
  readonly author: string;
}

/** Who chooses the system calls of a program in this language. */
export const authorOf = (language: Language): string =>
  language === "c" ? "the C library" : language === "rust" ? "the library of Rust" : "the program";

function alone(entry: KernelEntry, missing: string): string {
  const kind = family(entry);
  const title = titleOf(missing);
  if (entry.kind === "fault") return entry.name === "SIGFPE" ? (QUOTIENT[missing] ?? "") : "";
  if (kind === THREAD_POINTER) return FREE[missing] ?? "";
  if (kind === CLOCK && VDSO_CLOCKS.includes(missing)) {
    return `The vDSO answers this on ${title}, without a trap.`;
  }
  const name = meant(entry);
  return !name.startsWith("call ") && !namesIn(missing).has(name) ? `${title} has no ${name}.` : "";
}

function otherwise(left: KernelEntry, right: KernelEntry, sides: Sides): string {
  const without = (lacking: KernelEntry, other: KernelEntry) =>
    namesIn(lacking.table).has(other.name) ? null : `${titleOf(lacking.table)} has no ${other.name}: ${sides.author} uses ${lacking.name}.`;
  const keeps = [KEEPS[left.name], KEEPS[right.name]];
  if (keeps[0] && keeps[1]) {
    return `Both set the thread pointer: ${keeps[0]} on ${titleOf(sides.left)}, ${keeps[1]} on ${titleOf(sides.right)}.`;
  }
  const found = without(right, left) ?? without(left, right) ?? "Two calls for the same request.";
  const special = VARIANTS.filter(([pattern]) => pattern.test(left.name) !== pattern.test(right.name));
  return [found, ...special.map(([, text]) => text)].join(" ");
}

/** A sentence on what is different; empty when nothing is, or nobody knows why. */
export function noteFor(pair: Pair, sides: Sides): string {
  const { left, right } = pair;
  if (left && right) return left.name === right.name ? "" : otherwise(left, right, sides);
  if (left) return alone(left, sides.right);
  return right ? alone(right, sides.left) : "";
}
