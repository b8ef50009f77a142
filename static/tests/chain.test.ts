import { describe, expect, it } from "vitest";
import { chainClause, isBuffered, libraryFrames, ownFrames, shortened } from "../src/fold/chain";
import { fold } from "../src/fold/fold";
import { sentenceOf } from "../src/fold/sentences";
import { EMPTY } from "../src/fold/state";
import { Trace } from "../src/fold/trace";
import type { Frame, Trap } from "../src/generated/events";

const frame = (name: string, line: number | null = null): Frame => ({
  pc: "0x401000",
  function: name,
  file: line === null ? null : "program.c",
  line,
  library: line === null,
});

const PRINTF = [
  frame("writev"),
  frame("__stdio_write"),
  frame("printf"),
  frame("greet", 4),
  frame("main", 9),
  frame("__libc_start_main"),
];

function trap(frames: Frame[], line: number | null = null): Trap {
  return {
    seq: 0,
    time: 0,
    task: 1,
    type: "trap",
    call: 1,
    instruction: "syscall",
    pc: "0x401000",
    number: "0x14",
    args: [],
    line,
    frames,
  };
}

describe("the call chain", () => {
  it("parts the visitor's functions from the library's", () => {
    expect(ownFrames(PRINTF).map((entry) => entry.function)).toEqual(["main", "greet"]);
    expect(libraryFrames(PRINTF).map((entry) => entry.function)).toEqual(["printf", "__stdio_write", "writev"]);
  });

  it("is all library when none of the visitor's functions is on it", () => {
    const leaving = [frame("_Exit"), frame("exit"), frame("__libc_start_main")];
    expect(ownFrames(leaving)).toEqual([]);
    expect(libraryFrames(leaving).map((entry) => entry.function)).toEqual(["__libc_start_main", "exit", "_Exit"]);
  });

  it("is told as who called whom", () => {
    expect(chainClause(PRINTF)).toBe("greet (line 4) called printf; 2 calls deeper writev executes");
    expect(chainClause([frame("write"), frame("puts"), frame("main", 3)])).toBe(
      "main (line 3) called puts, puts called write, which executes",
    );
    expect(chainClause([frame("write"), frame("main", 3)])).toBe("main (line 3) called write, which executes");
    expect(chainClause([frame("main", 3)])).toBe("main executes");
    expect(chainClause([])).toBe("");
  });

  it("leaves out the middle of a long list of names", () => {
    expect(shortened([..."abcdefgh"], 5)).toEqual(["a", "b", "…", "g", "h"]);
    expect(shortened([..."abcdefgh"], 4)).toEqual(["a", "b", "…", "h"]);
    expect(shortened(["a", "b"])).toEqual(["a", "b"]);
  });

  it("is in the sentence of the trap", () => {
    expect(sentenceOf(trap([], 5), null)).toBe(
      "The program executes syscall on line 5 with the number = 20: it asks the kernel for something.",
    );
    expect(sentenceOf(trap([frame("main", 5)], 5), null)).toContain("main executes syscall on line 5 with");
    expect(sentenceOf(trap(PRINTF, 4), null)).toBe(
      "greet (line 4) called printf; 2 calls deeper writev executes syscall with the number = 20: " +
        "it hands the kernel all text that was printed, and only collected, since the last time.",
    );
  });

  it("tells buffered output from a plain call", () => {
    expect(isBuffered(PRINTF)).toBe(true);
    expect(isBuffered([frame("__stdio_write"), frame("printf"), frame("main", 3)])).toBe(true);
    expect(isBuffered([frame("write"), frame("main", 3)])).toBe(false);
    // Asks whether the output is a terminal.
    expect(isBuffered([frame("__stdout_write"), frame("printf"), frame("main", 3)])).toBe(false);
    expect(isBuffered([])).toBe(false);
  });

  it("is kept with the crossing, and makes room for the library", () => {
    expect(fold(EMPTY, trap(PRINTF, 4)).crossing?.frames).toEqual(PRINTF);
    const trace = new Trace();
    trace.append([trap([frame("main", 3)])]);
    expect(trace.library).toBe(false);
    trace.append([{ ...trap(PRINTF), seq: 1 }]);
    expect(trace.library).toBe(true);
  });
});
