import type { RunEnd, Signal, TrapgateEvent } from "../generated/events";
import type { StraceRow } from "./state";

/** The line that strace would print for this event, null for most. The same text as `app/trace/strace.py` gives. */
export function straceLine(event: TrapgateEvent): Omit<StraceRow, "index" | "task"> | null {
  switch (event.type) {
    case "return":
      return { text: event.strace, kind: event.errno ? "error" : "call", errno: event.errno };
    case "task.exit":
      return event.strace === null ? null : { text: `${event.strace} = ?`, kind: "call", errno: null };
    case "signal":
      return seenByTracer(event) ? { text: signalText(event), kind: "signal", errno: null } : null;
    case "run.end":
      return { text: endText(event), kind: "end", errno: null };
    default:
      return null;
  }
}

/** A tracer sees every signal that is delivered, ignored ones too, but neither a blocked one nor SIGKILL. */
function seenByTracer(event: Signal): boolean {
  return event.disposition !== "blocked" && event.name !== "SIGKILL";
}

function signalText(event: Signal): string {
  return `--- ${event.name} {${event.siginfo || `si_signo=${event.name}, ...`}} ---`;
}

function endText(event: RunEnd): string {
  if (event.signal !== null) return `+++ killed by ${event.signal} +++`;
  if (event.status !== null) return `+++ exited with ${event.status} +++`;
  return `+++ ended by ${event.reason} +++`;
}
