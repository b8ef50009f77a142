import type { Frame } from "../generated/events";

/** The call chain of a trap in words: who called whom, from the outside in. */

const NAMED = 6;

/** Functions of C libraries that hand the buffer of a stream to the kernel. */
const FLUSHES = /^(?:__stdio_write|_IO_new_file_write|new_do_write)$/;
const WRITES = /^(?:__stdio_write|_*(?:libc_)?writev?)$/;

/** Functions, outermost first. */
export function outward(frames: readonly Frame[]): Frame[] {
  return [...frames].reverse();
}

/** The frames of the visitor's own functions, outermost first. */
export const ownFrames = (frames: readonly Frame[]): Frame[] => outward(frames).filter((frame) => !frame.library);

/** The library's frames below the visitor's innermost function, outermost first: where the chain is now. */
export function libraryFrames(frames: readonly Frame[]): Frame[] {
  const own = frames.findIndex((frame) => !frame.library);
  const inner = own < 0 ? frames : frames.slice(0, own);
  return outward(inner);
}

/** Room for names: lines, and characters in each. */
export interface Room {
  readonly lines: number;
  readonly columns: number;
}

/** What stands between two names takes as much room as these characters. */
const SEPARATOR = 2.2;

function linesOf(names: readonly string[], columns: number): number {
  let lines = 1;
  let used = 0;
  names.forEach((name, i) => {
    const width = name.length + (i < names.length - 1 ? SEPARATOR : 0);
    if (used > 0 && used + width > columns) {
      lines += 1;
      used = 0;
    }
    used += width;
  });
  return lines;
}

/** As many of the names as there is room for: the middle goes first, the last, which makes the trap, never. */
export function shortened(names: readonly string[], room: Room): string[] {
  if (names.length <= NAMED && linesOf(names, room.columns) <= room.lines) return [...names];
  for (let kept = Math.min(names.length, NAMED) - 1; kept > 2; kept--) {
    const head = kept > 3 ? 2 : 1;
    const some = [...names.slice(0, head), "…", ...names.slice(names.length - (kept - head))];
    if (linesOf(some, room.columns) <= room.lines) return some;
  }
  return names.length > 2 ? [...names.slice(0, 1), "…", ...names.slice(-1)] : [...names];
}

/** Who made the trap, up to the verb: `main called write, which executes`; empty when nothing is known. */
export function chainClause(frames: readonly Frame[]): string {
  const own = ownFrames(frames).at(-1);
  const named = (frame: Frame) =>
    frame === own && frame.line !== null ? `${frame.function} (line ${frame.line})` : frame.function;
  const names = [...(own ? [own] : []), ...libraryFrames(frames)].map(named);
  const [first, second] = names;
  if (first === undefined) return "";
  if (second === undefined) return `${own?.function ?? first} executes`;
  const last = names.at(-1) ?? second;
  if (names.length === 2) return `${first} called ${second}, which executes`;
  if (names.length === 3) return `${first} called ${second}, ${second} called ${last}, which executes`;
  return `${first} called ${second}; ${names.length - 2} calls deeper ${last} executes`;
}

/** Whether the library hands over a buffer in which it has collected the text of earlier calls.

 musl's vfprintf calls the write function of a stream by itself only when the stream has no buffer. */
export function isBuffered(frames: readonly Frame[]): boolean {
  const inner = libraryFrames(frames);
  const flush = inner.findIndex((frame) => FLUSHES.test(frame.function));
  const unbuffered = inner[flush - 1]?.function === "vfprintf";
  return flush >= 0 && !unbuffered && WRITES.test(inner.at(-1)?.function ?? "");
}

/** Functions that print nothing themselves, and make what others have printed go out. */
const EMPTIES = /flush|close|exit/i;

/** Of a trap that empties a buffer, who made it, up to the verb: many calls of the program become this one. */
export function bufferClause(frames: readonly Frame[]): string {
  const own = ownFrames(frames).at(-1);
  const [called, ...deeper] = libraryFrames(frames);
  const last = deeper.at(-1) ?? called;
  if (!own || !called || !last) {
    return `The library empties its buffer: what earlier calls collected goes out in one write, as ${last?.function ?? "it"} executes`;
  }
  const line = own.line === null ? "" : ` (line ${own.line})`;
  const who = EMPTIES.test(called.function) ? "earlier calls" : "it and earlier calls";
  const depth = deeper.length === 0 ? "" : `, ${deeper.length} ${deeper.length === 1 ? "call" : "calls"} deeper,`;
  return (
    `${own.function}${line} called ${called.function}; what ${who} collected goes out in one write: ` +
    `${last.function}${depth} executes`
  );
}

/** What stands between the program and its traps: a real library, or only our `syscall.h` and start-up code. */
export type Library = "none" | "header" | "library";

const OWN_FILES = /^trapgate\//;

export function libraryOf(frames: readonly Frame[]): Library {
  const files = frames.filter((frame) => frame.library).map((frame) => frame.file);
  if (files.length === 0) return "none";
  const ours = files.some((file) => file !== null && OWN_FILES.test(file));
  return ours && files.every((file) => file === null || OWN_FILES.test(file)) ? "header" : "library";
}

/** The name of the library's room. */
export function libraryTitle(library: Library, frames: readonly Frame[]): string {
  if (library !== "header") return "C library";
  const inside = libraryFrames(frames);
  return inside.length > 0 && !inside.some((frame) => frame.file?.endsWith("/syscall.h")) ? "start-up code" : "syscall.h";
}
