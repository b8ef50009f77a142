import type { Signal } from "../generated/events";
import type { State, Task } from "../fold/state";
import { doing } from "../fold/tasks";
import { terminalTail } from "../terminal/text";
import { Room } from "./KernelFloor";

const shortName = (name: string) => name || "anonymous";

/** The task that came to life, changed or ended, under the one that made it. */
function Family({ state, active }: { state: State; active: boolean }) {
  const last = state.tasks.get(state.changedTask ?? state.task);
  const parent = last && state.tasks.get(last.process === last.pid ? last.parent : last.process);
  const kin = [...state.tasks.values()].filter((task) => task !== last && parent && under(task) === parent.pid);
  const rows = [parent, ...kin.slice(-1), last].filter((task) => task !== undefined).slice(-3);
  return (
    <Room name="device" title="Processes" active={active}>
      <ul class="facts family">
        {rows.map((task) => (
          <li key={task.pid} title={`${task.pid} ${doing(task)}`} class={task === last ? "new below" : task === parent ? "" : "below kin"}>
            <code>{task.pid}</code> {doing(task)}
          </li>
        ))}
      </ul>
    </Room>
  );
}

const under = (task: Task) => (task.process === task.pid ? task.parent : task.process);

/** What the kernel lays on the user stack before a handler runs (sigreturn(2)). */
function Frame({ signal, active }: { signal: Signal; active: boolean }) {
  return (
    <Room name="device" title="User stack" active={active}>
      <ul class="facts">
        <li class="new">
          <code>{signal.frame}</code>
        </li>
        <li>frame: registers, mask</li>
        <li class="kin">way to rt_sigreturn</li>
      </ul>
    </Room>
  );
}

/** The regions around the one that the crossing changed; what it removed keeps its row. */
function MemoryMap({ state, active }: { state: State; active: boolean }) {
  const range = state.crossing?.range ?? null;
  const changed = range?.start ?? state.changedMemory;
  const gone = range?.change === "unmap" ? [{ ...range, name: "", perms: "unmapped" }] : [];
  const rows = [...state.memory, ...gone].sort((a, b) => (BigInt(a.start) < BigInt(b.start) ? -1 : 1));
  const at = rows.findIndex((region) => region.start === changed);
  const from = Math.max(0, Math.min(at - 1, rows.length - 3));
  return (
    <Room name="device" title="Memory map" active={active}>
      <ul class="facts regions" data-testid="regions">
        {rows.slice(from, from + 3).map((region) => (
          <li
            key={region.start}
            class={region.start !== changed ? "" : gone.length > 0 ? "new gone" : "new"}
            title={`${region.start} to ${region.end} ${region.perms} ${region.name}`}
          >
            <span>{region.perms === "unmapped" ? "" : shortName(region.name)}</span> <code>{region.perms}</code>{" "}
            <code>{region.start}</code>
          </li>
        ))}
      </ul>
    </Room>
  );
}

/** The object at the end of the corridor is real: the terminal's text, the memory map, the descriptor table. */
export function Device({ state, active }: { state: State; active: boolean }) {
  const touched = state.crossing?.touched ?? "terminal";
  if (touched === "memory") return <MemoryMap state={state} active={active} />;
  if (touched === "descriptors") {
    return (
      <Room name="device" title="Descriptors" active={active}>
        <ul class="facts">
          {[...state.descriptors.values()].slice(-3).map((entry) => (
            <li key={entry.fd} class={entry.fd === state.changedFd ? "new" : ""}>
              <code>{entry.fd}</code> {entry.path}
            </li>
          ))}
        </ul>
      </Room>
    );
  }
  if (touched === "tasks") return <Family state={state} active={active} />;
  if (touched === "frame" && state.crossing?.signal) return <Frame signal={state.crossing.signal} active={active} />;
  const lines = terminalTail(state.outputs, 3);
  return (
    <Room name="device" title="Terminal" active={active}>
      <pre class="screen">
        <span>
          {lines.join("\n")}
          <i class="cursor" />
        </span>
      </pre>
    </Room>
  );
}
