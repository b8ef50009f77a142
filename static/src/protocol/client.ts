import { signal } from "@preact/signals";
import { io, type Socket } from "socket.io-client";
import type { TrapgateEvent } from "../generated/events";
import type {
  Built,
  Checked,
  CheckRequest,
  ClientMessages,
  Failure,
  Mistake,
  PlainAnswer,
  RunAnswer,
  RunRequest,
  ServerMessages,
  Toolchain,
} from "./messages";

/**
 * What a run tells its owner, in order: its program if that was compiled, then events, then either nothing more or its
 * mistakes, then the end.
 */
export interface RunListener {
  built(built: Built): void;
  events(events: readonly TrapgateEvent[]): void;
  rejected(mistakes: readonly Mistake[]): void;
  /** `lost`: the connection broke, so the run ended without an ending of its own. */
  ended(lost: boolean): void;
}

const ANSWER_WITHIN_MS = 10_000;

const NO_ANSWER: Failure = {
  ok: false,
  error: { code: "unavailable", message: "The server did not answer in time.", field: null },
};

export const connected = signal(false);
/** What the server can make into programs; null before it has said so. */
export const toolchain = signal<Toolchain | null>(null);

type Message =
  | { kind: "built"; built: Built }
  | { kind: "events"; events: TrapgateEvent[] }
  | { kind: "rejected"; mistakes: Mistake[] }
  | { kind: "ended" };

/** One connection, at most one run. */
export class Client {
  private readonly socket: Socket<ServerMessages, ClientMessages>;
  private run: { id: string; listener: RunListener } | null = null;
  /** Messages that arrived before the acknowledgement which names their run. */
  private early: { id: string; message: Message }[] | null = null;
  private whenEnded: (() => void)[] = [];
  private checking: { id: string | null; done: (answer: Checked | null) => void } | null = null;

  constructor() {
    this.socket = io({ transports: ["websocket", "polling"], reconnectionDelay: 500, reconnectionDelayMax: 2000 });
    this.socket.on("connect", () => (connected.value = true));
    this.socket.on("disconnect", () => {
      connected.value = false;
      this.early = null;
      this.answerCheck(null);
      this.close(true);
    });
    this.socket.on("toolchain", (message) => (toolchain.value = message));
    this.socket.on("checked", (message, acknowledge) => {
      acknowledge?.();
      if (this.checking?.id === message.check) this.answerCheck(message);
    });
    this.socket.on("built", ({ run, ...built }, acknowledge) => {
      this.receive(run, { kind: "built", built });
      acknowledge?.();
    });
    this.socket.on("events", ({ run, events }, acknowledge) => {
      this.receive(run, { kind: "events", events });
      acknowledge?.();
    });
    this.socket.on("rejected", ({ run, mistakes }) => this.receive(run, { kind: "rejected", mistakes }));
    this.socket.on("ended", ({ run }) => this.receive(run, { kind: "ended" }));
  }

  get active(): boolean {
    return this.run !== null;
  }

  /** Start a run; stops the current one first. Null on success, else why not. */
  async start(request: RunRequest, listener: RunListener): Promise<Failure["error"] | null> {
    if (this.run) await this.stopAndWait();
    this.early = [];
    const answer = await this.ask<RunAnswer>((done) =>
      this.socket.timeout(ANSWER_WITHIN_MS).emit("run", request, (error, reply) => done(error ? NO_ANSWER : reply)),
    );
    const early = this.early ?? [];
    this.early = null;
    if (!answer.ok) return answer.error;
    this.run = { id: answer.run, listener };
    for (const { id, message } of early) this.receive(id, message);
    return null;
  }

  /** What a source becomes. Null when there is no answer: no connection, or a newer check has taken its place. */
  async check(request: CheckRequest): Promise<Checked | null> {
    this.answerCheck(null);
    return new Promise((resolve) => {
      const own: NonNullable<typeof this.checking> = { id: null, done: resolve };
      this.checking = own;
      if (!this.socket.connected) {
        this.answerCheck(null);
        return;
      }
      this.socket.timeout(ANSWER_WITHIN_MS).emit("check", request, (error, reply) => {
        if (!error && reply.ok) own.id = reply.check;
        else if (this.checking === own) this.answerCheck(null);
      });
    });
  }

  async input(data: string, eof = false): Promise<Failure["error"] | null> {
    const run = this.run?.id;
    if (run === undefined) return null;
    const answer = await this.ask<PlainAnswer>((done) =>
      this.socket
        .timeout(ANSWER_WITHIN_MS)
        .emit("input", { run, data, eof }, (error, reply) => done(error ? NO_ANSWER : reply)),
    );
    return answer.ok ? null : answer.error;
  }

  async stop(): Promise<Failure["error"] | null> {
    const run = this.run?.id;
    if (run === undefined) return null;
    const answer = await this.ask<PlainAnswer>((done) =>
      this.socket.timeout(ANSWER_WITHIN_MS).emit("stop", { run }, (error, reply) => done(error ? NO_ANSWER : reply)),
    );
    return answer.ok || answer.error.code === "no-such-run" ? null : answer.error;
  }

  private async stopAndWait(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.whenEnded.push(resolve);
      setTimeout(resolve, ANSWER_WITHIN_MS);
    });
    if (await this.stop()) return;
    await ended;
  }

  private ask<Answer>(send: (done: (answer: Answer | Failure) => void) => void): Promise<Answer | Failure> {
    return new Promise((resolve) => (this.socket.connected ? send(resolve) : resolve(NO_ANSWER)));
  }

  private receive(id: string, message: Message): void {
    if (this.early) {
      this.early.push({ id, message });
      return;
    }
    if (this.run?.id !== id) return;
    switch (message.kind) {
      case "built":
        this.run.listener.built(message.built);
        break;
      case "events":
        this.run.listener.events(message.events);
        break;
      case "rejected":
        this.run.listener.rejected(message.mistakes);
        break;
      case "ended":
        this.close(false);
        break;
    }
  }

  private answerCheck(answer: Checked | null): void {
    const { checking } = this;
    this.checking = null;
    checking?.done(answer);
  }

  private close(lost: boolean): void {
    const run = this.run;
    this.run = null;
    run?.listener.ended(lost);
    for (const resolve of this.whenEnded.splice(0)) resolve();
  }
}
