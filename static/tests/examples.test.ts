import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Trace } from "../src/fold/trace";
import type { TrapgateEvent } from "../src/generated/events";

/** What the reference fold (app/trace/fold.py) sees; written by `python -m tests.fold_examples`. */
interface Expected {
  readonly index: number;
  readonly mode: string;
  readonly line: number | null;
  readonly memory: readonly (readonly string[])[];
  readonly descriptors: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, readonly [number, string]>>;
  readonly printed: number;
  readonly strace: readonly string[];
  readonly waiting: boolean;
  readonly ended: string | null;
}

interface Run {
  readonly name: string;
  readonly events: readonly TrapgateEvent[];
  readonly states: readonly Expected[];
}

const runs = JSON.parse(readFileSync(new URL("fixtures/examples.json", import.meta.url), "utf8")) as Run[];

describe.each(runs)("the run of $name", ({ events, states }) => {
  const trace = new Trace();
  trace.append(events);

  it.each(states)("is at event $index what the reference fold sees", (expected) => {
    const state = trace.stateAt(expected.index);
    expect({
      index: state.index,
      mode: state.mode,
      line: state.line,
      memory: state.memory.map((region) => [region.start, region.end, region.perms, region.name]),
      descriptors: Object.fromEntries([...state.descriptors].map(([fd, entry]) => [fd.toString(), entry.path])),
      tasks: Object.fromEntries([...state.tasks.values()].map((task) => [task.pid, [task.process, task.state]])),
      printed: state.outputBytes,
      strace: trace.rows.slice(0, state.rows).map((row) => row.text),
      waiting: state.waiting !== null,
      ended: state.end?.reason ?? null,
    }).toEqual(expected);
  });
});
