import { describe, expect, it } from "vitest";
import { fold } from "../src/fold/fold";
import { EMPTY, type State } from "../src/fold/state";
import { Trace } from "../src/fold/trace";
import type { TrapgateEvent } from "../src/generated/events";
import { indexOf, recorded } from "./fixtures";

function foldTo(events: readonly TrapgateEvent[], index: number): State {
  return events.slice(0, index + 1).reduce((state, event) => fold(state, event), EMPTY);
}

describe("hello", () => {
  const events = recorded("hello");

  it("starts with nothing", () => {
    expect(EMPTY).toMatchObject({ index: -1, mode: "user", crossing: null, outputs: 0, end: null });
  });

  it("takes memory and descriptors from the first events", () => {
    const state = foldTo(events, indexOf(events, "trap"));
    expect(state.memory.map((region) => region.name)).toEqual([".text", ".bss", "[stack]"]);
    expect([...state.descriptors.keys()]).toEqual([0, 1, 2]);
    expect(state.tasks.get(1)?.state).toBe("running");
  });

  it("opens a crossing at the trap, still in user mode", () => {
    const state = foldTo(events, indexOf(events, "trap"));
    expect(state).toMatchObject({ mode: "user", place: "registers", line: 12, calls: 1 });
    expect(state.crossing).toMatchObject({ kind: "call", number: "0x1", dispatch: null, over: false });
  });

  it("enters the kernel with the saved registers", () => {
    const state = foldTo(events, indexOf(events, "mode"));
    expect(state).toMatchObject({ mode: "kernel", place: "entry" });
    expect(Object.keys(state.crossing?.saved ?? {})).toEqual(["rcx", "r11"]);
  });

  it("finds the name, gathers the checks, does the work", () => {
    expect(foldTo(events, indexOf(events, "dispatch")).crossing?.dispatch?.name).toBe("write");
    expect(foldTo(events, indexOf(events, "check", 1)).crossing?.checks.map((check) => check.kind)).toEqual([
      "open",
      "access-mode",
    ]);
    expect(foldTo(events, indexOf(events, "service", 1)).place).toBe("service");
  });

  it("shows no output before its event", () => {
    const at = indexOf(events, "output");
    expect(foldTo(events, at - 1)).toMatchObject({ outputs: 0, outputBytes: 0 });
    expect(foldTo(events, at)).toMatchObject({ outputs: 1, outputBytes: 4, place: "device" });
  });

  it("gives the answer before the mode switch back", () => {
    const at = indexOf(events, "return");
    expect(foldTo(events, at)).toMatchObject({ mode: "kernel", place: "return", rows: 1 });
    const back = foldTo(events, at + 1);
    expect(back).toMatchObject({ mode: "user", place: "registers" });
    expect(back.crossing).toMatchObject({ over: true, result: { text: "3" } });
  });

  it("ends with the reason", () => {
    expect(foldTo(events, events.length - 1)).toMatchObject({
      place: "ended",
      calls: 2,
      errors: 0,
      end: { reason: "exit", status: 0 },
    });
  });

  it("never changes an earlier state", () => {
    const early = foldTo(events, 5);
    const copy = structuredClone(early);
    events.slice(6).reduce((state, event) => fold(state, event), early);
    expect(early).toEqual(copy);
  });
});

describe("bad descriptor", () => {
  const events = recorded("bad-fd");

  it("keeps the refusing check and counts the error", () => {
    const state = foldTo(events, indexOf(events, "return"));
    expect(state.errors).toBe(1);
    expect(state.crossing).toMatchObject({
      checks: [{ ok: false, errno: "EBADF" }],
      services: [],
      result: { errno: "EBADF" },
    });
  });

  it("forgets the refusal at the next trap", () => {
    const state = foldTo(events, indexOf(events, "trap", 1));
    expect(state.crossing).toMatchObject({ checks: [], result: null });
    expect(state.errors).toBe(1);
  });
});

describe("keyboard", () => {
  const events = recorded("input");
  const wait = indexOf(events, "input.wait");

  it("waits while the event is the last", () => {
    const state = foldTo(events, wait);
    expect(state.waiting).not.toBeNull();
    expect(state).toMatchObject({ place: "queue" });
    expect(state.crossing?.block?.on).toBe("keyboard");
    expect(state.tasks.get(1)).toMatchObject({ state: "waiting", note: "keyboard" });
  });

  it("goes on with the input", () => {
    expect(foldTo(events, wait + 1).waiting).toBeNull();
    const awake = foldTo(events, indexOf(events, "wake"));
    expect(awake.crossing?.block).toBeNull();
    expect(awake.tasks.get(1)?.state).toBe("running");
  });
});

describe("fault", () => {
  const events = recorded("fault");

  it("begins in user mode and enters by the exception door", () => {
    const at = indexOf(events, "fault");
    expect(foldTo(events, at)).toMatchObject({ mode: "user", place: "program", faults: 1, calls: 1 });
    const inside = foldTo(events, at + 1);
    expect(inside).toMatchObject({ mode: "kernel", place: "exception" });
    expect(inside.crossing).toMatchObject({ kind: "fault", dispatch: null, fault: { vector: "#PF" } });
  });

  it("also takes the mode switch before the fault", () => {
    const at = indexOf(events, "fault");
    const [fault, mode] = [events[at], events[at + 1]];
    if (!fault || !mode) throw new Error("fixture");
    const state = [mode, fault].reduce((s, event) => fold(s, event), foldTo(events, at - 1));
    expect(state).toMatchObject({ mode: "kernel", place: "exception", faults: 1 });
    expect(state.crossing).toMatchObject({ kind: "fault", fault: { address: "0x666000" } });
  });

  it("keeps the signal that results", () => {
    const state = foldTo(events, events.length - 1);
    expect(state.crossing?.signal?.name).toBe("SIGSEGV");
    expect(state.tasks.get(1)).toMatchObject({ state: "exited", note: "SIGSEGV" });
    expect(state.end).toMatchObject({ reason: "signal", signal: "SIGSEGV" });
  });
});

describe("trace", () => {
  it("has as many strace rows as the state says, at every index", () => {
    for (const name of ["hello", "bad-fd", "fault", "input"]) {
      const trace = new Trace();
      trace.append(recorded(name));
      for (let index = -1; index < trace.events.length; index++) {
        const due = trace.rows.filter((row) => row.index <= index).length;
        expect(trace.stateAt(index).rows, `${name} at ${index}`).toBe(due);
      }
    }
  });

  it("writes the call that never returned", () => {
    const trace = new Trace();
    trace.append(recorded("hello"));
    expect(trace.rows.map((row) => row.text)).toEqual([
      'write(1, "hi\\n", 3) = 3',
      "exit(0) = ?",
      "+++ exited with 0 +++",
    ]);
  });

  it("marks calls, errors and faults", () => {
    const trace = new Trace();
    trace.append(recorded("bad-fd"));
    expect(trace.marks.map((mark) => mark.kind)).toEqual(["call", "error", "call", "call"]);
    const faulty = new Trace();
    faulty.append(recorded("fault"));
    expect(faulty.marks.at(-1)?.kind).toBe("fault");
  });

  it("is the same in one piece and in many", () => {
    const whole = new Trace();
    whole.append(recorded("input"));
    const parts = new Trace();
    for (const event of recorded("input")) parts.append([event]);
    expect(parts.rows).toEqual(whole.rows);
    expect(parts.outputs).toEqual(whole.outputs);
    expect(parts.stateAt(Infinity)).toEqual(whole.stateAt(Infinity));
  });
});
