import type { Input, TrapgateEvent } from "../generated/events";
import { bytesOf, textOf } from "../fold/words";

/** What was typed in one message. */
export interface Typed {
  readonly data: string;
  readonly eof: boolean;
}

/** Types into a run what was typed into another: one message whenever it waits for the keyboard. */
export class Replay {
  private readonly typed: Typed[];
  private sent = 0;
  private seen = 0;

  constructor(events: readonly TrapgateEvent[]) {
    this.typed = events
      .filter((event): event is Input => event.type === "input")
      .map(({ data, eof }) => ({ data: textOf(bytesOf(data)), eof }));
  }

  /**
   * What to type after these events, null for nothing. `"silence"`: the run waits for more than the other one got, and
   * would wait for ever.
   */
  after(events: readonly TrapgateEvent[]): Typed | "silence" | null {
    this.seen += events.filter(({ type }) => type === "input").length;
    if (events.at(-1)?.type !== "input.wait" || this.seen < this.sent) return null;
    const next = this.typed[this.sent];
    if (!next) return "silence";
    this.sent += 1;
    return next;
  }
}
