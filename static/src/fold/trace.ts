import type { TrapgateEvent } from "../generated/events";
import { Checkpoints } from "./checkpoints";
import { libraryOf, type Library } from "./chain";
import { Lanes } from "./lanes";
import type { State, StraceRow } from "./state";
import { straceLine } from "./strace";
import { bytesOf } from "./words";

/** A place on the time line worth a mark. */
export interface Mark {
  readonly index: number;
  readonly task: number;
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
  readonly lanes = new Lanes();
  /** What the calls so far came through: the stage keeps a room for it. */
  library: Library = "none";
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
    this.lanes.note(event, index);
    const line = straceLine(event);
    if (line) this.rows.push({ index, task: event.task, ...line });
    switch (event.type) {
      case "trap":
        this.stops.push(index);
        this.marks.push({ index, task: event.task, kind: "call" });
        if (this.library !== "library") {
          const found = libraryOf(event.frames);
          if (found !== "none") this.library = found;
        }
        break;
      case "fault":
        this.stops.push(index);
        this.marks.push({ index, task: event.task, kind: event.signal === null ? "call" : "fault" });
        break;
      case "return":
        if (event.errno) this.marks.push({ index, task: event.task, kind: "error" });
        break;
      case "output":
        this.outputs.push(bytesOf(event.data));
        break;
    }
  }
}
