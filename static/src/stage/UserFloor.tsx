import type { ComponentChildren } from "preact";
import type { Frame } from "../generated/events";
import { ownFrames } from "../fold/chain";
import type { Crossing, State } from "../fold/state";
import { doing, kinship } from "../fold/tasks";
import { parametersOf, readable } from "../fold/words";
import { source } from "../editor/editor";
import { library, several } from "../playback/playback";
import { isCompiled } from "../program/machines";
import { ranFile, ranLanguage, ranSource } from "../session";
import { abiOf, callAbi } from "./abi";
import { LibraryRoom, OwnChain } from "./Chain";
import { fatal } from "./token";

interface SlotProps {
  register: string;
  role: string;
  value: string | null;
  tone?: "number" | "answer" | "refused";
  unused?: boolean;
  /** Raw value, when the readable one hides it. */
  raw?: string | null;
}

function Slot({ register, role, value, tone, unused, raw }: SlotProps) {
  const classes = ["slot", tone && `slot-${tone}`, unused && "slot-unused", value === null && "slot-empty"];
  return (
    <div class={classes.filter(Boolean).join(" ")} title={raw ?? value ?? undefined}>
      <dt>
        {register} <span class="role">{role}</span>
      </dt>
      <dd>{value ?? "–"}</dd>
    </div>
  );
}

/** The registers as the trap finds them, and the answer when it is there. */
function Registers({ state }: { state: State }) {
  const abi = callAbi(state);
  const call = state.crossing?.kind === "call" ? state.crossing : null;
  const answered = call?.result && (call.over || state.place === "registers") ? call.result : null;
  const names = parametersOf(call?.dispatch?.signature ?? null);
  const known = call?.dispatch?.implemented === true;
  const number = call?.number ?? null;
  return (
    <dl class="registers" aria-label="Registers at the crossing">
      {answered ? (
        <Slot
          register={abi.return_register}
          role="answer"
          value={readable(answered.value, abi.word_size)}
          raw={answered.value}
          tone={answered.errno ? "refused" : "answer"}
        />
      ) : (
        <Slot
          register={abi.number_register}
          role={call?.dispatch?.name ?? "number"}
          value={number === null ? null : readable(number, abi.word_size)}
          raw={number}
          tone="number"
        />
      )}
      {abi.argument_registers.map((register, i) => {
        const word = call?.args[i];
        return (
          <Slot
            key={register}
            register={register}
            role={names[i] ?? (known ? "" : `arg ${i + 1}`)}
            value={word === undefined ? null : readable(word, abi.word_size)}
            raw={word ?? null}
            unused={known && i >= names.length}
          />
        );
      })}
    </dl>
  );
}

/** Where the comment of a line begins, in assembly and in compiled languages. */
const COMMENT = /(?:#(?!-?\d)|;|@|\/\/)(?=(?:[^"]*"[^"]*")*[^"]*$).*/;
const SLASHES = /\/\/(?=(?:[^"]*"[^"]*")*[^"]*$).*/;

/** A line without its comment. */
function lineText(lines: readonly string[], line: number): string {
  const comment = isCompiled(ranLanguage.value) ? SLASHES : COMMENT;
  return (lines[line - 1] ?? "").replace(comment, "").trim().replace(/\s+/g, " ");
}

/** Which task has the CPU, when there are several. */
function Who({ state }: { state: State }) {
  const task = state.tasks.get(state.task);
  if (!several.value || !task) return null;
  return (
    <p class="who" data-testid="who">
      <code class="pid">{task.pid}</code>
      <span>{task.state === "exited" ? doing(task) : kinship(task, state.tasks)}</span>
    </p>
  );
}

/** The running line with its neighbours, and the call chain when the program says what its functions are. */
function Program({ state }: { state: State }) {
  const call = state.crossing?.kind === "call" ? state.crossing : null;
  const frames = call?.frames ?? [];
  if (library.value === "none") {
    const deep = frames.length > 1;
    return <Lines state={state} around={!deep} chain={deep ? frames : []} />;
  }
  const lit = call !== null && !call.over && !state.end;
  return (
    <div class="program program-library">
      <Lines state={state} around={false} chain={frames} />
      <LibraryRoom kind={library.value} frames={frames} lit={lit} />
    </div>
  );
}

function Lines({ state, around, chain }: { state: State; around: boolean; chain: readonly Frame[] }) {
  const lines = (ranSource.value ?? source.value).split("\n");
  const end = state.end;
  const current = state.line ?? firstCode(lines);
  const own = chain.length > 0 ? <OwnChain frames={chain} /> : null;
  if (ranFile.value !== null && state.line === null) {
    return <Nowhere state={state} pc={state.crossing?.pc ?? null} name={ranFile.value} own={own} />;
  }
  if (!around && chain.length > 0 && ownFrames(chain).length === 0) {
    return (
      <div class="program">
        <Who state={state} />
        {own}
      </div>
    );
  }
  const near: number[] = [];
  if (!around) near.push(current);
  else {
    for (let line = current - 1; line > 0 && near.length < 1; line--) if (lineText(lines, line)) near.unshift(line);
    near.push(current);
    for (let line = current + 1; line <= lines.length && near.length < 3; line++) {
      if (lineText(lines, line)) near.push(line);
    }
  }
  const fault = state.crossing?.kind === "fault" && !state.crossing.over ? state.crossing : null;
  if (fault?.line === null && fault.pc !== null) return <Nowhere state={state} pc={fault.pc} />;
  if (state.line === null && state.crossing?.pc) return <Nowhere state={state} pc={state.crossing.pc} />;
  return (
    <div class={end ? "program program-over" : "program"}>
      <Who state={state} />
      {own}
      <ol class="snippet" aria-label="The program around the running line">
        {near.map((line) => (
          <li
            key={line}
            class={line === current && state.index >= 0 ? (fault && fatal(fault) ? "now now-fault" : "now") : ""}
            aria-current={line === current ? "true" : undefined}
          >
            <span class="number">{line}</span>
            <code title={lineText(lines, line)}>{lineText(lines, line)}</code>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The CPU has left the program: no line of it is at this address. */
function Nowhere({ state, pc, name, own }: { state: State; pc: string | null; name?: string; own?: ComponentChildren }) {
  const astray = state.crossing?.kind === "fault" && fatal(state.crossing);
  return (
    <div class="program">
      <Who state={state} />
      {own}
      <ol class="snippet" aria-label="The program around the running line">
        <li class={astray ? "astray now now-fault" : "astray now"} aria-current="true">
          <code>{pc ?? name ?? ""}</code>
        </li>
        {own ? null : (
          <li class="astray">{astray ? "no line of the program" : pc === null ? "an ELF file" : "code without a source line"}</li>
        )}
      </ol>
    </div>
  );
}

/** The first line that looks like an instruction, for the picture before the run. */
function firstCode(lines: readonly string[]): number {
  const start = lines.findIndex((line) => /^\s*_start:|\bmain\s*\(/.test(line));
  const next = lines.findIndex((line, i) => i > start && /^\s*[a-z]/i.test(line));
  return next < 0 ? 1 : next + 1;
}

export function UserFloor({ state }: { state: State }) {
  return (
    <div class={state.mode === "user" ? "floor user here" : "floor user"}>
      <h2 class="floor-name">
        User mode <span class="ring">{abiOf(state).user_mode}</span>
      </h2>
      <Registers state={state} />
      <Program state={state} />
      <i data-anchor="answer" aria-hidden="true" />
      <i data-anchor="registers" aria-hidden="true" />
      <i data-anchor="program" aria-hidden="true" />
    </div>
  );
}

/** What the wall's gate and door have to say about the crossing. */
export function Wall({ state }: { state: State }) {
  const crossing: Crossing | null = state.crossing;
  const call = crossing?.kind === "call" && !crossing.over;
  const fault = crossing?.kind === "fault" && !crossing.over;
  const interrupt = crossing?.kind === "interrupt" && !crossing.over;
  const instruction = crossing?.kind === "call" ? crossing.instruction : abiOf(state).traps[0];
  return (
    <div class="wall">
      <span class={call ? "opening opening-out open" : "opening opening-out"}>
        <i data-anchor="gate-out" aria-hidden="true" />
      </span>
      <span class={call ? "opening opening-in open" : "opening opening-in"}>
        <i data-anchor="gate-in" aria-hidden="true" />
      </span>
      <p class="plaque plaque-gate">
        trap gate <code>{instruction}</code>
      </p>
      <p class="lamp" data-testid="mode-lamp" data-mode={state.mode}>
        <span class="bulb" aria-hidden="true" />
        <span class="visually-hidden">The CPU is in</span> {state.mode} mode
      </p>
      <span class={`opening opening-fault${fault ? " open-fault" : interrupt ? " open" : ""}`}>
        <i data-anchor="door" aria-hidden="true" />
      </span>
      <p class="plaque plaque-door">{interrupt ? "interrupts" : "exceptions"}</p>
    </div>
  );
}
