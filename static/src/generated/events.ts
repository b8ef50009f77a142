// The event schema, version 1, in the shape that the schema generator writes.

export type Word = string;
export type Mode = "user" | "kernel";
export type Access = "read" | "write" | "execute";
export type Subsystem = "vfs" | "mm" | "tty" | "pipe" | "net" | "signal" | "sched" | "time" | "system";
export type EndReason =
  | "exit"
  | "signal"
  | "time-limit"
  | "memory-limit"
  | "event-limit"
  | "output-limit"
  | "deadlock"
  | "unsupported"
  | "stopped"
  | "internal-error";

export interface Segment {
  start: Word;
  end: Word;
  perms: string;
  name: string;
}

export interface AbiInfo {
  name: string;
  table: string;
  traps: string[];
  number_register: string;
  argument_registers: string[];
  return_register: string;
  user_mode: string;
  kernel_mode: string;
  word_size: number;
}

export interface Counters {
  traps: number;
  faults: number;
  events: number;
  output_bytes: number;
  memory_bytes: number;
  time: number;
}

interface Event {
  seq: number;
  time: number;
  task: number;
}

export interface RunStart extends Event {
  type: "run.start";
  version: number;
  abi: AbiInfo;
  language: string;
  argv: string[];
  segments: Segment[];
  entry: Word;
  line: number | null;
}

export interface RunEnd extends Event {
  type: "run.end";
  reason: EndReason;
  status: number | null;
  signal: string | null;
  exit_code: number;
  sentence: string;
  counters: Counters;
}

export interface Trap extends Event {
  type: "trap";
  call: number;
  instruction: string;
  pc: Word;
  number: Word;
  args: Word[];
  line: number | null;
}

export interface ModeSwitch extends Event {
  type: "mode";
  to: Mode;
  reason: "trap" | "fault" | "interrupt" | "return" | "signal";
  pc: Word;
  line: number | null;
  saved: Record<string, Word>;
}

export interface Dispatch extends Event {
  type: "dispatch";
  call: number;
  table: string;
  number: number;
  name: string | null;
  implemented: boolean;
  signature: string | null;
  source: string | null;
  sentence: string;
}

export interface Check extends Event {
  type: "check";
  call: number;
  argument: string;
  kind: string;
  value: string;
  ok: boolean;
  errno: string | null;
  sentence: string;
}

export interface Service extends Event {
  type: "service";
  call: number;
  subsystem: Subsystem;
  step: string;
  sentence: string;
}

export interface Block extends Event {
  type: "block";
  call: number;
  on: string;
  until: number | null;
  sentence: string;
}

export interface Wake extends Event {
  type: "wake";
  call: number;
  on: string;
  sentence: string;
}

export interface Return extends Event {
  type: "return";
  call: number;
  value: Word;
  text: string;
  errno: string | null;
  strace: string;
  sentence: string;
}

export interface Output extends Event {
  type: "output";
  stream: number;
  data: string;
}

export interface InputWait extends Event {
  type: "input.wait";
  call: number;
  sentence: string;
}

export interface Input extends Event {
  type: "input";
  data: string;
  eof: boolean;
}

export interface Fault extends Event {
  type: "fault";
  vector: string;
  name: string;
  pc: Word;
  line: number | null;
  address: Word | null;
  access: Access | null;
  signal: string | null;
  sentence: string;
}

export interface Signal extends Event {
  type: "signal";
  number: number;
  name: string;
  sender: string;
  disposition: "default" | "ignore" | "handler" | "blocked";
  action: "terminate" | "core" | "ignore" | "stop" | "continue" | "handler" | "pending";
  sentence: string;
}

export interface Switch extends Event {
  type: "switch";
  previous: number;
  next: number;
  reason: string;
}

export interface TaskStart extends Event {
  type: "task.start";
  pid: number;
  parent: number;
  name: string;
}

export interface TaskExec extends Event {
  type: "task.exec";
  path: string;
  argv: string[];
}

export interface TaskExit extends Event {
  type: "task.exit";
  pid: number;
  status: number | null;
  signal: string | null;
}

export interface Memory extends Event {
  type: "memory";
  change: "map" | "unmap" | "protect";
  start: Word;
  end: Word;
  perms: string;
  name: string;
}

export interface Fd extends Event {
  type: "fd";
  change: "open" | "close" | "flags";
  fd: number;
  description: number | null;
  kind: string;
  path: string;
  flags: string;
}

export type TrapgateEvent =
  | RunStart
  | RunEnd
  | Trap
  | ModeSwitch
  | Dispatch
  | Check
  | Service
  | Block
  | Wake
  | Return
  | Output
  | InputWait
  | Input
  | Fault
  | Signal
  | Switch
  | TaskStart
  | TaskExec
  | TaskExit
  | Memory
  | Fd;
