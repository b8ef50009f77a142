import type {
  Fd,
  Memory,
  ModeSwitch,
  Output,
  Signal,
  Switch,
  TaskExec,
  TaskExit,
  TaskStart,
  TaskUnshare,
  TrapgateEvent,
} from "../generated/events";
import { applyMemory } from "./memory";
import { sentenceOf } from "./sentences";
import type { Crossing, Descriptor, State, Task } from "./state";
import { straceLine } from "./strace";
import { speaker } from "./tasks";
import { bytesOf } from "./words";

const NEW_CROSSING: Omit<Crossing, "kind" | "index" | "task"> = {
  call: null,
  instruction: "",
  pc: null,
  line: null,
  number: null,
  args: [],
  frames: [],
  saved: {},
  dispatch: null,
  checks: [],
  services: [],
  block: null,
  fault: null,
  signal: null,
  result: null,
  touched: null,
  range: null,
  over: false,
};

/** Keep a crossing; the one in view is that of the current task. */
function withCrossing(state: State, crossing: Crossing): State {
  const crossings = new Map(state.crossings).set(crossing.task, crossing);
  return { ...state, crossing: crossing.task === state.task ? crossing : state.crossing, crossings };
}

/** Change the crossing of a task, the current one unless another is named, when there is one. */
function amend(state: State, change: (crossing: Crossing) => Partial<Crossing>, task = state.task): State {
  const crossing = state.crossings.get(task);
  return crossing ? withCrossing(state, { ...crossing, ...change(crossing) }) : state;
}

/** Show what belongs to the current task. */
function inView(state: State): State {
  const task = state.tasks.get(state.task);
  if (!task) return state;
  return {
    ...state,
    memory: state.memories.get(task.memory) ?? [],
    descriptors: state.tables.get(task.table) ?? new Map<number, Descriptor>(),
    crossing: state.crossings.get(task.pid) ?? null,
  };
}

/** A task comes to life. What it does not share with its parent it has a copy of. */
function start(state: State, event: TaskStart): State {
  const first = event.pid === state.task;
  const parent = state.tasks.get(event.parent);
  const shares = (what: TaskStart["shares"][number]) => parent !== undefined && event.shares.includes(what);
  const task: Task = {
    pid: event.pid,
    parent: event.parent,
    name: event.name,
    process: event.process,
    memory: shares("memory") && parent ? parent.memory : event.pid,
    table: shares("files") && parent ? parent.table : event.pid,
    state: first ? "running" : "ready",
    note: "",
  };
  const memories = new Map(state.memories);
  const tables = new Map(state.tables);
  if (parent && task.memory === event.pid) memories.set(event.pid, state.memories.get(parent.memory) ?? []);
  if (parent && task.table === event.pid) tables.set(event.pid, state.tables.get(parent.table) ?? new Map());
  const started = { ...state, memories, tables, tasks: new Map(state.tasks).set(event.pid, task) };
  return first ? started : splitOff(started, event);
}

/** The new task stands where its parent does, inside the call that made it; but there, the call answers 0. */
function splitOff(state: State, event: TaskStart): State {
  const shown = showTask(state, event.pid);
  const crossing = shown.crossings.get(event.parent);
  if (crossing?.kind !== "call" || crossing.over) return shown;
  const register = state.abi?.return_register ?? "The return register";
  const sentence = `${register} becomes 0: that is how the new task knows that it is the new one.`;
  const result = { value: "0x0", text: "0", errno: null, sentence };
  const own: Crossing = { ...crossing, index: state.index, task: event.pid, checks: [], services: [], result };
  return withCrossing(shown, own);
}

/** The object at the end of the corridor is the process tree, with this task marked. */
function showTask(state: State, pid: number): State {
  return {
    ...amend(state, () => ({ touched: "tasks" })),
    changedTask: pid,
    place: inside(state) ? "device" : state.place,
  };
}

/** A number for what a task gets for itself alone: no tid, and no other event's. */
const ownId = (event: TrapgateEvent) => -event.seq;

/** A task shares its descriptor table with nobody any more. */
function unshare(state: State, event: TaskUnshare): State {
  const task = state.tasks.get(event.task);
  if (!task) return state;
  const own = ownId(event);
  const tables = new Map(state.tables).set(own, state.tables.get(task.table) ?? new Map());
  return inView(withTask({ ...state, tables }, task.pid, { table: own }));
}

/** A task has another program: memory of its own, and a descriptor table that it shares with nobody. */
function exec(before: State, event: TaskExec): State {
  const { former } = event;
  const state = former === undefined || former === null ? before : rename(before, former, event.task);
  const task = state.tasks.get(event.task);
  if (!task) return state;
  const own = ownId(event);
  const memories = new Map(state.memories).set(own, event.segments);
  const tables = new Map(state.tables).set(own, state.tables.get(task.table) ?? new Map());
  const next = { ...state, memories, tables };
  const changed = inView(withTask(next, task.pid, { name: event.name, memory: own, table: own }));
  const entry = BigInt(event.entry);
  const code = event.segments.find((region) => BigInt(region.start) <= entry && entry < BigInt(region.end));
  return {
    ...amend(changed, () => ({ touched: "memory" })),
    changedMemory: code?.start ?? null,
    changedTask: task.pid,
    place: inside(changed) ? "device" : changed.place,
  };
}

function exit(state: State, event: TaskExit): State {
  const note = event.signal ?? `status ${event.status ?? 0}`;
  return showTask(withTask(state, event.pid, { state: "exited", note }), event.pid);
}

/** A signal changes the task's crossing, and when it stops or continues the process, every thread of it. */
function signal(state: State, event: Signal): State {
  const touched = event.frame === null ? {} : { touched: "frame" as const };
  const told = amend(state, () => ({ signal: event, ...touched }), event.task);
  const place = event.task === state.task && inside(state) ? "signal" : state.place;
  if (event.action !== "stop" && event.action !== "continue") return { ...told, place };
  const process = state.tasks.get(event.task)?.process;
  const tasks = new Map(told.tasks);
  for (const task of tasks.values()) {
    if (task.process !== process || task.state === "exited") continue;
    if (event.action === "stop") tasks.set(task.pid, { ...task, state: "stopped", note: event.name });
    else if (task.state === "stopped") tasks.set(task.pid, { ...task, state: "ready", note: "" });
  }
  return { ...told, tasks, place };
}

function switchTo(state: State, event: Switch): State {
  const left = state.tasks.get(event.previous);
  const rested = left?.state === "running" ? withTask(state, event.previous, { state: "ready" }) : state;
  const running = withTask(rested, event.next, { state: "running", note: "" });
  const shown = inView({ ...running, task: event.next || state.task });
  return { ...shown, line: shown.crossing?.line ?? shown.line, switched: event, place: "scheduler" };
}

function withTask(state: State, pid: number, change: Partial<Task>): State {
  const task = state.tasks.get(pid);
  return task ? { ...state, tasks: new Map(state.tasks).set(pid, { ...task, ...change }) } : state;
}

/** The state in which a thread has taken the place of the first one of its process. */
function rename(state: State, former: number, pid: number): State {
  const tasks = new Map(state.tasks);
  const task = tasks.get(former);
  if (task) {
    tasks.delete(former);
    tasks.set(pid, { ...task, pid });
  }
  const crossings = new Map(state.crossings);
  const crossing = crossings.get(former);
  if (crossing) {
    crossings.delete(former);
    crossings.set(pid, crossing);
  }
  return { ...state, task: pid, tasks, crossings };
}

/** True when the task's latest crossing is still inside the kernel. */
function inside(state: State): boolean {
  const crossing = state.crossings.get(state.task);
  return crossing !== undefined && !crossing.over;
}

function mode(state: State, event: ModeSwitch): State {
  const next: State = { ...state, mode: event.to, line: event.line ?? state.line };
  if (event.to === "user") {
    return { ...amend(next, () => ({ over: true })), place: event.reason === "return" ? "registers" : "program" };
  }
  const { reason } = event;
  if (reason === "fault" || reason === "interrupt") {
    const known = reason === "fault" && inside(next) && next.crossings.get(next.task)?.kind === "fault";
    const entered = known
      ? next
      : withCrossing(next, { ...NEW_CROSSING, kind: reason, index: state.index, task: event.task, pc: event.pc });
    return { ...amend(entered, () => ({ saved: event.saved, line: event.line })), place: "exception" };
  }
  return { ...amend(next, () => ({ saved: event.saved })), place: "entry" };
}

/** Counts the bytes, and how many of them are the terminal's own: the carriage return it puts before a line end. */
function printed(state: State, event: Output): Pick<State, "outputBytes" | "terminalReturns"> {
  const bytes = bytesOf(event.data);
  let returns = 0;
  if (event.stream === 0) bytes.forEach((byte, i) => (returns += Number(byte === 13 && bytes[i + 1] === 10)));
  return {
    outputBytes: state.outputBytes + bytes.length,
    terminalReturns: state.terminalReturns + returns,
  };
}

function fd(state: State, event: Fd): State {
  const table = state.tasks.get(event.task)?.table ?? event.task;
  const descriptors = new Map<number, Descriptor>(state.tables.get(table));
  if (event.change === "close") descriptors.delete(event.fd);
  else descriptors.set(event.fd, event);
  const sorted = new Map([...descriptors].sort(([a], [b]) => a - b));
  const changed = amend({ ...state, tables: new Map(state.tables).set(table, sorted) }, () => ({
    touched: "descriptors",
  }));
  return {
    ...changed,
    descriptors: event.task === state.task ? sorted : state.descriptors,
    changedFd: event.fd,
    place: inside(state) ? "device" : state.place,
  };
}

function memory(state: State, event: Memory): State {
  const space = state.tasks.get(event.task)?.memory ?? event.task;
  const regions = applyMemory(state.memories.get(space) ?? [], event);
  const changed = amend({ ...state, memories: new Map(state.memories).set(space, regions) }, () => ({
    touched: "memory",
    range: event,
  }));
  return {
    ...changed,
    memory: event.task === state.task ? regions : state.memory,
    changedMemory: event.change === "unmap" ? null : event.start,
    place: inside(state) ? "device" : state.place,
  };
}

/** The state after `event`, given the state before it. Pure. */
export function fold(before: State, event: TrapgateEvent, index = before.index + 1): State {
  const state: State = {
    ...before,
    index,
    time: event.time,
    task: before.task || event.task,
    sentence: sentenceOf(event, before.abi),
    speaker: speaker(event),
    rows: before.rows + (straceLine(event) ? 1 : 0),
    changedFd: null,
    changedMemory: null,
    changedTask: null,
    switched: null,
    waiting: null,
  };
  switch (event.type) {
    case "run.start":
      return {
        ...state,
        abi: event.abi,
        memory: event.segments,
        memories: new Map(state.memories).set(event.task, event.segments),
        line: event.line,
        mode: "user",
        place: "program",
      };
    case "run.end":
      return {
        ...state,
        end: event,
        place: "ended",
      };
    case "trap": {
      const crossing: Crossing = {
        ...NEW_CROSSING,
        kind: "call",
        index,
        task: event.task,
        call: event.call,
        instruction: event.instruction,
        pc: event.pc,
        line: event.line,
        number: event.number,
        args: event.args,
        frames: event.frames,
      };
      return {
        ...withCrossing(state, crossing),
        calls: state.calls + 1,
        line: event.line ?? state.line,
        place: "registers",
      };
    }
    case "mode":
      return mode(state, event);
    case "dispatch":
      return { ...amend(state, () => ({ dispatch: event })), place: "dispatcher" };
    case "check":
      return { ...amend(state, (c) => ({ checks: [...c.checks, event] })), place: "checks" };
    case "service":
      return {
        ...amend(state, (c) => ({
          services: [...c.services, event],
          touched: event.subsystem === "tty" ? "terminal" : c.touched,
        })),
        place: inside(state) ? "service" : state.place,
      };
    case "block":
      return {
        ...withTask(
          amend(state, () => ({ block: event })),
          event.task,
          { state: "waiting", note: event.on },
        ),
        place: "queue",
      };
    case "wake":
      return {
        ...withTask(
          amend(state, () => ({ block: null }), event.task),
          event.task,
          { state: event.task === state.task ? "running" : "ready", note: "" },
        ),
        place: event.task === state.task && inside(state) ? "service" : state.place,
      };
    case "return":
      return {
        ...amend(state, () => ({ result: event, block: null })),
        errors: state.errors + (event.errno ? 1 : 0),
        place: "return",
      };
    case "output":
      return {
        ...amend(state, () => ({ touched: "terminal" })),
        outputs: state.outputs + 1,
        ...printed(state, event),
        place: inside(state) ? "device" : state.place,
      };
    case "input.wait":
      return { ...state, waiting: event, place: inside(state) ? "queue" : state.place };
    case "input":
      return state;
    case "fault": {
      const open = inside(state) ? state.crossings.get(state.task) : undefined;
      const crossing: Crossing =
        open?.kind === "fault" ? open : { ...NEW_CROSSING, kind: "fault", index, task: event.task };
      return {
        ...withCrossing(state, { ...crossing, fault: event, pc: event.pc, line: event.line }),
        faults: state.faults + 1,
        line: event.line ?? state.line,
        place: state.mode === "kernel" ? "exception" : "program",
      };
    }
    case "signal":
      return signal(state, event);
    case "switch":
      return switchTo(state, event);
    case "task.start":
      return start(state, event);
    case "task.exec":
      return exec(state, event);
    case "task.unshare":
      return unshare(state, event);
    case "task.exit":
      return exit(state, event);
    case "memory":
      return memory(state, event);
    case "fd":
      return fd(state, event);
  }
}
