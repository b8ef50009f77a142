import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { pace } from "../src/playback/pace";
import * as playback from "../src/playback/playback";
import { recorded } from "./fixtures";

const hello = recorded("hello");
const last = hello.length - 1;

/** The browser's frames, by hand. */
const frames: FrameRequestCallback[] = [];
let now = 0;

function frame(milliseconds: number): void {
  now += milliseconds;
  for (const callback of frames.splice(0)) callback(now);
}

/** Frames of 10 ms until the clock asks for no more; how many it took. */
function play(limit = 10_000): number {
  let taken = 0;
  while (frames.length > 0 && taken < limit) {
    frame(10);
    taken += 1;
  }
  return taken;
}

function load(ended = true): void {
  playback.begin();
  playback.append(hello);
  if (ended) playback.finish();
}

vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));

beforeAll(() => playback.startClock());

beforeEach(() => {
  playback.playing.value = false;
  play();
  playback.speed.value = 1;
});

afterEach(() => expect(frames.length).toBeLessThanOrEqual(1));

describe("the clock", () => {
  it("shows every event once, in order, and stops at the end", () => {
    load();
    const seen: number[] = [];
    const stop = playback.index.subscribe((index) => seen.push(index));
    play();
    stop();
    expect(seen).toEqual([...hello.keys()].reduce<number[]>((all, i) => [...all, i], [-1]));
    expect(playback.playing.value).toBe(false);
    expect(frames).toEqual([]);
  });

  it("gives every event its time", () => {
    load();
    frame(1);
    expect(playback.index.value).toBe(0);
    frame(pace(hello[0]) - 1);
    expect(playback.index.value).toBe(0);
    frame(1);
    expect(playback.index.value).toBe(1);
  });

  it.each([0.25, 0.5, 2, 4, 8])("takes 1/%f of the time at that speed", (speed) => {
    load();
    const usual = play();
    load();
    playback.speed.value = speed;
    const taken = play();
    expect(Math.abs(taken * speed - usual)).toBeLessThanOrEqual(Math.max(speed, 1) * 2);
  });

  it("goes to the end at once at instant speed", () => {
    playback.speed.value = Infinity;
    load();
    frame(1);
    expect(playback.index.value).toBe(last);
  });

  it("does not leap after a long pause between frames", () => {
    load();
    frame(1);
    frame(60_000);
    expect(playback.index.value).toBeLessThan(4);
  });

  it("rests when paused and goes on from the same place", () => {
    load();
    frame(1);
    frame(400);
    const here = playback.index.value;
    playback.togglePlay();
    play();
    expect(playback.index.value).toBe(here);
    playback.togglePlay();
    play();
    expect(playback.index.value).toBe(last);
  });

  it("waits for events that are still to come, without asking for frames", () => {
    playback.begin();
    playback.append(hello.slice(0, 3));
    play();
    expect(playback.index.value).toBe(2);
    expect(playback.playing.value).toBe(true);
    expect(frames).toEqual([]);
    playback.append(hello.slice(3));
    playback.finish();
    play();
    expect(playback.index.value).toBe(last);
    expect(playback.playing.value).toBe(false);
  });

  it("plays again from the start after the end", () => {
    load();
    play();
    playback.togglePlay();
    expect(playback.index.value).toBe(-1);
    play();
    expect(playback.index.value).toBe(last);
  });
});

describe("stepping", () => {
  it("pauses, and stays inside the run", () => {
    load();
    playback.stepBack();
    expect(playback.index.value).toBe(-1);
    playback.stepForward();
    expect(playback.index.value).toBe(0);
    expect(playback.playing.value).toBe(false);
    playback.jump(10_000);
    expect(playback.index.value).toBe(last);
    playback.stepForward();
    expect(playback.index.value).toBe(last);
  });

  it("goes by calls there and back", () => {
    load();
    const forward: number[] = [];
    do {
      playback.callForward();
      forward.push(playback.index.value);
    } while (!playback.atEnd.value);
    expect(forward.slice(0, 2).map((index) => hello[index]?.type)).toEqual(["trap", "trap"]);
    const back: number[] = [];
    while (playback.index.value >= 0) {
      playback.callBack();
      back.push(playback.index.value);
    }
    expect(back).toEqual([...forward.slice(0, -1).reverse(), -1]);
  });

  it("lets things travel only one event forward", () => {
    load();
    playback.stepForward();
    expect(playback.travelled.value).toBe(true);
    playback.stepBack();
    expect(playback.travelled.value).toBe(false);
    playback.jump(4);
    expect(playback.travelled.value).toBe(false);
  });

  it("at the end of a run that goes on, keeps playing", () => {
    load(false);
    playback.toEnd();
    expect(playback.playing.value).toBe(true);
    playback.finish();
    play();
    expect(playback.playing.value).toBe(false);
  });
});

describe("the state on show", () => {
  it("is never ahead of the index", () => {
    load();
    playback.toEnd();
    expect(playback.state.value.end?.reason).toBe("exit");
    playback.toStart();
    expect(playback.state.value).toMatchObject({ index: -1, outputs: 0, end: null });
  });

  it("waits for the keyboard only at the last event of a run that goes on", () => {
    const events = recorded("input");
    const wait = events.findIndex((event) => event.type === "input.wait");
    playback.begin();
    playback.append(events.slice(0, wait + 1));
    playback.jump(wait);
    expect(playback.waitingForInput.value).toBe(true);
    playback.stepBack();
    expect(playback.waitingForInput.value).toBe(false);
    playback.jump(wait);
    playback.finish();
    expect(playback.waitingForInput.value).toBe(false);
  });
});
