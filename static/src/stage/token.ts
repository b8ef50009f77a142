import type { Crossing, State } from "../fold/state";
import { readable } from "../fold/words";

export interface TokenLook {
  text: string;
  tone: "plain" | "refused" | "waiting" | "answer";
}

/** What the token says: the raw number, then the call's name, then the answer. */
export function tokenOf(state: State): TokenLook {
  const crossing = state.crossing;
  if (!crossing) return { text: "", tone: "plain" };
  if (state.place === "signal" && crossing.signal) {
    const ends = crossing.signal.action === "terminate" || crossing.signal.action === "core";
    return { text: crossing.signal.name, tone: ends ? "refused" : "plain" };
  }
  if (crossing.kind === "interrupt") return { text: "timer", tone: "plain" };
  if (crossing.kind === "fault") {
    const text = crossing.signal?.name ?? crossing.fault?.vector ?? "fault";
    return { text, tone: fatal(crossing) ? "refused" : "plain" };
  }
  const { result, dispatch } = crossing;
  if (result) return { text: result.errno ?? result.text, tone: result.errno ? "refused" : "answer" };
  const name = dispatch?.name ?? (crossing.number === null ? "" : readable(crossing.number, 4));
  if (state.place === "queue" || crossing.block) return { text: name, tone: "waiting" };
  const refused = crossing.checks.some((check) => !check.ok) || (dispatch !== null && !dispatch.implemented);
  return { text: name, tone: refused ? "refused" : "plain" };
}

/** A fault that ends in a signal. One that the kernel mends, such as the first touch of a fresh page, is no alarm. */
export function fatal(crossing: Crossing): boolean {
  return crossing.fault !== null && crossing.fault.signal !== null;
}
