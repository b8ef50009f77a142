import type { TrapgateEvent } from "../generated/events";
import { Checkpoints } from "./checkpoints";
import { unanswered } from "./fold";
import type { Crossing, State, StraceRow } from "./state";
import { bytesOf, parametersOf, readable } from "./words";

/** A place on the time line worth a mark. */
export interface Mark {
  readonly index: number;
  readonly kind: "call" | "error" | "fault";
}

/** All events of one run so far, with what is looked up by position: outputs, strace rows, marks. Append only. */
export class Trace {
  readonly events: TrapgateEvent[] = [];
  readonly outputs: Uint8Array[] = [];
  readonly rows: StraceRow[] = [];
  readonly marks: Mark[] = [];
  /** Indices at which a crossing begins, in order: the stops of "step by system call". */
  readonly stops: number[] = [];
  private readonly checkpoints = new Checkpoints(this.events);

  append(batch: readonly TrapgateEvent[]): void {
    for (const event of batch) {
      const index = this.events.length;
      this.events.push(event);
      this.note(event, index);
    }
  }

  stateAt(index: number): State {
    return this.checkpoints.at(index);
  }

  private note(event: TrapgateEvent, index: number): void {
    switch (event.type) {
      case "trap":
        this.stops.push(index);
        this.marks.push({ index, kind: "call" });
        break;
      case "fault":
        this.stops.push(index);
        this.marks.push({ index, kind: "fault" });
        break;
      case "return":
        if (event.errno) this.marks.push({ index, kind: "error" });
        this.rows.push({ index, text: event.strace, kind: event.errno ? "error" : "call", errno: event.errno });
        break;
      case "signal":
        this.rows.push({ index, text: `--- ${event.name} (${event.action}) ---`, kind: "signal", errno: null });
        break;
      case "output":
        this.outputs.push(bytesOf(event.data));
        break;
      case "run.end": {
        const open = unanswered(this.stateAt(index - 1), event);
        if (open) this.rows.push({ index, text: `${callText(open)} = ?`, kind: "call", errno: null });
        this.rows.push({ index, text: endText(event), kind: "end", errno: null });
        break;
      }
    }
  }
}

function callText(crossing: Crossing): string {
  const parameters = parametersOf(crossing.dispatch?.signature ?? null);
  const shown = crossing.args.slice(0, parameters.length).map((word) => readable(word, 4));
  return `${crossing.dispatch?.name ?? "?"}(${shown.join(", ")})`;
}

function endText(event: Extract<TrapgateEvent, { type: "run.end" }>): string {
  if (event.reason === "exit") return `+++ exited with ${event.status ?? 0} +++`;
  if (event.reason === "signal") return `+++ killed by ${event.signal ?? "a signal"} +++`;
  return `+++ ended: ${event.reason} +++`;
}
