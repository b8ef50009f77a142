import { beforeEach, describe, expect, it, vi } from "vitest";
import { Client, connected, type RunListener } from "../src/protocol/client";
import type { RunRequest } from "../src/protocol/messages";
import { recorded } from "./fixtures";

type Handler = (...args: unknown[]) => void;
type Answer = (error: Error | null, reply: unknown) => void;

/** A Socket.IO socket without a network: the test plays the server. */
class FakeSocket {
  connected = true;
  handlers = new Map<string, Handler>();
  sent: { name: string; payload: unknown; answer: (reply: unknown) => void }[] = [];

  on(name: string, handler: Handler) {
    this.handlers.set(name, handler);
    return this;
  }

  timeout() {
    return {
      emit: (name: string, payload: unknown, answer: Answer) =>
        this.sent.push({ name, payload, answer: (reply) => answer(null, reply) }),
    };
  }

  receive(name: string, ...args: unknown[]) {
    this.handlers.get(name)?.(...args);
  }

  last(name: string) {
    const message = this.sent.filter((entry) => entry.name === name).at(-1);
    if (!message) throw new Error(`nothing sent as ${name}`);
    return message;
  }
}

let socket: FakeSocket;
vi.mock("socket.io-client", () => ({ io: () => socket }));

const REQUEST: RunRequest = {
  source: "nop\n",
  language: "auto",
  arch: "x86_64",
  optimize: 0,
  columns: 80, rows: 24 };
const events = recorded("hello");

function listener() {
  return { built: vi.fn(), events: vi.fn(), rejected: vi.fn(), ended: vi.fn() } satisfies RunListener;
}

/** Let promises that are already settled run their continuations. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function started(client: Client, owner: RunListener, run = "a") {
  const start = client.start(REQUEST, owner);
  await settle();
  socket.last("run").answer({ ok: true, run });
  return start;
}

beforeEach(() => {
  socket = new FakeSocket();
});

describe("client", () => {
  it("hands on the events of its run and acknowledges each message after that", async () => {
    const client = new Client();
    const owner = listener();
    expect(await started(client, owner)).toBeNull();
    const acknowledge = vi.fn(() => expect(owner.events).toHaveBeenCalledTimes(1));
    socket.receive("events", { run: "a", events: events.slice(0, 3) }, acknowledge);
    expect(acknowledge).toHaveBeenCalledTimes(1);
    expect(owner.events).toHaveBeenCalledWith(events.slice(0, 3));
  });

  it("keeps messages that overtake the acknowledgement of run", async () => {
    const client = new Client();
    const owner = listener();
    const start = client.start(REQUEST, owner);
    await settle();
    const acknowledge = vi.fn();
    socket.receive("events", { run: "a", events }, acknowledge);
    socket.receive("ended", { run: "a" });
    expect(acknowledge).toHaveBeenCalled();
    expect(owner.events).not.toHaveBeenCalled();
    socket.last("run").answer({ ok: true, run: "a" });
    expect(await start).toBeNull();
    expect(owner.events).toHaveBeenCalledWith(events);
    expect(owner.ended).toHaveBeenCalledWith(false);
    expect(client.active).toBe(false);
  });

  it("acknowledges and forgets messages of other runs", async () => {
    const client = new Client();
    const owner = listener();
    await started(client, owner);
    const acknowledge = vi.fn();
    socket.receive("events", { run: "other", events }, acknowledge);
    expect(acknowledge).toHaveBeenCalled();
    expect(owner.events).not.toHaveBeenCalled();
  });

  it("stops the old run and waits for its end before it starts another", async () => {
    const client = new Client();
    const owner = listener();
    await started(client, owner);
    const second = client.start(REQUEST, listener());
    await settle();
    expect(socket.sent.map((message) => message.name)).toEqual(["run", "stop"]);
    socket.last("stop").answer({ ok: true });
    await settle();
    expect(socket.sent).toHaveLength(2);
    socket.receive("ended", { run: "a" });
    await settle();
    expect(owner.ended).toHaveBeenCalledWith(false);
    socket.last("run").answer({ ok: true, run: "b" });
    expect(await second).toBeNull();
    expect(client.active).toBe(true);
  });

  it("reports why a run was refused", async () => {
    const client = new Client();
    const start = client.start(REQUEST, listener());
    await settle();
    socket.last("run").answer({ ok: false, error: { code: "busy", message: "Full.", field: null } });
    expect(await start).toMatchObject({ code: "busy", message: "Full." });
    expect(client.active).toBe(false);
  });

  it("hands on mistakes", async () => {
    const client = new Client();
    const owner = listener();
    await started(client, owner);
    const mistakes = [{ line: 1, column: 1, end_column: 2, message: "no", hint: "", severity: "error" }];
    socket.receive("rejected", { run: "a", mistakes });
    expect(owner.rejected).toHaveBeenCalledWith(mistakes);
  });

  it("ends its run as lost when the connection breaks", async () => {
    const client = new Client();
    const owner = listener();
    socket.receive("connect");
    expect(connected.value).toBe(true);
    await started(client, owner);
    socket.receive("disconnect");
    expect(connected.value).toBe(false);
    expect(owner.ended).toHaveBeenCalledWith(true);
    expect(client.active).toBe(false);
  });

  it("answers unavailable without a connection", async () => {
    const client = new Client();
    socket.connected = false;
    expect(await client.start(REQUEST, listener())).toMatchObject({ code: "unavailable" });
    expect(socket.sent).toEqual([]);
  });
});
