import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { count, state, trace, waitingForInput } from "../playback/playback";
import { active, type as send } from "../session";
import { terminalText } from "./text";
import type { Screen } from "./screen";

let loading: Promise<Screen> | null = null;

/** Load xterm.js once; called ahead of need when a run starts. */
export function loadScreen(): Promise<Screen> {
  loading ??= import("./screen").then(({ Screen }) => new Screen((data) => void send(data)));
  return loading;
}

function InputHint({ focus }: { focus: () => void }) {
  if (!waitingForInput.value) return null;
  return (
    <div class="input-hint" data-testid="input-hint" role="status">
      <span>The program waits for the keyboard: type, then press Enter.</span>
      <form
        class="line-input"
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.elements.namedItem("line");
          if (!(field instanceof HTMLInputElement)) return;
          void send(`${field.value}\n`);
          field.value = "";
        }}
      >
        <input name="line" aria-label="A line for the program" autocomplete="off" autocapitalize="off" enterkeyhint="send" />
        <button type="submit">Send</button>
      </form>
      <button
        type="button"
        onClick={() => {
          void send("", true);
          focus();
        }}
      >
        End of input <kbd>Ctrl-D</kbd>
      </button>
    </div>
  );
}

/** What the program printed so far, and its keyboard. */
export function TerminalPanel({ hidden }: { hidden: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const screen = useSignal<Screen | null>(null);
  const outputs = useComputed(() => state.value.outputs);
  const text = useComputed(() => (void trace.value, terminalText(outputs.value)));
  const needed = useComputed(() => count.value > 0 || active.value);

  useSignalEffect(() => {
    if (needed.value && screen.peek() === null) void loadScreen().then((loaded) => (screen.value = loaded));
  });

  const loaded = screen.value;
  useEffect(() => (loaded && host.current ? loaded.mount(host.current) : undefined), [loaded]);
  useSignalEffect(() => {
    screen.value?.show(trace.value, trace.value.outputs, outputs.value);
  });
  useSignalEffect(() => {
    if (waitingForInput.value) screen.value?.focus();
  });

  return (
    <section class="panel terminal-panel" aria-label="Terminal" hidden={hidden} data-testid="terminal">
      <div class="terminal-body" ref={host} onClick={() => loaded?.focus()}>
        {!loaded && <p class="terminal-empty">What the program prints appears here.</p>}
      </div>
      <pre class="visually-hidden" data-testid="terminal-text">
        {text.value}
      </pre>
      <InputHint focus={() => loaded?.focus()} />
    </section>
  );
}
