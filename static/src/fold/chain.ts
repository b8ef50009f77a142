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

/** What the trap is for, as far as the chain tells. */
export function purpose(frames: readonly Frame[]): string {
  return isBuffered(frames)
    ? "it hands the kernel all text that was printed, and only collected, since the last time"
    : "it asks the kernel for something";
}
