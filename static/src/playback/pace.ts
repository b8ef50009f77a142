import type { TrapgateEvent } from "../generated/events";

/** How long an event stays before the next one shows, in milliseconds at speed 1. */
const PACE: Partial<Record<TrapgateEvent["type"], number>> = {
  "run.start": 300,
  trap: 400,
  mode: 400,
  dispatch: 400,
  check: 400,
  service: 400,
  block: 400,
  wake: 300,
  return: 400,
  output: 350,
  fault: 400,
  signal: 500,
  switch: 500,
  "task.start": 500,
  "task.exec": 500,
  "task.exit": 400,
  memory: 200,
  fd: 200,
};

const SHORTEST = 150;

export function pace(event: TrapgateEvent | undefined): number {
  return (event && PACE[event.type]) ?? SHORTEST;
}
