import type { TrapgateEvent } from "../generated/events";
import { sizeText } from "../fold/words";
import type { Pair } from "./align";
import { titleOf, type Sides } from "./notes";

/** What was printed, as text; the base64 of every piece is enough to tell outputs apart only when cut alike, so it is decoded. */
function printed(events: readonly TrapgateEvent[]): string {
  return events.flatMap((event) => (event.type === "output" ? [atob(event.data)] : [])).join("");
}

function ending(events: readonly TrapgateEvent[]): string {
  const last = events.at(-1);
  if (last?.type !== "run.end") return "did not end";
  if (last.reason === "exit") return `exits with ${last.status ?? 0}`;
  if (last.reason === "signal") return `is killed by ${last.signal ?? "a signal"}`;
  return `is ended by ${last.reason}`;
}

const times = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** The comparison in two sentences: how many crossings are the same, and whether the programs do the same. */
export function summary(
  pairs: readonly Pair[],
  left: readonly TrapgateEvent[],
  right: readonly TrapgateEvent[],
  sides: Sides,
): string {
  const both = pairs.filter((pair) => pair.left && pair.right).length;
  const onlyLeft = pairs.filter((pair) => !pair.right).length;
  const onlyRight = pairs.length - both - onlyLeft;
  const counts = [`${times(both, "crossing")} on both`];
  if (onlyLeft > 0) counts.push(`${onlyLeft} only on ${titleOf(sides.left)}`);
  if (onlyRight > 0) counts.push(`${onlyRight} only on ${titleOf(sides.right)}`);
  const outputs = [printed(left), printed(right)] as const;
  const output =
    outputs[0] === outputs[1]
      ? `Both print the same ${sizeText(outputs[0].length)}`
      : "They print different text";
  const ends = [ending(left), ending(right)] as const;
  const end =
    ends[0] === ends[1] ? "end alike" : `${titleOf(sides.left)} ${ends[0]}, ${titleOf(sides.right)} ${ends[1]}`;
  return `${counts.join(", ")}. ${outputs[0] === "" && outputs[1] === "" ? "Neither prints anything" : output}${ends[0] === ends[1] ? " and both " + end : "; " + end}.`;
}
