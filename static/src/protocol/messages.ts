import type { TrapgateEvent } from "../generated/events";

/** The Socket.IO contract, as docs/protocol.md describes it. */

export type Language = "auto" | "gas" | "nasm" | "c" | "rust";
export type Arch = "x86_64" | "i386" | "arm" | "aarch64" | "riscv64";
export type Optimize = 0 | 1 | 2;

export type ErrorCode =
  | "bad-message"
  | "too-large"
  | "bad-source"
  | "bad-elf"
  | "run-active"
  | "no-such-run"
  | "busy"
  | "unavailable";

export interface Failure {
  ok: false;
  error: { code: ErrorCode; message: string; field: string | null };
}

export type RunAnswer = { ok: true; run: string } | Failure;
export type PlainAnswer = { ok: true } | Failure;

export type CheckAnswer = { ok: true; check: string } | Failure;

export interface CheckRequest {
  source: string;
  language: Language;
  arch: Arch;
  optimize: Optimize;
}

export type RunRequest = (CheckRequest | { elf: ArrayBuffer }) & { argv?: string[]; columns: number; rows: number };

export interface Mistake {
  line: number;
  column: number;
  end_column: number;
  message: string;
  hint: string;
  severity: "error" | "warning";
}

/** What a source line became: `size` bytes at `address`, the first of them in `data` (base64). */
export interface CodeLine {
  line: number;
  address: number;
  size: number;
  data: string;
}

/** A line of generated assembly and the source line that it is for. */
export interface AssemblyLine {
  text: string;
  line: number | null;
}

/** A source that has become a program; `mistakes` are warnings. */
export interface Built {
  language: string;
  mistakes: Mistake[];
  lines: CodeLine[];
  assembly: AssemblyLine[];
}

export interface Checked {
  check: string;
  ok: boolean;
  language: string | null;
  mistakes: Mistake[];
  lines: CodeLine[];
  assembly: AssemblyLine[];
  problem: string | null;
}

export interface Library {
  arch: string;
  state: "missing" | "building" | "ready" | "failed";
  done: number;
  total: number;
}

/** What can be made into a program on this server now. */
export interface Toolchain {
  languages: { name: string; arches: string[]; reason: string }[];
  libraries: Library[];
}

export interface ServerMessages {
  toolchain: (message: Toolchain) => void;
  checked: (message: Checked, acknowledge?: () => void) => void;
  built: (message: Built & { run: string }, acknowledge?: () => void) => void;
  events: (message: { run: string; events: TrapgateEvent[] }, acknowledge?: () => void) => void;
  rejected: (message: { run: string; mistakes: Mistake[] }) => void;
  ended: (message: { run: string }) => void;
}

export interface ClientMessages {
  run: (request: RunRequest, answer: (answer: RunAnswer) => void) => void;
  check: (request: CheckRequest, answer: (answer: CheckAnswer) => void) => void;
  input: (message: { run: string; data: string; eof: boolean }, answer: (answer: PlainAnswer) => void) => void;
  stop: (message: { run: string }, answer: (answer: PlainAnswer) => void) => void;
}
