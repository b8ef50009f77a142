import { describe, expect, it } from "vitest";
import { Lanes } from "../src/fold/lanes";
import type { State, Task } from "../src/fold/state";
import { doing, kinship, processTree, sharing, told, type Branch } from "../src/fold/tasks";
import { Trace } from "../src/fold/trace";
import type { TaskStart, TrapgateEvent } from "../src/generated/events";
import { example } from "./fixtures";

type Kind = TrapgateEvent["type"];

function played(events: readonly TrapgateEvent[]): Trace {
  const trace = new Trace();
  trace.append(events);
  return trace;
}

/** Index of the `nth` event of this type. */
function find(trace: Trace, type: Kind, nth = 0): number {
  const found = trace.events.flatMap((event, index) => (event.type === type ? [index] : []))[nth];
  if (found === undefined) throw new Error(`no ${type} number ${nth}`);
  return found;
}

function taskOf(state: State, pid: number): Task {
  const task = state.tasks.get(pid);
  if (!task) throw new Error(`no task ${pid}`);
  return task;
}

/** Events with the common fields filled in, on task `task`. */
function made(task: number, ...events: Record<string, unknown>[]): TrapgateEvent[] {
  return events.map((event, seq) => ({ seq, time: 0, task, ...event }) as unknown as TrapgateEvent);
}

const start = (pid: number, parent: number, process = pid, shares: TaskStart["shares"] = []) => ({
  type: "task.start",
  pid,
  parent,
  process,
  shares,
  name: "a",
});

describe("fork", () => {
  const trace = played(example("fork"));
  const born = find(trace, "task.start", 1);
  const sleeps = find(trace, "switch");

  it("shows the new process at the end of the corridor, ready to run", () => {
    const state = trace.stateAt(born);
    expect(state).toMatchObject({ place: "device", changedTask: 1001, task: 1000 });
    expect(state.crossing?.touched).toBe("tasks");
    expect(state.tasks.get(1001)).toMatchObject({ state: "ready", parent: 1000, process: 1001 });
  });

  it("answers 0 in the child, in the call that its parent made", () => {
    const state = trace.stateAt(sleeps);
    expect(state.crossing).toMatchObject({ task: 1001, dispatch: { name: "fork" }, result: { value: "0x0" }, over: false });
    expect(trace.stateAt(sleeps + 1)).toMatchObject({ mode: "user", place: "registers", crossing: { over: true } });
    expect(trace.stateAt(sleeps).crossings.get(1000)?.dispatch?.name).toBe("wait4");
  });

  it("says who leaves the CPU and why", () => {
    const state = trace.stateAt(sleeps);
    expect(state).toMatchObject({ place: "scheduler", switched: { previous: 1000, next: 1001 } });
    expect(state.sentence).toBe("Task 1000 sleeps: the scheduler gives the CPU to task 1001.");
    expect(trace.stateAt(sleeps + 1).switched).toBeNull();
    expect(doing(taskOf(state, 1000))).toBe("waits for child");
  });

  it("goes back to the line where the parent sleeps", () => {
    const asked = trace.stateAt(sleeps - 1).line;
    const back = find(trace, "switch", 1);
    expect(trace.stateAt(back - 1).line).not.toBe(asked);
    expect(trace.stateAt(back).line).toBe(asked);
  });

  it("names tasks only once there are several", () => {
    expect(told(trace.stateAt(born - 1))).toBe(trace.stateAt(born - 1).sentence);
    expect(told(trace.stateAt(sleeps + 1))).toMatch(/^Task 1001: /);
    expect(told(trace.stateAt(sleeps))).toMatch(/^Task 1000 sleeps/);
  });

  it("keeps what became of the child", () => {
    const state = trace.stateAt(Infinity);
    expect(doing(taskOf(state, 1001))).toBe("exited, status 3");
    expect(kinship(taskOf(state, 1001), state.tasks)).toBe("child of 1000");
  });
});

describe("threads", () => {
  const trace = played(example("threads"));

  it("share memory and descriptors with their process", () => {
    const state = trace.stateAt(find(trace, "switch"));
    expect(sharing(state, "memory")).toEqual([1000, 1001]);
    expect(sharing(state, "table")).toEqual([1000, 1001]);
    expect(kinship(taskOf(state, 1001), state.tasks)).toBe("thread of 1000");
    expect(sharing(trace.stateAt(Infinity), "memory")).toEqual([1000]);
  });

  it("have the mark of a futex on the sleeper while the other runs", () => {
    const state = trace.stateAt(find(trace, "output"));
    expect(state.task).toBe(1001);
    expect(state.tasks.get(1000)).toMatchObject({ state: "waiting", note: "futex" });
  });
});

describe("a signal with a handler", () => {
  const trace = played(example("signal"));
  const at = find(trace, "signal");

  it("lays its frame on the user stack and goes into the handler", () => {
    const state = trace.stateAt(at);
    expect(state).toMatchObject({ place: "signal", crossing: { touched: "frame", signal: { action: "handler" } } });
    expect(trace.stateAt(at + 1)).toMatchObject({ mode: "user", place: "program" });
    expect(trace.stateAt(at + 1).line).not.toBe(state.line);
  });
});

describe("stopping", () => {
  const signal = (name: string, action: string) => ({ type: "signal", name, action, frame: null, handler: null });
  const trace = played([
    ...made(1, start(1, 0), start(2, 1, 1, ["memory"]), start(3, 1), { ...signal("SIGSTOP", "stop"), task: 1 }),
    ...made(1, { ...signal("SIGCONT", "continue"), task: 1 }),
  ]);

  it("takes every thread of the process and no other, until it may go on", () => {
    const states = (index: number) => [...trace.stateAt(index).tasks.values()].map((task) => task.state);
    expect(states(3)).toEqual(["stopped", "stopped", "ready"]);
    expect(states(4)).toEqual(["ready", "ready", "ready"]);
    expect(doing(taskOf(trace.stateAt(3), 2))).toBe("stopped by SIGSTOP");
  });
});

describe("an interrupt", () => {
  const mode = (to: string, reason: string, line: number) => ({ type: "mode", to, reason, line, pc: "0x10", saved: { rip: "0x10" } });
  const trace = played([
    ...made(1, start(1, 0), start(2, 1), mode("kernel", "interrupt", 4)),
    ...made(1, { type: "switch", previous: 1, next: 2, reason: "its time slice is over" }),
    ...made(2, mode("user", "return", 9), { type: "switch", previous: 2, next: 1, reason: "sleeps" }),
  ]);

  it("is a crossing of its own by the exception door", () => {
    expect(trace.stateAt(2)).toMatchObject({ place: "exception", crossing: { kind: "interrupt", over: false } });
    expect(trace.stateAt(3).sentence).toBe("The time slice of task 1 is over: the scheduler gives the CPU to task 2.");
    expect(trace.stateAt(5)).toMatchObject({ line: 4, crossing: { kind: "interrupt", task: 1 } });
  });
});

describe("exec", () => {
  const segment = { start: "0x400000", end: "0x401000", perms: "r-xp", name: ".text" };
  const trace = played(
    made(1, start(1, 0), start(2, 1, 2, ["files", "memory"]), { type: "switch", previous: 1, next: 2, reason: "sleeps" }, {
      type: "task.exec",
      task: 2,
      path: "/bin/new",
      argv: ["new"],
      name: "new",
      segments: [segment],
      entry: "0x400080",
    }),
  );

  it("gives the task a name, memory and a table of its own, and points at its code", () => {
    const state = trace.stateAt(3);
    expect(state.tasks.get(2)?.name).toBe("new");
    expect(state).toMatchObject({ memory: [segment], changedMemory: "0x400000" });
    expect(sharing(state, "memory")).toEqual([2]);
    expect(sharing(state, "table")).toEqual([2]);
    expect(sharing(trace.stateAt(2), "memory")).toEqual([1, 2]);
  });
});

describe("the process tree", () => {
  const shape = (trace: Trace) => {
    const pids = (branches: readonly Branch[]): unknown[] =>
      branches.map(({ task, threads, children }) => [task.pid, threads.map((thread) => thread.pid), pids(children)]);
    return pids(processTree(trace.stateAt(Infinity).tasks));
  };

  it("has threads under their process and children under their parent", () => {
    const trace = played(made(1, start(1, 0), start(2, 1, 1), start(3, 2), start(4, 3, 3), start(5, 1), start(6, 3)));
    expect(shape(trace)).toEqual([
      [
        1,
        [2],
        [
          [3, [4], [[6, [], []]]],
          [5, [], []],
        ],
      ],
    ]);
  });
});

describe("lanes", () => {
  it("show who lives, runs and sleeps, and when", () => {
    const trace = played(example("threads"));
    const { lanes } = trace;
    const [clone, block, away, wake] = [
      find(trace, "task.start", 1),
      find(trace, "block"),
      find(trace, "switch"),
      find(trace, "wake"),
    ];
    expect(lanes.lives.map((life) => life.task)).toEqual([1000, 1001]);
    expect(lanes.lives[1]).toMatchObject({ from: clone, to: find(trace, "task.exit") });
    expect(lanes.asleep).toEqual([{ task: 1000, from: block, to: wake }]);
    expect(lanes.running.map(({ task, from }) => [task, from])).toEqual([
      [1000, 1],
      [1001, away],
      [1000, find(trace, "switch", 1)],
    ]);
    expect(lanes.running.at(-1)?.to).toBe(trace.events.length - 1);
    expect(lanes.lane(1001)).toBe(1);
  });

  it("has one lane for one task, and every mark knows its task", () => {
    expect(played(example("hello")).lanes.lives).toHaveLength(1);
    const tasks = new Set(played(example("fork")).marks.map((mark) => mark.task));
    expect([...tasks]).toEqual([1000, 1001]);
  });

  it("ends the sleep of a task that is killed", () => {
    const lanes = new Lanes();
    made(
      1,
      start(1, 0),
      start(2, 1),
      { type: "block", call: 0, on: "pipe", task: 2 },
      { type: "task.exit", pid: 2, status: null, signal: "SIGKILL", strace: null },
    ).forEach((event, index) => lanes.note(event, index));
    expect(lanes.asleep).toEqual([{ task: 2, from: 2, to: 3 }]);
    expect(lanes.lives[1]?.to).toBe(3);
  });
});
