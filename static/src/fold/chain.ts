import type { Frame, TrapgateEvent } from "../generated/events";

/** The call chain of a trap in words: who called whom, from the outside in. */

const NAMED = 6;

/** Functions of a C library's buffered output, by which it hands its buffer to the kernel. */
const BUFFERED = /^(?:__stdio_write|__stdout_write|__towrite|_IO_new_file_write|new_do_write|fflush\w*|__stdio_exit)$/;

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

/** Who made the trap: `main called printf, printf called write, which`; empty when nothing is known. */
export function chainClause(frames: readonly Frame[]): string {
  const own = ownFrames(frames).at(-1);
  const named = (frame: Frame) => (frame === own && frame.line !== null ? `${frame.function} (line ${frame.line})` : frame.function);
  const names = [...(own ? [own] : []), ...libraryFrames(frames)].map(named);
  const [first] = names;
  if (first === undefined) return "";
  if (names.length === 1) return own?.function ?? first;
  const steps: string[] = [];
  const told = shortened(names);
  told.forEach((name, i) => {
    const next = told[i + 1];
    if (name === "…" || next === undefined) return;
    if (next === "…") steps.push(`${name} called others, the last of them ${told[i + 2] ?? ""}`);
    else steps.push(`${name} called ${next}`);
  });
  return `${steps.join(", ")}, which`;
}

/** Whether the library hands over a buffer in which it has collected the text of earlier calls. */
export function isBuffered(frames: readonly Frame[]): boolean {
  return libraryFrames(frames).some((frame) => BUFFERED.test(frame.function));
}

/** What to know of buffered output when it is written; empty for every other trap. */
export function bufferNote(event: Extract<TrapgateEvent, { type: "trap" }>): string {
  if (!isBuffered(event.frames)) return "";
  return " Printing only fills a buffer in the program's memory; this one call hands over all that was printed since the last.";
}
