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
