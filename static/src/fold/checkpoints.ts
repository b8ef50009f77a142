import type { TrapgateEvent } from "../generated/events";
import { fold } from "./fold";
import { EMPTY, type State } from "./state";

/** Any state of a growing list of events, at the cost of folding at most `spacing` of them. */
export class Checkpoints {
  private kept: State[] = [EMPTY];
  private last: State = EMPTY;

  constructor(
    private readonly events: readonly TrapgateEvent[],
    private readonly spacing = 256,
  ) {}

  /** The state after event `index`; -1 is the state before the first. Indices out of range are clamped. */
  at(index: number): State {
    const wanted = Math.max(-1, Math.min(index, this.events.length - 1));
    let state = this.nearest(wanted);
    while (state.index < wanted) {
      const event = this.events[state.index + 1];
      if (event === undefined) break;
      state = fold(state, event);
      if ((state.index + 1) % this.spacing === 0) this.kept[(state.index + 1) / this.spacing] ??= state;
    }
    this.last = state;
    return state;
  }

  private nearest(wanted: number): State {
    const slot = Math.min(Math.floor((wanted + 1) / this.spacing), this.kept.length - 1);
    const kept = this.kept[slot] ?? EMPTY;
    return this.last.index <= wanted && this.last.index > kept.index ? this.last : kept;
  }
}
