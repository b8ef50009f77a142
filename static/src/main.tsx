import { render } from "preact";
import "@fontsource-variable/atkinson-hyperlegible-mono/wght.css";
import "@fontsource-variable/atkinson-hyperlegible-next/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/editor.css";
import "./styles/program.css";
import "./styles/stage.css";
import "./styles/kernel.css";
import "./styles/answer.css";
import "./styles/scheduler.css";
import "./styles/stage-medium.css";
import "./styles/stage-narrow.css";
import "./styles/transport.css";
import "./styles/panels.css";
import "./styles/compare.css";
import { App } from "./App";
import { beside, startComparing } from "./compare/comparison";
import { body, config, readConfig, variant } from "./config";
import { openEditor } from "./editor/editor";
import { startClock } from "./playback/playback";
import { arch, language, optimize } from "./program/choice";
import { connect, notice, run } from "./session";
import { programIn } from "./ui/share";
import { recall } from "./ui/stored";
import icon from "./ui/icon.svg";
import { applyTheme } from "./ui/theme";

const FALLBACK = "# Write x86-64 assembly here, then press Run.\n.intel_syntax noprefix\n.globl _start\n_start:\n";

/** The program to open with: from the link, else what was here last, else the first example. */
async function firstProgram(): Promise<string> {
  try {
    const shared = await programIn(location.hash);
    if (shared) {
      language.value = shared.language;
      arch.value = shared.arch;
      optimize.value = shared.optimize;
      beside.value = shared.compare;
      return shared.source;
    }
  } catch {
    notice.value = { text: "The program in this link cannot be read.", hint: "Ask for the link again; it may have been cut." };
  }
  const first = config.examples[0];
  return recall("source") ?? (first && variant(first.slug, arch.value)?.source) ?? FALLBACK;
}

function addIcon(): void {
  const link = document.createElement("link");
  link.rel = "icon";
  link.href = icon;
  document.head.append(link);
}

async function start(): Promise<void> {
  addIcon();
  readConfig();
  applyTheme();
  if (import.meta.env.DEV && config.examples.length === 0) {
    config.examples = (await import("./dev/examples")).examples;
  }
  config.examples = config.examples.map((example) => ({ ...example, source: body(example.source) }));
  openEditor(await firstProgram(), () => void run());
  startClock();
  connect();
  startComparing();
  const root = document.getElementById("app");
  if (root) render(<App />, root);
}

void start();
