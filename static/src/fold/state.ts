import type {
  AbiInfo,
  Block,
  Check,
  Dispatch,
  Fault,
  Frame,
  InputWait,
  Memory,
  Mode,
  Return,
  RunEnd,
  Segment,
  Service,
  Signal,
  Switch,
  Word,
} from "../generated/events";

/** Where the token stands on the stage. */
export type Place =
  | "program"
  | "registers"
  | "entry"
  | "dispatcher"
  | "checks"
  | "service"
  | "queue"
  | "device"
  | "return"
  | "exception"
  | "signal"
  | "scheduler"
  | "ended";

/** What a call says to its caller. */
export type Answer = Pick<Return, "value" | "text" | "errno" | "sentence">;

/** One trip into the kernel: a system call by the trap gate, a fault or an interrupt by the exception door. */
export interface Crossing {
  readonly kind: "call" | "fault" | "interrupt";
  readonly index: number;
  readonly task: number;
  readonly call: number | null;
  readonly instruction: string;
  readonly pc: Word | null;
  readonly line: number | null;
  readonly number: Word | null;
  readonly args: readonly Word[];
  /** The call chain that led to it, innermost first. */
  readonly frames: readonly Frame[];
  readonly saved: Readonly<Record<string, Word>>;
  readonly dispatch: Dispatch | null;
  readonly checks: readonly Check[];
  readonly services: readonly Service[];
  readonly block: Block | null;
  readonly fault: Fault | null;
  readonly signal: Signal | null;
  readonly result: Answer | null;
  /** What the call changed, which decides the object shown at the end of the corridor. */
  readonly touched: "terminal" | "memory" | "descriptors" | "tasks" | "frame" | null;
  /** The last range of the address space that it changed. */
  readonly range: Memory | null;
  /** The CPU is back in user mode. */
  readonly over: boolean;
}

export interface Descriptor {
  readonly fd: number;
  readonly description: number | null;
  readonly kind: string;
  readonly path: string;
  readonly flags: string;
}

export interface Task {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** The process (thread group) it belongs to. */
  readonly process: number;
  /** Which address space it runs in: the tid of the task it was made for, or a number of its own since exec. */
  readonly memory: number;
  /** Which descriptor table it uses, likewise. */
  readonly table: number;
  readonly state: "running" | "ready" | "waiting" | "stopped" | "exited";
  /** What it waits for, what stopped it, or how it ended. */
  readonly note: string;
}

export interface StraceRow {
  /** Index of the event that completed the row. */
  readonly index: number;
  /** Whose it is. */
  readonly task: number;
  readonly text: string;
  readonly kind: "call" | "error" | "signal" | "end";
  readonly errno: string | null;
}

/** Everything that can be seen after event `index`; `index` is -1 before the first. */
export interface State {
  readonly index: number;
  readonly time: number;
  readonly task: number;
  readonly abi: AbiInfo | null;
  readonly mode: Mode;
  readonly line: number | null;
  readonly place: Place;
  readonly sentence: string;
  /** The task that the sentence is about, when it does not name it itself. */
  readonly speaker: number | null;
  readonly crossing: Crossing | null;
  readonly crossings: ReadonlyMap<number, Crossing>;
  readonly tasks: ReadonlyMap<number, Task>;
  /** Descriptor table of the current task. */
  readonly descriptors: ReadonlyMap<number, Descriptor>;
  /** Address space of the current task. */
  readonly memory: readonly Segment[];
  readonly tables: ReadonlyMap<number, ReadonlyMap<number, Descriptor>>;
  readonly memories: ReadonlyMap<number, readonly Segment[]>;
  readonly changedFd: number | null;
  readonly changedMemory: Word | null;
  readonly changedTask: number | null;
  /** The switch that this event is, null when it is another event. */
  readonly switched: Switch | null;
  /** How many output events have happened; the bytes themselves stay in the trace. */
  readonly outputs: number;
  readonly outputBytes: number;
  /** Of these, the carriage returns that the terminal put before line ends. */
  readonly terminalReturns: number;
  /** How many strace rows are complete; the rows themselves stay in the trace. */
  readonly rows: number;
  readonly calls: number;
  readonly errors: number;
  readonly faults: number;
  readonly waiting: InputWait | null;
  readonly end: RunEnd | null;
}

export const EMPTY: State = {
  index: -1,
  time: 0,
  task: 0,
  abi: null,
  mode: "user",
  line: null,
  place: "program",
  sentence: "",
  speaker: null,
  crossing: null,
  crossings: new Map(),
  tasks: new Map(),
  descriptors: new Map(),
  memory: [],
  tables: new Map(),
  memories: new Map(),
  changedFd: null,
  changedMemory: null,
  changedTask: null,
  switched: null,
  outputs: 0,
  outputBytes: 0,
  terminalReturns: 0,
  rows: 0,
  calls: 0,
  errors: 0,
  faults: 0,
  waiting: null,
  end: null,
};
