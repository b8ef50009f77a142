import { describe, expect, it } from "vitest";
import { Checkpoints } from "../src/fold/checkpoints";
import { fold } from "../src/fold/fold";
import { applyMemory } from "../src/fold/memory";
import { EMPTY } from "../src/fold/state";
import { nextStop, previousStop } from "../src/fold/steps";
import type { Memory, Segment } from "../src/generated/events";
import { recorded } from "./fixtures";

describe("checkpoints", () => {
  const events = recorded("input");
  const states = [EMPTY];
  for (const event of events) states.push(fold(states.at(-1) ?? EMPTY, event));

  it.each([1, 4, 7, 256])("give the folded state at every index, in any order (spacing %i)", (spacing) => {
    const checkpoints = new Checkpoints(events, spacing);
    const order = [...states.keys()].map((i) => ((i * 17) % states.length) - 1);
    for (const index of [...order, ...order.reverse()]) {
      expect(checkpoints.at(index)).toEqual(states[index + 1]);
    }
  });

  it("clamp indices out of range", () => {
    const checkpoints = new Checkpoints(events, 8);
    expect(checkpoints.at(-7).index).toBe(-1);
    expect(checkpoints.at(10_000).index).toBe(events.length - 1);
  });

  it("see events that arrive later", () => {
    const growing = events.slice(0, 5);
    const checkpoints = new Checkpoints(growing, 2);
    expect(checkpoints.at(100).index).toBe(4);
    growing.push(...events.slice(5));
    expect(checkpoints.at(100).index).toBe(events.length - 1);
  });

  it("fold at most the spacing after a first pass", () => {
    let reads = 0;
    const counted = new Proxy(events, {
      get(target, key, receiver) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads += 1;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    const checkpoints = new Checkpoints(counted, 8);
    checkpoints.at(events.length - 1);
    for (const index of [20, 3, 30, 11]) {
      reads = 0;
      checkpoints.at(index);
      expect(reads).toBeLessThanOrEqual(8);
    }
  });
});

describe("steps by system call", () => {
  const stops = [3, 10, 20];

  it("go to the next stop, then to the end", () => {
    expect([-1, 3, 9, 10, 20].map((index) => nextStop(stops, index, 25))).toEqual([3, 10, 10, 20, 24]);
  });

  it("go to the stop before, then to the start", () => {
    expect([24, 20, 11, 10, 3, -1].map((index) => previousStop(stops, index))).toEqual([20, 10, 10, 3, -1, -1]);
  });

  it("work without any stop", () => {
    expect(nextStop([], -1, 4)).toBe(3);
    expect(previousStop([], 2)).toBe(-1);
  });
});

describe("memory map", () => {
  const base: Segment[] = [
    { start: "0x1000", end: "0x4000", perms: "rw-p", name: "a" },
    { start: "0x8000", end: "0x9000", perms: "r--p", name: "b" },
  ];
  const change = (fields: Partial<Memory>): Memory => ({
    type: "memory",
    seq: 0,
    time: 0,
    task: 1,
    change: "map",
    start: "0x2000",
    end: "0x3000",
    perms: "",
    name: "",
    ...fields,
  });
  const ranges = (regions: readonly Segment[]) => regions.map((r) => `${r.start}-${r.end} ${r.perms} ${r.name}`.trim());

  it("splits what an unmap cuts", () => {
    expect(ranges(applyMemory(base, change({ change: "unmap" })))).toEqual([
      "0x1000-0x2000 rw-p a",
      "0x3000-0x4000 rw-p a",
      "0x8000-0x9000 r--p b",
    ]);
  });

  it("replaces what a map covers and stays sorted", () => {
    const next = applyMemory(base, change({ start: "0x3000", end: "0x8800", perms: "r-xp", name: "c" }));
    expect(ranges(next)).toEqual(["0x1000-0x3000 rw-p a", "0x3000-0x8800 r-xp c", "0x8800-0x9000 r--p b"]);
  });

  it("protects only inside the range", () => {
    expect(ranges(applyMemory(base, change({ change: "protect", perms: "---p" })))).toEqual([
      "0x1000-0x2000 rw-p a",
      "0x2000-0x3000 ---p a",
      "0x3000-0x4000 rw-p a",
      "0x8000-0x9000 r--p b",
    ]);
  });

  it("sorts addresses beyond 2**53 as numbers", () => {
    const high = change({ start: "0x7ffffffde000", end: "0x7ffffffff000", perms: "rw-p", name: "[stack]" });
    expect(applyMemory(base, high).at(-1)?.name).toBe("[stack]");
  });
});
