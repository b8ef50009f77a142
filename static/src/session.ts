import { batch, computed, effect, signal } from "@preact/signals";
import { config } from "./config";
import { currentSource, markMistakes, source as editorText } from "./editor/editor";
import * as playback from "./playback/playback";
import { fresh, learn, startChecking, verdict } from "./program/check";
import { arch, elf, language, optimize } from "./program/choice";
import { argumentsIn } from "./program/files";
import { isCompiled } from "./program/machines";
import { libraryWork } from "./program/toolchain";
import { Client, connected, type RunListener } from "./protocol/client";
import type { CheckRequest, Failure, Language, Mistake } from "./protocol/messages";
import { terminalSize } from "./terminal/size";

/** A run of a source: what it is, and how large its terminal. */
export type SourceRun = CheckRequest & ReturnType<typeof terminalSize>;

/** A message for the visitor that is not part of the story: what went wrong and what to do. */
export interface Notice {
  text: string;
  hint: string;
}

export const notice = signal<Notice | null>(null);
export const mistakes = signal<readonly Mistake[]>([]);
export const active = signal(false);
export const starting = signal(false);
/** A compiler is at work for a run that has shown nothing yet: the stage still shows the run before. */
export const compiling = signal(false);
/** Source of the run on show, to know whether the editor's lines are still its lines. */
export const ranSource = signal<string | null>(null);
/** What that source is written in. */
export const ranLanguage = signal<Language>("auto");
/** What that run was asked for; null when it came from an ELF file. */
export const ran = signal<SourceRun | null>(null);
/** Name of the ELF file of the run on show; null when it came from a source. */
export const ranFile = signal<string | null>(null);
/** What the visitor typed as arguments of the ELF file. */
export const typedArguments = signal("");

let client: Client | null = null;

const OFFLINE: Notice = {
  text: "There is no connection to the server.",
  hint: "The page keeps trying. Press Run again soon.",
};

const BUSY: Failure["error"] = { code: "busy", message: "Another run is being started.", field: null };

export function connect(): void {
  const own = new Client();
  client = own;
  effect(() => {
    if (connected.value && notice.peek() === OFFLINE) notice.value = null;
  });
  startChecking({
    ask: (asked) => own.check(asked),
    busy: () => starting.value,
    ready: () => connected.value,
    text: () => editorText.value,
  });
  effect(() => {
    // What did not work while the library was missing may work now.
    const ready = libraryWork(language.value, arch.value) === null;
    if (ready && verdict.peek()?.ok === false) verdict.value = null;
  });
  effect(() => {
    const told = verdict.value;
    if (told && fresh.value) markMistakes(told.built.mistakes, false);
  });
}

const HINTS: Record<Failure["error"]["code"], string> = {
  busy: "Wait a moment, then press Run again.",
  "run-active": "A run is still going on here. Press Stop, then Run.",
  "too-large": "Shorten the program and run it again.",
  "bad-elf": "Open an executable for Linux.",
  "bad-source": "Remove what is not text from the program.",
  "bad-message": "Reload the page: it may be older than the server.",
  "no-such-run": "The run is already over. Press Run to start another.",
  unavailable: "The server is starting again. Press Run in a few seconds.",
};

function refuse(error: Failure["error"]): void {
  notice.value = { text: error.message, hint: HINTS[error.code] };
}

export async function run(): Promise<void> {
  if (!client || starting.value) return;
  const file = elf.value;
  const source = file ? "" : currentSource();
  if (!connected.value) {
    notice.value = OFFLINE;
    return;
  }
  const bytes = new TextEncoder().encode(source).length;
  if (bytes > config.max_source_bytes) {
    notice.value = {
      text: `The program has ${bytes} bytes; the limit is ${config.max_source_bytes}.`,
      hint: HINTS["too-large"],
    };
    return;
  }
  starting.value = true;
  notice.value = null;
  const asked: CheckRequest = { source, language: language.value, arch: arch.value, optimize: optimize.value };
  compiling.value = !file && isCompiled(asked.language);
  const program = file
    ? { elf: file.data, argv: [file.name, ...argumentsIn(typedArguments.value)] }
    : asked;
  const size = terminalSize();
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    batch(() => {
      compiling.value = false;
      mistakes.value = [];
      if (!file) markMistakes([]);
      ranSource.value = source;
      ranLanguage.value = asked.language;
      ran.value = file ? null : { ...asked, ...size };
      ranFile.value = file?.name ?? null;
      playback.begin();
    });
  };
  const error = await client.start({ ...program, ...size }, {
    built: (made) => {
      begin();
      learn(asked, true, made);
    },
    events: (events) => {
      begin();
      playback.append(events);
    },
    rejected: (found) => {
      begin();
      playback.playing.value = false;
      mistakes.value = found;
      if (file) return;
      learn(asked, false, { mistakes: [...found] });
      markMistakes(found);
    },
    ended: (lost) => {
      active.value = false;
      compiling.value = false;
      playback.finish();
      if (lost) {
        notice.value = {
          text: "The connection to the server was lost, and the run with it.",
          hint: "What arrived is kept. Press Run once the page is connected again.",
        };
      }
    },
  });
  starting.value = false;
  if (error) {
    compiling.value = false;
    refuse(error);
  } else active.value = client.active;
}

/** Start a run that is not for the stage. Null on success, else why not. */
export async function startAside(request: SourceRun, listener: RunListener): Promise<Failure["error"] | null> {
  if (!client || starting.value) return BUSY;
  starting.value = true;
  const error = await client.start(request, listener);
  starting.value = false;
  return error;
}

/** Type into the run that was started aside, or into the run on show. */
export const typeAside = (data: string, eof: boolean) => client?.input(data, eof);
export const stopAside = () => client?.stop();

export async function stop(): Promise<void> {
  const error = await client?.stop();
  if (error) refuse(error);
}

export async function type(data: string, eof = false): Promise<void> {
  if (!active.value) return;
  const error = await client?.input(data, eof);
  if (error) refuse(error);
}

const REASONS: Record<string, string> = {
  "time-limit": "Stopped after the time limit; the output is kept.",
  "memory-limit": "Stopped at the memory limit; the output is kept.",
  "event-limit": "Stopped after the largest number of events; everything up to here is kept.",
  "output-limit": "Stopped at the output limit; what was printed is kept.",
  deadlock: "Stopped: every task waits for something that can never happen.",
  unsupported: "Stopped: the program needs something that this machine does not have.",
  stopped: "Stopped by you; everything up to here is kept.",
  "internal-error": "Stopped by a fault in Trapgate itself; the output is kept.",
};

/** What a shell says of a program that such a signal has killed. */
const SIGNALS: Record<string, string> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "arithmetic exception",
  SIGILL: "illegal instruction",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "breakpoint trap",
};

export interface Status {
  tone: "idle" | "run" | "wait" | "good" | "bad";
  text: string;
}

/** One line on where things stand, never ahead of what the stage shows. */
export const status = computed<Status>(() => {
  if (compiling.value) return { tone: "run", text: "Compiling" };
  const found = mistakes.value.length;
  if (found > 0) return { tone: "bad", text: `Not run: ${found} ${found === 1 ? "mistake" : "mistakes"}` };
  if (playback.waitingForInput.value) return { tone: "wait", text: "Waiting for the keyboard" };
  const end = playback.state.value.end;
  if (end) {
    if (end.reason === "exit") {
      return { tone: end.status === 0 ? "good" : "bad", text: `Exited with status ${end.status ?? 0}` };
    }
    if (end.reason === "signal") {
      const words = end.signal ? SIGNALS[end.signal] : undefined;
      return { tone: "bad", text: `Killed by ${end.signal ?? "a signal"}${words ? ` (${words})` : ""}` };
    }
    return { tone: "bad", text: REASONS[end.reason] ?? end.sentence };
  }
  if (starting.value) return { tone: "run", text: "Starting" };
  if (playback.count.value === 0) return { tone: "idle", text: active.value ? "Starting" : "Ready" };
  if (playback.atEnd.value && playback.streaming.value) return { tone: "run", text: "Running" };
  if (playback.atEnd.value) return { tone: "bad", text: "Connection lost" };
  return playback.playing.value ? { tone: "run", text: "Playing" } : { tone: "idle", text: "Paused" };
});
