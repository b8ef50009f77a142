import { batch, computed, effect, signal } from "@preact/signals";
import type { TrapgateEvent } from "../generated/events";
import { nextStop, previousStop } from "../fold/steps";
import { Trace } from "../fold/trace";
import { pace } from "./pace";

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, Infinity] as const;

/** The run on show. Replaced, never emptied. */
export const trace = signal(new Trace());
/** Events received so far. */
export const count = signal(0);
/** The last event shown; -1 before the first. Everything visible is a function of this. */
export const index = signal(-1);
/** The visitor wants the story to go on: it advances, or waits for more events. */
export const playing = signal(false);
export const speed = signal<number>(1);
/** True when the latest move was one event forward: only then do things travel on the stage. */
export const travelled = signal(false);
/** More events may come. */
export const streaming = signal(false);

export const state = computed(() => {
  void count.value;
  return trace.value.stateAt(index.value);
});
/** What the calls of the run on show came through. */
export const library = computed(() => {
  void count.value;
  return trace.value.library;
});

/** The run has more than one task, so the page names them, from the first event on. */
export const several = computed(() => {
  void count.value;
  return trace.value.lanes.lives.length > 1;
});
export const atEnd = computed(() => index.value >= count.value - 1);
/** The story stands at the last event and the program waits for the keyboard. */
export const waitingForInput = computed(() => streaming.value && atEnd.value && state.value.waiting !== null);

/** Milliseconds of story time that must pass before the next event may show. */
let due = 0;

/** Forget the old run; the next one plays from its first event. */
export function begin(): void {
  batch(() => {
    trace.value = new Trace();
    count.value = 0;
    index.value = -1;
    travelled.value = false;
    playing.value = true;
    streaming.value = true;
  });
  due = 0;
}

export function append(events: readonly TrapgateEvent[]): void {
  trace.value.append(events);
  count.value = trace.value.events.length;
}

/** No more events will come. */
export function finish(): void {
  streaming.value = false;
}

export function seek(to: number): void {
  const target = Math.max(-1, Math.min(to, count.value - 1));
  batch(() => {
    travelled.value = target === index.value + 1;
    index.value = target;
  });
}

function pauseAnd(move: () => void): void {
  playing.value = false;
  move();
}

export const stepForward = () => pauseAnd(() => seek(index.value + 1));
export const stepBack = () => pauseAnd(() => seek(index.value - 1));
export const callForward = () => pauseAnd(() => seek(nextStop(trace.value.stops, index.value, count.value)));
export const callBack = () => pauseAnd(() => seek(previousStop(trace.value.stops, index.value)));
export const toStart = () => pauseAnd(() => seek(-1));
/** While events still come, the end moves: playback goes on from there. */
export const toEnd = () => {
  playing.value = streaming.value;
  seek(count.value - 1);
};
export const jump = (to: number) => pauseAnd(() => seek(to));

export function togglePlay(): void {
  if (playing.value) {
    playing.value = false;
    return;
  }
  if (count.value === 0) return;
  if (atEnd.value && !streaming.value) seek(-1);
  playing.value = true;
}

let last = 0;
let ticking = false;

function tick(now: number, first: boolean): void {
  const ended = count.value - 1;
  let position = index.value;
  if (!playing.value) {
    ticking = false;
    return;
  }
  if (speed.value === Infinity) position = ended;
  else {
    due -= Math.min(now - last, 500) * speed.value;
    if (first) due = Math.max(due, 0);
    while (due <= 0 && position < ended) {
      position += 1;
      due += pace(trace.value.events[position]);
    }
  }
  last = now;
  if (position !== index.value) seek(position);
  if (position < ended) {
    requestAnimationFrame((time) => tick(time, false));
    return;
  }
  ticking = false;
  if (!streaming.value) playing.value = false;
}

/** Keep the clock running exactly while there is something to play. */
export function startClock(): void {
  effect(() => {
    const ready = playing.value && (index.value < count.value - 1 || !streaming.value);
    if (ready && !ticking) {
      ticking = true;
      requestAnimationFrame((time) => tick(time, true));
    }
  });
}
