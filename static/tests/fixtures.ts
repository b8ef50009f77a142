import { readFileSync } from "node:fs";
import type { TrapgateEvent } from "../src/generated/events";

/** A recorded run from `tests/fixtures`. */
export function recorded(name: string): TrapgateEvent[] {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8")) as TrapgateEvent[];
}

/** Index of the nth event (0 is the first) of a type. */
export function indexOf(events: readonly TrapgateEvent[], type: TrapgateEvent["type"], nth = 0): number {
  const found = events.flatMap((event, i) => (event.type === type ? [i] : []))[nth];
  if (found === undefined) throw new Error(`no ${type} number ${nth}`);
  return found;
}

interface Run {
  readonly name: string;
  readonly events: readonly TrapgateEvent[];
}

let runs: readonly Run[] | undefined;

/** The recorded run of an example program. */
export function example(name: string): readonly TrapgateEvent[] {
  const url = new URL("fixtures/examples.json", import.meta.url);
  runs ??= JSON.parse(readFileSync(url, "utf8")) as Run[];
  const run = runs.find((candidate) => candidate.name === name);
  if (!run) throw new Error(`no example ${name}`);
  return run.events;
}
