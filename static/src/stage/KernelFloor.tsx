import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Check, Signal } from "../generated/events";
import type { Crossing, Place, State } from "../fold/state";
import { readable } from "../fold/words";
import { Icon } from "../ui/icons";
import { several } from "../playback/playback";
import { abiOf, callAbi } from "./abi";
import { Device } from "./Device";
import { Dispatcher } from "./Dispatcher";
import { Scheduler } from "./Scheduler";
import { fatal } from "./token";

interface RoomProps {
  name: string;
  title: string;
  note?: string | undefined;
  active: boolean;
  tone?: "refused" | "waiting" | undefined;
  anchor?: string;
  children: ComponentChildren;
}

/** One room of the kernel: it keeps its place for every program, what differs is whether it lights up. */
export function Room({ name, title, note, active, tone, anchor, children }: RoomProps) {
  return (
    <section class={["room", `room-${name}`, active && "active", tone && `room-${tone}`].filter(Boolean).join(" ")}>
      <h3>
        {title}
        {note && <span class="room-note">{note}</span>}
      </h3>
      <i class="strip" data-anchor={anchor ?? name} aria-hidden="true" />
      <div class="room-body">{children}</div>
    </section>
  );
}

const Empty = ({ children }: { children: ComponentChildren }) => <p class="empty">{children}</p>;

function Entry({ crossing }: { crossing: Crossing | null }) {
  const saved = Object.entries(crossing?.saved ?? {});
  if (saved.length === 0) return <Empty>keeps the way back</Empty>;
  return (
    <dl class={saved.length > 3 ? "saved saved-many" : "saved"} tabIndex={0} aria-label="Saved registers">
      {saved.map(([register, word]) => (
        <div key={register} title={`${register} ${word}`}>
          <dt>{register}</dt>
          <dd>{word}</dd>
        </div>
      ))}
    </dl>
  );
}

function CheckRow({ check, latest }: { check: Check; latest: boolean }) {
  return (
    <li
      class={check.ok ? "check" : "check refused"}
      data-testid="check"
      data-ok={check.ok}
      aria-current={latest ? "step" : undefined}
    >
      <span class="check-head">
        <span class="argument">{check.argument}</span>
        <code class="value" title={check.value}>
          {check.value}
        </code>
        <span class="kind" title={check.kind}>
          {check.kind.replace(/-/g, " ")}
        </span>
        <span class="stamp">
          <Icon name={check.ok ? "check" : "cross"} size={12} />
          <span class="stamp-word">{check.ok ? "ok" : (check.errno ?? "no")}</span>
        </span>
      </span>
      <span class="check-words">{check.sentence}</span>
    </li>
  );
}

function Checks({ crossing }: { crossing: Crossing | null }) {
  const list = useRef<HTMLOListElement>(null);
  const checks = crossing?.checks ?? [];
  useLayoutEffect(() => {
    const node = list.current;
    if (node) node.scrollTop = node.scrollHeight;
  }, [checks.length, crossing?.index]);
  if (checks.length === 0) {
    if (crossing?.result || (crossing?.services.length ?? 0) > 0) return <Empty>nothing to examine</Empty>;
    return <Empty>examines every argument before anything happens</Empty>;
  }
  return (
    <ol ref={list} class="checks" tabIndex={0} aria-label="Argument checks">
      {checks.map((check, i) => (
        <CheckRow key={i} check={check} latest={i === checks.length - 1} />
      ))}
    </ol>
  );
}

const ROOMS: Record<string, string> = {
  vfs: "files",
  mm: "memory",
  tty: "terminal",
  pipe: "pipes",
  net: "network",
  signal: "signals",
  sched: "tasks",
  time: "clock",
  system: "system",
};

function FaultWork({ crossing }: { crossing: Crossing }) {
  const { fault, signal } = crossing;
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const node = list.current;
    if (node) node.scrollTop = node.scrollHeight;
  }, [crossing]);
  if (!fault && crossing.kind === "fault") return <Empty>finds out why the CPU could not go on</Empty>;
  return (
    <ul ref={list} class="steps" tabIndex={0} aria-label="Steps of the work">
      {fault ? (
        <li class={fatal(crossing) ? "fault" : "fault mended"}>
          <code>{fault.vector}</code> {fault.name}
          {fault.address !== null && (
            <>
              , {fault.access === null ? "at" : `${fault.access} at`} <code>{fault.address}</code>
            </>
          )}
        </li>
      ) : (
        <li class="fault mended">The program asked for nothing: a timer took the CPU away from it.</li>
      )}
      {crossing.services.slice(-2).map((service) => (
        <li key={service.seq}>
          <span class="step-name">{service.step}</span> {service.sentence}
        </li>
      ))}
      {signal && <SignalStep signal={signal} />}
    </ul>
  );
}

const ACTIONS: Record<Signal["action"], string> = {
  terminate: "ends it",
  core: "ends it",
  ignore: "is ignored",
  stop: "stops it",
  continue: "lets it go on",
  handler: "goes to its handler",
  pending: "has to wait",
};

function SignalStep({ signal }: { signal: Signal }) {
  const ends = signal.action === "terminate" || signal.action === "core";
  return (
    <li class={ends ? "signal fault" : "signal fault mended"} data-testid="signal">
      <code>{signal.name}</code> {ACTIONS[signal.action]}
      {signal.handler !== null && (
        <>
          {" "}
          at <code>{signal.handler}</code>
        </>
      )}
    </li>
  );
}

function Service({ state, crossing }: { state: State; crossing: Crossing | null }) {
  if (crossing && crossing.kind !== "call") return <FaultWork crossing={crossing} />;
  const block = crossing?.block ?? null;
  const signal = crossing?.signal ?? null;
  const services = crossing?.services.slice(signal ? -2 : -3) ?? [];
  if (services.length === 0 && !block && !signal) {
    return <Empty>{crossing?.result?.errno ? "was never reached" : "does the work"}</Empty>;
  }
  return (
    <ul class="steps" tabIndex={0} aria-label="Steps of the work">
      {services.map((service, i) => (
        <li key={service.seq} class={i === services.length - 1 ? "latest" : ""}>
          <span class="step-name">{service.step}</span> {service.sentence}
        </li>
      ))}
      {block && (
        <li class="parked">
          <Icon name="clock" size={14} /> sleeps, waiting for {block.on}
        </li>
      )}
      {!block && state.place === "queue" && (
        <li class="parked">
          <Icon name="clock" size={14} /> sleeps
        </li>
      )}
      {signal && <SignalStep signal={signal} />}
    </ul>
  );
}

function Answer({ state, crossing }: { state: State; crossing: Crossing | null }) {
  const result = crossing?.result ?? null;
  const register = callAbi(state).return_register;
  const gone = state.tasks.get(state.task)?.state === "exited";
  if (!result && (gone || state.end) && crossing) return <Empty>nobody is left to answer</Empty>;
  if (!result) return <Empty>carries the answer back into {register}</Empty>;
  return (
    <p class={result.errno ? "answer refused" : "answer"}>
      <output data-testid="return-value">{result.text}</output>
      <span class="answer-way">
        <Icon name="left" /> {register} = {readable(result.value, callAbi(state).word_size)}
      </span>
      <span class="answer-words">{result.sentence}</span>
    </p>
  );
}

/** Points where the line turns; the layouts place them, or leave them out. */
const CORNERS = [
  "fault-turn",
  "leave-dispatcher",
  "lane-dispatcher",
  "leave-checks",
  "lane-checks",
  "turn-down",
  "turn-back",
  "turn-under",
  "turn-up",
];

const DOORS = { fault: "Exception handler", interrupt: "Interrupt handler" };

export function KernelFloor({ state }: { state: State }) {
  const crossing = state.crossing;
  const call = crossing?.kind === "call" ? crossing : null;
  const door = crossing && crossing.kind !== "call" ? DOORS[crossing.kind] : null;
  const inside = crossing !== null && !crossing.over && !state.end;
  const at = (...places: Place[]) => inside && places.includes(state.place);
  const latest = call?.services.at(-1);
  const table = callAbi(state).table;
  const foreign = table === abiOf(state).table ? null : table;
  const unknown = call?.dispatch && !call.dispatch.implemented;
  const refusedCheck = call?.checks.some((check) => !check.ok);
  return (
    <div class={state.mode === "kernel" ? "floor kernel here" : "floor kernel"}>
      <h2 class="floor-name">
        Kernel mode <span class="ring">{abiOf(state).kernel_mode}</span>
      </h2>
      <Room name="entry" title="Entry" active={at("entry")}>
        <Entry crossing={call} />
      </Room>
      <Room
        name="dispatcher"
        title="Dispatcher"
        note={foreign ?? undefined}
        active={at("dispatcher")}
        tone={unknown ? "refused" : undefined}
      >
        <Dispatcher state={state} />
        {call?.dispatch && (
          <p class={unknown ? "signature refused" : "signature"} title={call.dispatch.source ?? undefined}>
            {call.dispatch.implemented
              ? call.dispatch.signature
              : call.dispatch.name === null
                ? "no call has this number"
                : "Linux knows it, this kernel does not serve it"}
          </p>
        )}
      </Room>
      <Room name="checks" title="Checks" active={at("checks")} tone={refusedCheck ? "refused" : undefined}>
        <Checks crossing={call} />
      </Room>
      <Room
        name="service"
        title={door ?? "Service"}
        note={door ? undefined : call?.signal ? ROOMS["signal"] : latest && ROOMS[latest.subsystem]}
        active={at("service", "queue", "exception", "signal")}
        tone={crossing && fatal(crossing) ? "refused" : call?.block || state.place === "queue" ? "waiting" : undefined}
      >
        <Service state={state} crossing={crossing} />
        <i class="strip strip-exception" data-anchor="exception" aria-hidden="true" />
      </Room>
      <Room
        name="return"
        title="Return"
        active={at("return")}
        tone={call?.result?.errno ? "refused" : undefined}
      >
        <Answer state={state} crossing={call} />
      </Room>
      <Device state={state} active={at("device")} />
      {several.value && <Scheduler state={state} />}
      {CORNERS.map((name) => (
        <i key={name} data-anchor={name} aria-hidden="true" />
      ))}
    </div>
  );
}
