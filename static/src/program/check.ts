import { computed, effect, signal } from "@preact/signals";
import type { Built, CheckRequest, Checked } from "../protocol/messages";
import { arch, elf, language, optimize } from "./choice";

/** The live check: what the source in the editor becomes, asked of the server while its author rests. */

const REST_MS = 250;

/** A source with what the server made of it. */
export interface Verdict {
  readonly request: CheckRequest;
  readonly ok: boolean;
  readonly built: Built;
}

/** The latest answer. */
export const verdict = signal<Verdict | null>(null);
/** Why there is no answer to the latest question; empty when there is one. */
export const problem = signal("");

const source = signal("");

export const request = computed<CheckRequest>(() => ({
  source: source.value,
  language: language.value,
  arch: arch.value,
  optimize: optimize.value,
}));

const same = (a: CheckRequest, b: CheckRequest) =>
  a.source === b.source && a.language === b.language && a.arch === b.arch && a.optimize === b.optimize;

/** Whether the latest answer is about what the editor holds now. */
export const fresh = computed(() => verdict.value !== null && same(verdict.value.request, request.value));

/** The assembly dialect that the server found, when it was left to find out. */
export const dialect = computed(() =>
  language.value === "auto" && verdict.value?.ok && fresh.value ? verdict.value.built.language : null,
);

export function built(verdictOf: Pick<Checked, "language" | "mistakes" | "lines" | "assembly">): Built {
  const { language: name, mistakes, lines, assembly } = verdictOf;
  return { language: name ?? "", mistakes, lines, assembly };
}

/** Take over what a run told of its program. */
export function learn(asked: CheckRequest, ok: boolean, told: Partial<Built>): void {
  verdict.value = { request: asked, ok, built: { language: "", mistakes: [], lines: [], assembly: [], ...told } };
  problem.value = "";
}

interface Work {
  ask(request: CheckRequest): Promise<Checked | null>;
  /** Checks wait while this holds, such as while a run starts. */
  busy(): boolean;
  ready(): boolean;
  text(): string;
}

/** Begin to check whatever there is, a moment after it has changed. */
export function startChecking({ ask, busy, ready, text }: Work): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async () => {
    const asked = request.peek();
    if (elf.peek() || asked.source.trim() === "") return;
    const answer = await ask(asked);
    if (!same(asked, request.peek())) return;
    if (answer && answer.problem === null) {
      verdict.value = { request: asked, ok: answer.ok, built: built(answer) };
      problem.value = "";
    } else if (answer) {
      problem.value = answer.problem ?? "";
    }
  };
  return effect(() => {
    source.value = text();
    clearTimeout(timer);
    if (!ready() || busy() || fresh.value) return;
    void request.value;
    timer = setTimeout(() => void look(), REST_MS);
  });
}
