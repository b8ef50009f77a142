import type { TrapgateEvent } from "../generated/events";

/** The Socket.IO contract, as docs/protocol.md describes it. */

export type Language = "auto" | "gas" | "nasm";

export type ErrorCode =
  | "bad-message"
  | "too-large"
  | "bad-source"
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

export interface RunRequest {
  source: string;
  language: Language;
  columns: number;
  rows: number;
}

export interface Mistake {
  line: number;
  column: number;
  end_column: number;
  message: string;
  hint: string;
  severity: "error" | "warning";
}

export interface ServerMessages {
  events: (message: { run: string; events: TrapgateEvent[] }, acknowledge?: () => void) => void;
  rejected: (message: { run: string; mistakes: Mistake[] }) => void;
  ended: (message: { run: string }) => void;
}

export interface ClientMessages {
  run: (request: RunRequest, answer: (answer: RunAnswer) => void) => void;
  input: (message: { run: string; data: string; eof: boolean }, answer: (answer: PlainAnswer) => void) => void;
  stop: (message: { run: string }, answer: (answer: PlainAnswer) => void) => void;
}
