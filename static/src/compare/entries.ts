import type { AbiInfo, Fault, TrapgateEvent } from "../generated/events";
import { parametersOf, readable } from "../fold/words";
import { argumentCount } from "./wide";

/** A register with what it holds, as a person reads it. */
export interface Held {
  readonly register: string;
  readonly value: string;
}

/** What the program got back. */
export interface Answer {
  readonly text: string;
  readonly errno: string | null;
}

/** One entry into the kernel: a system call, or a fault that became a signal. */
export interface KernelEntry {
  /** Index of its trap or fault event. */
  readonly index: number;
  readonly pid: number;
  /** Which task of the run it is, in the order in which they began: 0 is the first. */
  readonly task: number;
  readonly kind: "call" | "fault";
  /** The trap instruction, or the name of the exception. */
  readonly instruction: string;
  /** The call's number as the program gave it; empty for a fault. */
  readonly number: string;
  /** The call's name, `call 9999` when the table has no such row; the signal that a fault became. */
  readonly name: string;
  /** Table in which the number was looked up. */
  readonly table: string;
  readonly args: readonly Held[];
  readonly answer: Answer | null;
  /** The call as strace prints it, or what a fault means. */
  readonly text: string;
  /** Registers in which the processor kept where user mode was left. */
  readonly saved: readonly string[];
}

type Draft = { -readonly [Key in keyof KernelEntry]: KernelEntry[Key] };

/** The answer to a call that ends its task. */
export const FOR_EVER: Answer = { text: "does not return", errno: null };

/** The ABI of a run, null before it has begun. */
export function abiIn(events: readonly TrapgateEvent[]): AbiInfo | null {
  const first = events[0];
  return first?.type === "run.start" ? first.abi : null;
}

/** The entries into the kernel in the order of the run, the first `limit` of them. Repaired page faults are none. */
export function entriesOf(events: readonly TrapgateEvent[], limit = Infinity): KernelEntry[] {
  const abi = abiIn(events);
  if (!abi) return [];
  const found: Draft[] = [];
  const calls = new Map<number, Draft>();
  /** The latest call of each task. */
  const latest = new Map<number, Draft>();
  const saved = new Map<number, readonly string[]>();
  const tasks = new Map<number, number>();
  const ordinal = (pid: number) => {
    if (!tasks.has(pid)) tasks.set(pid, tasks.size);
    return tasks.get(pid) ?? 0;
  };
  for (const [index, event] of events.entries()) {
    if (event.type === "task.start") ordinal(event.pid);
    if (found.length >= limit && (event.type === "trap" || event.type === "fault")) break;
    const common = { index, pid: event.task, task: ordinal(event.task), table: abi.table };
    switch (event.type) {
      case "trap": {
        const entry: Draft = {
          ...common,
          kind: "call",
          instruction: event.instruction,
          number: readable(event.number, abi.word_size),
          name: "",
          args: event.args.map((word, i) => ({
            register: abi.argument_registers[i] ?? `arg ${i + 1}`,
            value: readable(word, abi.word_size),
          })),
          answer: null,
          text: "",
          saved: [],
        };
        entry.name = `call ${entry.number}`;
        found.push(entry);
        calls.set(event.call, entry);
        latest.set(event.task, entry);
        break;
      }
      case "mode": {
        if (event.to !== "kernel") break;
        const names = Object.keys(event.saved);
        saved.set(event.task, names);
        const entry = latest.get(event.task);
        if (event.reason === "trap" && entry?.saved.length === 0) entry.saved = names;
        break;
      }
      case "dispatch": {
        const entry = calls.get(event.call);
        if (!entry || entry.pid !== event.task) break;
        entry.table = event.table;
        entry.name = event.name ?? entry.name;
        entry.text = event.sentence;
        if (event.signature !== null) {
          entry.args = entry.args.slice(0, argumentCount(event.table, entry.name, parametersOf(event.signature).length));
        }
        break;
      }
      case "return": {
        const entry = calls.get(event.call);
        if (!entry || entry.pid !== event.task) break;
        entry.answer = { text: event.text, errno: event.errno };
        entry.text = event.strace;
        break;
      }
      case "task.exit": {
        const entry = latest.get(event.pid);
        if (event.strace === null || !entry || entry.answer) break;
        entry.answer = FOR_EVER;
        entry.text = event.strace;
        break;
      }
      case "fault":
        if (event.signal === null) break;
        found.push({ ...common, ...faultParts(event, event.signal), saved: saved.get(event.task) ?? [] });
        break;
    }
  }
  return found;
}

function faultParts(event: Fault, signal: string) {
  const title = event.vector === event.name ? event.name : `${event.vector} ${event.name}`;
  return {
    kind: "fault" as const,
    instruction: title,
    number: "",
    name: signal,
    args: event.address === null ? [] : [{ register: "address", value: event.address }],
    answer: { text: signal, errno: signal },
    text: event.sentence,
  };
}
