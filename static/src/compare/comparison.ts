import { computed, effect, signal, untracked } from "@preact/signals";
import { config } from "../config";
import type { TrapgateEvent } from "../generated/events";
import type { Trace } from "../fold/trace";
import { count, index, streaming, trace } from "../playback/playback";
import { request } from "../program/check";
import { arch, elf } from "../program/choice";
import { unavailable } from "../program/toolchain";
import { connected, toolchain } from "../protocol/client";
import type { Arch, Mistake } from "../protocol/messages";
import { ran, run, startAside, stopAside, typeAside } from "../session";
import { align, MOST, type Pair } from "./align";
import { counterpart } from "./counterpart";
import { abiIn, entriesOf } from "./entries";
import { titleOf } from "./notes";
import { Replay } from "./replay";

/** The comparison: the run on show and a second one of the same program, made for another architecture. */

/** The architecture to compare with; null while nothing is compared. */
export const beside = signal<Arch | null>(null);

/** Crossings of the run on show that are listed while there is no comparison. */
const PREVIEW = 200;

/** A second run, as far as it is. */
export interface Second {
  /** The run that it is compared with. */
  readonly base: Trace;
  readonly arch: Arch;
  readonly phase: "running" | "done" | "failed";
  readonly events: readonly TrapgateEvent[];
  /** Why there is no comparison, or why the second run was stopped. */
  readonly problem: string;
}

export const second = signal<Second | null>(null);

/** The second run if it belongs to the run on show and the chosen architecture. */
export const current = computed(() =>
  second.value?.base === trace.value && second.value.arch === beside.value ? second.value : null,
);

/** The crossings of both runs, aligned; null before both are over. */
export const pairs = computed<readonly Pair[] | null>(() => {
  const now = current.value;
  if (now?.phase !== "done") return null;
  return align(entriesOf(now.base.events, MOST), entriesOf(now.events, MOST));
});

/** What there is to show: the aligned crossings, and before there are any the beginning of the run on show. */
export const listed = computed<readonly Pair[]>(() => {
  void count.value;
  return pairs.value ?? entriesOf(trace.value.events, PREVIEW).map((left) => ({ left, right: null }));
});

/** Position in `listed` of the crossing that the stage is at; -1 before the first. */
export const shown = computed(() => {
  let found = -1;
  let latest = -1;
  for (const [position, { left }] of listed.value.entries()) {
    if (left && left.index <= index.value && left.index > latest) {
      latest = left.index;
      found = position;
    }
  }
  return found;
});

/** Why the program in the editor cannot run on this architecture too; null when it can. */
export function obstacle(other: Arch): string | null {
  if (elf.value) return "An ELF file is for one architecture.";
  const found = counterpart(request.value, other, config.examples);
  if ("reason" in found) return found.reason;
  return unavailable(found.request.language, other);
}

/** Compare with this architecture, or with none. Runs the program first if it has not run as it is now. */
export function compareWith(other: Arch | null): void {
  beside.value = other;
  if (!other || streaming.value) return;
  const asked = request.value;
  const known = ran.value;
  const same =
    known?.source === asked.source &&
    known.language === asked.language &&
    known.arch === asked.arch &&
    known.optimize === asked.optimize;
  if (!same || count.value === 0) void run();
  else if (current.value?.phase === "failed") second.value = null;
}

export function startComparing(): void {
  effect(() => {
    if (beside.value === arch.value) beside.value = null;
  });
  effect(() => {
    const other = beside.value;
    const base = trace.value;
    const over = !streaming.value && count.value > 0;
    if (!other || !over || !connected.value || toolchain.value === null) return;
    if (second.value?.base === base && second.value.arch === other) return;
    untracked(() => void runBeside(base, other));
  });
}

const complaint = (title: string, mistakes: readonly Mistake[]): string => {
  const first = mistakes.find(({ severity }) => severity === "error") ?? mistakes[0];
  return `The program cannot be built for ${title}${first ? `. Line ${first.line}: ${first.message}` : "."}`;
};

async function runBeside(base: Trace, other: Arch): Promise<void> {
  const events: TrapgateEvent[] = [];
  const title = titleOf(other);
  const replay = new Replay(base.events);
  let problem = "";
  let crossings = 0;
  const tell = (phase: Second["phase"]) => {
    const now = second.value;
    if (now?.base === base && now.arch === other) second.value = { base, arch: other, phase, events, problem };
  };
  const fail = (why: string) => {
    problem = why;
    tell("failed");
  };
  second.value = { base, arch: other, phase: "running", events, problem };
  const asked = ran.value;
  if (!asked) return fail("An ELF file is for one architecture.");
  if (base.events.at(-1)?.type !== "run.end") return fail("The run on show has no end to compare with.");
  const found = counterpart(asked, other, config.examples);
  if ("reason" in found) return fail(found.reason);
  const missing = unavailable(found.request.language, other);
  if (missing) return fail(missing);
  const error = await startAside({ ...found.request, columns: asked.columns, rows: asked.rows }, {
    built: () => undefined,
    events: (batch) => {
      events.push(...batch);
      crossings += batch.filter(({ type }) => type === "trap").length;
      const typed = replay.after(batch);
      if (typed === "silence") problem = `On ${title} it waits for more input than was typed; it was stopped there.`;
      else if (crossings > MOST) problem = `On ${title} it was stopped after ${MOST} crossings.`;
      if (problem) void stopAside();
      else if (typed && typed !== "silence") void typeAside(typed.data, typed.eof);
      tell("running");
    },
    rejected: (mistakes) => {
      problem = complaint(title, mistakes);
    },
    ended: (lost) => {
      if (lost) fail("The connection was lost. Press Run to compare again.");
      else tell(abiIn(events) ? "done" : "failed");
    },
  });
  if (error) fail(error.message);
}
