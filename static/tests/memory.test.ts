import { describe, expect, it } from "vitest";
import { fold } from "../src/fold/fold";
import { EMPTY, type State } from "../src/fold/state";
import type { TrapgateEvent } from "../src/generated/events";

const base = { seq: 0, time: 0, task: 1000 };
const TRAP: TrapgateEvent = {
  ...base,
  type: "trap",
  call: 0,
  instruction: "ecall",
  pc: "0x10000",
  number: "0xd6",
  args: [],
  line: 3,
  frames: [],
};
const MAP: TrapgateEvent = {
  ...base,
  type: "memory",
  change: "map",
  start: "0x14000",
  end: "0x16000",
  perms: "rw-p",
  name: "[heap]",
};
const RETURN: TrapgateEvent = {
  ...base,
  type: "return",
  call: 0,
  value: "0x16000",
  text: "0x16000",
  errno: null,
  strace: "brk(0x16000) = 0x16000",
  sentence: "a0 becomes 0x16000.",
};

const after = (...events: TrapgateEvent[]): State => events.reduce((state, event) => fold(state, event), EMPTY);

describe("the region that a call changed", () => {
  it("is that of the crossing as long as the crossing is in view", () => {
    const mapped = after(TRAP, MAP);
    expect(mapped.changedMemory).toBe("0x14000");
    const answered = fold(mapped, RETURN);
    expect(answered.changedMemory).toBeNull();
    expect(answered.crossing).toMatchObject({ touched: "memory", range: { start: "0x14000", change: "map" } });
  });

  it("is remembered when it is gone", () => {
    const gone = after(TRAP, MAP, { ...MAP, change: "unmap" });
    expect(gone.memory).toEqual([]);
    expect(gone.crossing?.range).toMatchObject({ start: "0x14000", change: "unmap" });
  });

  it("is forgotten at the next call", () => {
    expect(after(TRAP, MAP, RETURN, TRAP).crossing?.range).toBeNull();
  });
});
