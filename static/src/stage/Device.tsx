import type { State } from "../fold/state";
import { terminalTail } from "../terminal/text";
import { Room } from "./KernelFloor";

const shortName = (name: string) => name || "anonymous";

/** The object at the end of the corridor is real: the terminal's text, the memory map, the descriptor table. */
export function Device({ state, active }: { state: State; active: boolean }) {
  const touched = state.crossing?.touched ?? "terminal";
  if (touched === "memory") {
    const at = state.memory.findIndex((region) => region.start === state.changedMemory);
    const from = Math.max(0, Math.min(at - 1, state.memory.length - 3));
    return (
      <Room name="device" title="Memory map" active={active}>
        <ul class="facts">
          {state.memory.slice(from, from + 3).map((region) => (
            <li key={region.start} class={region.start === state.changedMemory ? "new" : ""}>
              <code>{region.start}</code> <code>{region.perms}</code> {shortName(region.name)}
            </li>
          ))}
        </ul>
      </Room>
    );
  }
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
  const lines = terminalTail(state.outputs, 3);
  return (
    <Room name="device" title="Terminal" active={active}>
      <pre class="screen">
        {lines.join("\n")}
        <span class="cursor" />
      </pre>
    </Room>
  );
}
