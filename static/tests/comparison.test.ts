import { beforeEach, describe, expect, it, vi } from "vitest";
import type { TrapgateEvent } from "../src/generated/events";
import type { RunListener } from "../src/protocol/client";
import { recorded } from "./fixtures";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.mock("socket.io-client", () => ({ io: () => ({}) }));

/** The session: the test plays both runs. */
const session = await vi.hoisted(async () => {
  const { signal } = await import("@preact/signals");
  return {
    ran: signal<unknown>(null),
    run: vi.fn(),
    startAside: vi.fn<(request: unknown, listener: RunListener) => Promise<unknown>>(),
    stopAside: vi.fn(),
    typeAside: vi.fn(),
  };
});
vi.mock("../src/session", () => session);

const playback = await import("../src/playback/playback");
const { arch, language } = await import("../src/program/choice");
const { request } = await import("../src/program/check");
const { connected, toolchain } = await import("../src/protocol/client");
const { beside, compareWith, current, listed, obstacle, pairs, second, shown, startComparing } = await import(
  "../src/compare/comparison"
);

const hello = recorded("hello");
const onArm = hello.map((event) =>
  event.type === "run.start" ? { ...event, abi: { ...event.abi, name: "aarch64", table: "aarch64", traps: ["svc #0"] } } : event,
);

function listener(nth = -1): RunListener {
  const found = session.startAside.mock.calls.at(nth)?.[1];
  if (!found) throw new Error("no second run");
  return found;
}

/** The run on show, from its first event to its end. */
function firstRun(events: readonly TrapgateEvent[] = hello): void {
  session.ran.value = { ...request.value, columns: 80, rows: 24 };
  playback.begin();
  playback.append(events);
  playback.finish();
}

function secondRun(events: readonly TrapgateEvent[] = onArm): void {
  listener().events(events);
  listener().ended(false);
}

startComparing();

beforeEach(() => {
  vi.clearAllMocks();
  session.startAside.mockResolvedValue(null);
  connected.value = true;
  const arches = ["x86_64", "i386", "arm", "aarch64", "riscv64"];
  toolchain.value = { languages: [{ name: "c", arches, reason: "" }], libraries: [] };
  beside.value = null;
  second.value = null;
  language.value = "c";
  arch.value = "x86_64";
  firstRun();
});

describe("a comparison", () => {
  it("runs the same program for the other architecture, in a terminal of the same size", () => {
    compareWith("aarch64");
    expect(session.run).not.toHaveBeenCalled();
    const asked = { ...request.value, arch: "aarch64", columns: 80, rows: 24 };
    expect(session.startAside).toHaveBeenCalledExactlyOnceWith(asked, expect.anything());
    expect(pairs.value).toBeNull();
    expect(listed.value.map(({ left, right }) => [left?.name, right])).toEqual([
      ["write", null],
      ["exit", null],
    ]);
    secondRun();
    expect(pairs.value?.map(({ left, right }) => [left?.name, right?.name])).toEqual([
      ["write", "write"],
      ["exit", "exit"],
    ]);
    expect(playback.trace.value.events).toEqual(hello);
  });

  it("follows the playback", () => {
    compareWith("aarch64");
    secondRun();
    playback.seek(-1);
    expect(shown.value).toBe(-1);
    playback.jump(pairs.value?.[1]?.left?.index ?? NaN);
    expect(shown.value).toBe(1);
    playback.stepBack();
    expect(shown.value).toBe(0);
  });

  it("runs the program first when it has changed since, and then the other", () => {
    session.ran.value = { ...request.value, optimize: 2 };
    compareWith("aarch64");
    expect(session.run).toHaveBeenCalledTimes(1);
  });

  it("waits for the end of the first run", () => {
    playback.begin();
    playback.append(hello.slice(0, 5));
    compareWith("aarch64");
    expect(session.startAside).not.toHaveBeenCalled();
    playback.append(hello.slice(5));
    playback.finish();
    expect(session.startAside).toHaveBeenCalledTimes(1);
  });

  it("begins again with every run, and forgets what belongs to an older one", () => {
    compareWith("aarch64");
    const old = listener();
    firstRun();
    expect(session.startAside).toHaveBeenCalledTimes(2);
    old.events(onArm);
    old.ended(false);
    expect(current.value?.phase).toBe("running");
    secondRun();
    expect(current.value?.phase).toBe("done");
  });

  it("says why the program cannot be built for the other architecture", () => {
    compareWith("arm");
    listener().rejected([{ line: 3, column: 1, end_column: 2, message: "no such thing", hint: "", severity: "error" }]);
    listener().ended(false);
    expect(current.value).toMatchObject({ phase: "failed" });
    expect(current.value?.problem).toContain("cannot be built for ARM. Line 3: no such thing");
    expect(pairs.value).toBeNull();
  });

  it("says why there was no second run, and tries again when asked again", async () => {
    session.startAside.mockResolvedValueOnce({ code: "busy", message: "Every worker is taken.", field: null });
    compareWith("aarch64");
    await Promise.resolve();
    expect(current.value).toMatchObject({ phase: "failed", problem: "Every worker is taken." });
    compareWith("aarch64");
    expect(session.startAside).toHaveBeenCalledTimes(2);
  });

  it("needs a first run with an end", () => {
    firstRun(hello.slice(0, 8));
    compareWith("aarch64");
    expect(session.startAside).not.toHaveBeenCalled();
    expect(current.value?.phase).toBe("failed");
  });

  it("types what was typed, and stops a run that waits for more", () => {
    firstRun(recorded("input"));
    compareWith("aarch64");
    const waits = recorded("input").filter(({ type }) => type === "input.wait");
    const typed = recorded("input").filter(({ type }) => type === "input");
    expect(typed.length).toBeGreaterThan(0);
    for (const event of typed) {
      listener().events(waits.slice(0, 1));
      listener().events([event]);
    }
    expect(session.typeAside).toHaveBeenCalledTimes(typed.length);
    expect(session.stopAside).not.toHaveBeenCalled();
    listener().events(waits.slice(0, 1));
    expect(session.stopAside).toHaveBeenCalled();
    expect(current.value?.problem).toContain("waits for more input");
  });

  it("stops a run without end", () => {
    compareWith("aarch64");
    const trap = hello.find(({ type }) => type === "trap");
    if (!trap) throw new Error("no trap");
    for (let batch = 0; batch < 21; batch++) listener().events(Array.from({ length: 100 }, () => trap));
    expect(session.stopAside).toHaveBeenCalled();
  });

  it("ends when its architecture is chosen for the first run, or none is asked for", () => {
    compareWith("aarch64");
    arch.value = "aarch64";
    expect(beside.value).toBeNull();
    compareWith("arm");
    compareWith(null);
    expect(current.value).toBeNull();
  });
});

describe("obstacles", () => {
  it("are told before anything runs", () => {
    expect(obstacle("arm")).toBeNull();
    language.value = "auto";
    expect(obstacle("arm")).toMatch(/one architecture/);
    language.value = "rust";
    toolchain.value = { languages: [{ name: "rust", arches: ["x86_64"], reason: "" }], libraries: [] };
    expect(obstacle("arm")).toMatch(/Rust is not available for ARM/);
  });
});
