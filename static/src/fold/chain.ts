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

/** The names, the middle of a long chain left out. */
export function shortened(names: readonly string[], most = NAMED): string[] {
  if (names.length <= most) return [...names];
  const tail = most - 3;
  return [...names.slice(0, 2), "…", ...names.slice(names.length - tail)];
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

/** Whether the library hands over a buffer in which it has collected the text of earlier calls. */
export function isBuffered(frames: readonly Frame[]): boolean {
  const inner = libraryFrames(frames);
  return WRITES.test(inner.at(-1)?.function ?? "") && inner.some((frame) => FLUSHES.test(frame.function));
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
