import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { readable, sizeText, timeText } from "../fold/words";
import type { State, Task } from "../fold/state";
import { doing, processTree, sharing, type Branch } from "../fold/tasks";
import { callAbi } from "../stage/abi";
import { several, state } from "../playback/playback";

interface PartProps {
  title: string;
  /** Tasks that it belongs to, when there are several. */
  of?: readonly number[];
  count?: number;
  children: ComponentChildren;
}

function Part({ title, of = [], count, children }: PartProps) {
  return (
    <section class="part">
      <h2>
        {title}
        {several.value && of.length > 0 && (
          <span class="of" title={of.join(", ")}>
            of {of.length > 2 ? `${of[0]} + ${of.length - 1}` : of.join(" and ")}
          </span>
        )}
        {count !== undefined && <span class="badge">{count}</span>}
      </h2>
      {children}
    </section>
  );
}

function Crossing({ now }: { now: State }) {
  const crossing = now.crossing;
  if (!crossing) return <p class="panel-empty">No crossing yet.</p>;
  const abi = callAbi(now);
  const size = abi.word_size;
  const rows: [string, string, string][] = [];
  if (crossing.number !== null) rows.push([abi.number_register, crossing.number, "number"]);
  crossing.args.forEach((word, i) => rows.push([abi.argument_registers[i] ?? `arg ${i + 1}`, word, ""]));
  for (const [register, word] of Object.entries(crossing.saved)) rows.push([register, word, "saved"]);
  if (crossing.result) rows.push([abi.return_register, crossing.result.value, "answer"]);
  return (
    <table class="words">
      <caption class="visually-hidden">Registers at the crossing</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Register</th>
          <th scope="col">Value</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([register, word, role]) => {
          const value = role === "saved" ? word : readable(word, size);
          return (
            <tr key={register + role} class={`word-${role}`}>
              <th scope="row">{register}</th>
              <td colSpan={role === "" ? 2 : 1}>
                <code title={word}>{value}</code>
                {value !== word && BigInt(word) > 9n && word.length < 8 && <code class="same"> {word}</code>}
              </td>
              {role !== "" && <td class="role">{role}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Descriptors({ now }: { now: State }) {
  if (now.descriptors.size === 0) return <p class="panel-empty">None open.</p>;
  return (
    <ul class="rows">
      {[...now.descriptors.values()].map((entry) => (
        <li key={entry.fd} class={entry.fd === now.changedFd ? "new" : ""} title={`${entry.kind} ${entry.flags}`}>
          <code class="key">{entry.fd}</code>
          <span class="main">{entry.path}</span>
          <span class="role">{entry.kind}</span>
        </li>
      ))}
    </ul>
  );
}

/** Scroll the panel, and nothing else, so far that the marked row shows. */
function useMarkInView(mark: string | null) {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const row = list.current?.querySelector(".new");
    const panel = list.current?.closest(".machine");
    if (mark === null || !row || !panel) return;
    const { top, bottom } = panel.getBoundingClientRect();
    const place = row.getBoundingClientRect();
    panel.scrollTop += Math.max(0, place.bottom + 8 - bottom) - Math.max(0, top + 8 - place.top);
  }, [mark]);
  return list;
}

function Memory({ now }: { now: State }) {
  const list = useMarkInView(now.changedMemory);
  if (now.memory.length === 0) return <p class="panel-empty">Nothing mapped.</p>;
  return (
    <ul class="rows memory" ref={list}>
      {now.memory.map((region) => (
        <li
          key={region.start}
          class={region.start === now.changedMemory ? "new" : ""}
          title={`${region.start} to ${region.end}`}
        >
          <code class="main">{region.start}</code>
          <code class={`perms ${region.perms.includes("x") ? "perms-x" : ""}`}>{region.perms}</code>
          <span class="region">{region.name || "anonymous"}</span>
          <span class="role">{sizeText(Number(BigInt(region.end) - BigInt(region.start)))}</span>
        </li>
      ))}
    </ul>
  );
}

function TaskRow({ now, task }: { now: State; task: Task }) {
  const classes = ["row", several.value && task.pid === now.task && "current", task.pid === now.changedTask && "new"];
  return (
    <div class={classes.filter(Boolean).join(" ")} aria-current={task.pid === now.task ? "true" : undefined}>
      <code class="key">{task.pid}</code>
      <span class="main">{task.process === task.pid ? task.name : "thread"}</span>
      <span class={`task task-${task.state}`}>{doing(task)}</span>
    </div>
  );
}

function Branches({ now, branches }: { now: State; branches: readonly Branch[] }) {
  return (
    <ul class="tree">
      {branches.map(({ task, threads, children }) => (
        <li key={task.pid}>
          <TaskRow now={now} task={task} />
          {threads.length > 0 && (
            <Branches now={now} branches={threads.map((thread) => ({ task: thread, threads: [], children: [] }))} />
          )}
          {children.length > 0 && <Branches now={now} branches={children} />}
        </li>
      ))}
    </ul>
  );
}

/** The tasks as a tree: children under their parents, threads under their process. */
function Tasks({ now }: { now: State }) {
  return (
    <Part title={several.value ? "Processes and threads" : "Tasks"} count={now.tasks.size}>
      <div class="tasks" data-testid="tasks">
        <Branches now={now} branches={processTree(now.tasks)} />
      </div>
    </Part>
  );
}

function Counts({ now }: { now: State }) {
  const used = now.end?.counters;
  const entries: [string, string][] = [
    ["calls", String(now.calls)],
    ["errors", String(now.errors)],
    ["faults", String(now.faults)],
    ["on screen", sizeText(now.outputBytes - now.terminalReturns)],
    ["clock", timeText(now.time)],
  ];
  if (used) entries.push(["memory", sizeText(used.memory_bytes)]);
  return (
    <dl class="counts">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The visible state of the machine: registers, descriptors, memory, tasks, counters. */
export function Machine({ hidden }: { hidden: boolean }) {
  const now = state.value;
  return (
    <section class="panel machine" aria-label="State of the machine" hidden={hidden} data-testid="machine" tabIndex={0}>
      {several.value && <Tasks now={now} />}
      <Part title="Registers at the crossing" of={[now.task]}>
        <Crossing now={now} />
      </Part>
      <Part title="Descriptors" of={sharing(now, "table")} count={now.descriptors.size}>
        <Descriptors now={now} />
      </Part>
      <Part title="Memory map" of={sharing(now, "memory")} count={now.memory.length}>
        <Memory now={now} />
      </Part>
      {!several.value && now.tasks.size > 0 && <Tasks now={now} />}
      <Part title="So far">
        <Counts now={now} />
      </Part>
    </section>
  );
}
