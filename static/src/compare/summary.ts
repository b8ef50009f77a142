import type { TrapgateEvent } from "../generated/events";
import { asWritten, sizeText } from "../fold/words";
import type { Pair } from "./align";
import { titleOf, type Sides } from "./notes";

/** What was printed, one character a byte, without the carriage returns that the terminal adds. */
function printed(events: readonly TrapgateEvent[]): string {
  return asWritten(events.flatMap((event) => (event.type === "output" ? [atob(event.data)] : [])).join(""));
}

/** How a run ended, as said of one program and of several. */
function ending(events: readonly TrapgateEvent[]): readonly [string, string] {
  const last = events.at(-1);
  if (last?.type !== "run.end") return ["does not end", "do not end"];
  if (last.reason === "exit") return [`exits with ${last.status ?? 0}`, `exit with ${last.status ?? 0}`];
  if (last.reason === "signal") return [`is killed by ${last.signal ?? "a signal"}`, `are killed by ${last.signal ?? "a signal"}`];
  const why = last.reason === "stopped" ? "stopped" : `ended by the ${last.reason.replace("-", " ")}`;
  return [`is ${why}`, `are ${why}`];
}

/** The comparison in a few sentences: how many crossings are the same, and whether the programs do the same. */
export function summary(
  pairs: readonly Pair[],
  left: readonly TrapgateEvent[],
  right: readonly TrapgateEvent[],
  sides: Sides,
): string {
  const [one, other] = [titleOf(sides.left), titleOf(sides.right)];
  const both = pairs.filter((pair) => pair.left && pair.right).length;
  const onlyLeft = pairs.filter((pair) => !pair.right).length;
  const onlyRight = pairs.length - both - onlyLeft;
  const counts = [`${both} ${both === 1 ? "crossing" : "crossings"} on both`];
  if (onlyLeft > 0) counts.push(`${onlyLeft} only on ${one}`);
  if (onlyRight > 0) counts.push(`${onlyRight} only on ${other}`);
  const texts = [printed(left), printed(right)] as const;
  const same = texts[0] === "" ? "Neither prints anything" : `Both print the same ${sizeText(texts[0].length)}`;
  const output = texts[0] === texts[1] ? same : "They print different text";
  const [first, second] = [ending(left), ending(right)];
  const end = first[0] === second[0] ? ` and both ${first[1]}` : `. ${one} ${first[0]}, ${other} ${second[0]}`;
  return `${counts.join(", ")}. ${output}${end}.`;
}
