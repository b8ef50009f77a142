import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Compare } from "./compare/Compare";
import { beside } from "./compare/comparison";
import { EditorPanel } from "./editor/EditorPanel";
import { showRunning } from "./editor/editor";
import { Machine } from "./panels/Machine";
import { Story } from "./panels/Story";
import { Strace } from "./panels/Strace";
import { told } from "./fold/tasks";
import { listenForKeys } from "./playback/keys";
import { count, state, trace, waitingForInput } from "./playback/playback";
import { Transport } from "./playback/Transport";
import { elf } from "./program/choice";
import { connected } from "./protocol/client";
import { mistakes, notice, run, status } from "./session";
import { running } from "./stage/running";
import { Stage } from "./stage/Stage";
import { TerminalPanel } from "./terminal/TerminalPanel";
import { Announcer } from "./ui/Announcer";
import { Help } from "./ui/Help";
import { Icon } from "./ui/icons";
import { layout } from "./ui/layout";
import { RunButtons } from "./ui/RunButtons";
import { goToTab, hiddenPanel, Tabs } from "./ui/tabs";
import { TopBar } from "./ui/TopBar";

function Caption() {
  const now = state.value;
  const { tone, text } = status.value;
  const idle = "A program cannot print or read anything itself: it has to ask the kernel. Press Run and watch it ask.";
  return (
    <div class="caption">
      <p class={`status status-${tone}`} data-testid="status">
        {text}
      </p>
      <p class="sentence" data-testid="sentence">
        {mistakes.value.length > 0
          ? elf.value
            ? "This file cannot run here; the reason is beside its name."
            : "The program cannot be built. The mistakes are marked in the editor."
          : told(now) || (count.value > 0 ? "Before the first event: the program is not loaded yet." : idle)}
      </p>
    </div>
  );
}

function NoticeBar() {
  const now = notice.value;
  if (!now) return null;
  return (
    <div class="notice" role="alert" data-testid="notice">
      <Icon name="cross" size={14} />
      <p>
        <strong>{now.text}</strong> {now.hint}
      </p>
      <button type="button" class="quiet" onClick={() => (notice.value = null)}>
        Dismiss
      </button>
    </div>
  );
}

export function App() {
  const help = useRef<HTMLDialogElement>(null);
  const shown = useRef(trace.peek());
  const openHelp = () => help.current?.showModal();
  useEffect(() => listenForKeys(openHelp, () => void run()), []);
  useSignalEffect(() => {
    document.body.dataset["connected"] = String(connected.value);
  });
  useSignalEffect(() => showRunning(running.value));
  useSignalEffect(() => {
    if (trace.value !== shown.current && layout.peek() === "narrow") window.scrollTo(0, 0);
    shown.current = trace.value;
  });
  useSignalEffect(() => {
    if (waitingForInput.value) goToTab("terminal");
  });
  useSignalEffect(() => {
    if (mistakes.value.length > 0) goToTab("program");
  });
  useSignalEffect(() => {
    if (beside.value && layout.peek() === "narrow") window.scrollTo(0, 0);
  });
  const arrangement = layout.value;
  const comparing = beside.value !== null;
  return (
    <div class={`app app-${arrangement}${comparing ? " app-comparing" : ""}`}>
      <TopBar help={openHelp} />
      <NoticeBar />
      <main>
        <h1 class="visually-hidden">Trapgate system call playground</h1>
        {arrangement !== "narrow" && <EditorPanel hidden={false} withRun />}
        <div class="theatre">
          {comparing ? <Compare /> : <Stage />}
          {arrangement !== "narrow" && <Caption />}
          {arrangement !== "narrow" && <Transport />}
        </div>
        {arrangement === "wide" && !comparing && <Machine hidden={false} />}
        <div class="drawer">
          {arrangement === "wide" && <TerminalPanel hidden={false} />}
          <div class="drawer-tabs">
            <Tabs />
            {arrangement === "narrow" && <EditorPanel hidden={hiddenPanel("program")} withRun={false} />}
            {arrangement !== "wide" && <TerminalPanel hidden={hiddenPanel("terminal")} />}
            <Strace hidden={hiddenPanel("strace")} />
            <Story hidden={hiddenPanel("story")} />
            {arrangement !== "wide" && <Machine hidden={hiddenPanel("machine")} />}
          </div>
        </div>
        {arrangement === "narrow" && (
          <div class="thumb">
            <Caption />
            <Transport />
            <RunButtons />
          </div>
        )}
      </main>
      <Announcer />
      <Help dialog={help} />
    </div>
  );
}
