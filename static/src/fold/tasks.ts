import type { TrapgateEvent } from "../generated/events";
import type { State, Task } from "./state";

/** A task with those it made. */
export interface Branch {
  readonly task: Task;
  readonly threads: readonly Task[];
  readonly children: readonly Branch[];
}

/** The tasks as a forest of processes: threads with their process, children with their parent. */
export function processTree(tasks: ReadonlyMap<number, Task>): Branch[] {
  const all = [...tasks.values()];
  const leader = (task: Task) => tasks.has(task.process) && task.process !== task.pid;
  const threads = group(all.filter(leader), (task) => task.process);
  const processes = all.filter((task) => !leader(task));
  const home = (task: Task) => {
    const parent = tasks.get(task.parent);
    return parent && tasks.has(parent.process) ? parent.process : (parent?.pid ?? 0);
  };
  const children = group(processes, home);
  const branch = (task: Task): Branch => ({
    task,
    threads: threads.get(task.pid) ?? [],
    children: (children.get(task.pid) ?? []).map(branch),
  });
  return (children.get(0) ?? []).map(branch);
}

function group(tasks: readonly Task[], key: (task: Task) => number): Map<number, Task[]> {
  const groups = new Map<number, Task[]>();
  for (const task of tasks) {
    const found = groups.get(key(task));
    if (found) found.push(task);
    else groups.set(key(task), [task]);
  }
  return groups;
}

/** What the task does now, in words. */
export function doing(task: Task): string {
  switch (task.state) {
    case "waiting":
      return `waits for ${task.note}`;
    case "stopped":
      return `stopped by ${task.note}`;
    case "exited":
      return task.note.startsWith("status ") ? `exited, ${task.note}` : `killed by ${task.note}`;
    default:
      return task.state;
  }
}

/** What the task is to the others: `child of 1000`, `thread of 1000`. */
export function kinship(task: Task, tasks: ReadonlyMap<number, Task>): string {
  if (task.process !== task.pid) return `thread of ${task.process}`;
  return tasks.has(task.parent) ? `child of ${task.parent}` : "the first process";
}

/** Living tasks that use the same table or memory as the task in view, that one among them. */
export function sharing(state: State, what: "table" | "memory"): number[] {
  const own = state.tasks.get(state.task);
  if (!own) return [];
  const same = [...state.tasks.values()].filter((task) => task[what] === own[what]);
  return same.filter((task) => task === own || task.state !== "exited").map((task) => task.pid);
}

/** Events whose sentences name their tasks themselves, or are about none. */
const NAMED: ReadonlySet<TrapgateEvent["type"]> = new Set([
  "run.start",
  "run.end",
  "switch",
  "task.start",
  "task.exit",
  "input",
]);

/** The task that the event's sentence speaks of without naming it; null when it needs no name. */
export function speaker(event: TrapgateEvent): number | null {
  return NAMED.has(event.type) || event.task === 0 ? null : event.task;
}

/** The sentence in view, which names its task when there are several. */
export function told(state: State): string {
  const named = state.speaker !== null && state.tasks.size > 1;
  return named ? `Task ${state.speaker}: ${state.sentence}` : state.sentence;
}
