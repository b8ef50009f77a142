import { describe, expect, it } from "vitest";
import { chainClause, isBuffered, libraryFrames, libraryOf, libraryTitle, ownFrames, shortened } from "../src/fold/chain";
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

  it("leaves out the middle of what there is no room for", () => {
    const wide = { lines: 2, columns: 27 };
    expect(shortened([..."abcdefgh"], wide)).toEqual(["a", "b", "…", "f", "g", "h"]);
    expect(shortened(["a", "b"], wide)).toEqual(["a", "b"]);
    const deep = ["printf", "vfprintf", "printf_core", "__fwritex", "__stdout_write", "__stdio_write"];
    expect(shortened(deep, wide)).toEqual(["printf", "…", "__stdio_write"]);
    expect(shortened(deep, { lines: 2, columns: 30 })).toEqual([
      "printf",
      "vfprintf",
      "…",
      "__stdout_write",
      "__stdio_write",
    ]);
    expect(shortened(deep, { lines: 3, columns: 40 })).toEqual(deep);
    expect(shortened(deep, { lines: 1, columns: 27 })).toEqual(["printf", "…", "__stdio_write"]);
    const long = "pthread_setcancelstate_with_a_long_name";
    expect(shortened([long, "b", long], wide)).toEqual([long, "…", long]);
  });

  it("is in the sentence of the trap", () => {
    expect(sentenceOf(trap([], 5), null)).toBe(
      "The program executes syscall on line 5 with the number = 20: it asks the kernel for something.",
    );
    expect(sentenceOf(trap([frame("main", 5)], 5), null)).toContain("main executes syscall on line 5 with");
    expect(sentenceOf(trap(PRINTF, 4), null)).toBe(
      "greet (line 4) called printf; what it and earlier calls collected goes out in one write: " +
        "writev, 2 calls deeper, executes syscall with the number = 20.",
    );
  });

  it("says when only earlier calls have collected what goes out", () => {
    expect(sentenceOf(trap([frame("__stdio_write"), frame("fflush"), frame("main", 8)], 8), null)).toBe(
      "main (line 8) called fflush; what earlier calls collected goes out in one write: " +
        "__stdio_write, 1 call deeper, executes syscall with the number = 20.",
    );
    expect(sentenceOf(trap([frame("__stdio_write"), frame("exit"), frame("_start")]), null)).toBe(
      "The library empties its buffer: what earlier calls collected goes out in one write, " +
        "as __stdio_write executes syscall with the number = 20.",
    );
  });

  it("names the room after what is in it", () => {
    const from = (name: string, file: string | null) => ({ ...frame(name), file });
    const ours = [from("write", "trapgate/syscall.h"), frame("main", 3), from("_start", null)];
    const leaving = [from("leave", "trapgate/start.c"), from("_start", null)];
    const musl = [from("write", "musl/src/unistd/write.c"), frame("main", 3), from("_start", null)];
    expect([ours, leaving, musl, [frame("main", 3)]].map(libraryOf)).toEqual(["header", "header", "library", "none"]);
    expect(libraryTitle("header", ours)).toBe("syscall.h");
    expect(libraryTitle("header", [])).toBe("syscall.h");
    expect(libraryTitle("header", leaving)).toBe("start-up code");
    expect(libraryTitle("library", musl)).toBe("C library");
  });

  it("tells buffered output from a plain call", () => {
    expect(isBuffered(PRINTF)).toBe(true);
    expect(isBuffered([frame("__stdio_write"), frame("printf"), frame("main", 3)])).toBe(true);
    expect(isBuffered([frame("write"), frame("main", 3)])).toBe(false);
    // A stream without a buffer.
    expect(isBuffered([frame("__stdio_write"), frame("vfprintf"), frame("printf"), frame("main", 3)])).toBe(false);
    // Asks whether the output is a terminal.
    expect(isBuffered([frame("__stdout_write"), frame("printf"), frame("main", 3)])).toBe(false);
    expect(isBuffered([])).toBe(false);
  });

  it("is kept with the crossing, and makes room for the library", () => {
    expect(fold(EMPTY, trap(PRINTF, 4)).crossing?.frames).toEqual(PRINTF);
    const trace = new Trace();
    trace.append([trap([frame("main", 3)])]);
    expect(trace.library).toBe("none");
    trace.append([{ ...trap(PRINTF), seq: 1 }]);
    expect(trace.library).toBe("library");
  });
});
