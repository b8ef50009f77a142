import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { setTerminalSize } from "./size";

/** The xterm.js side of the terminal panel; loaded when it is first needed, alive for the rest of the page. */
export class Screen {
  readonly element = document.createElement("div");
  private readonly terminal: Terminal;
  private readonly fit = new FitAddon();
  private opened = false;
  private written: { of: object; outputs: number } | null = null;

  constructor(typed: (data: string) => void) {
    this.element.className = "xterm-host";
    this.terminal = new Terminal({
      convertEol: true,
      cursorBlink: false,
      cursorInactiveStyle: "outline",
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
      fontSize: 13,
      lineHeight: 1.25,
      scrollback: 5000,
      theme: colours(),
    });
    this.terminal.loadAddon(this.fit);
    this.terminal.onData(typed);
    // Tab leaves the terminal, so that nobody is caught in it; a program can be sent Tab with Ctrl-I.
    this.terminal.attachCustomKeyEventHandler((event) => event.key !== "Tab" && !(event.ctrlKey && event.key === "Enter"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
  }

  mount(host: HTMLElement): () => void {
    host.append(this.element);
    if (!this.opened) {
      this.terminal.open(this.element);
      this.opened = true;
    }
    this.resize();
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(host);
    return () => observer.disconnect();
  }

  recolour(): void {
    this.terminal.options.theme = colours();
  }

  focus(): void {
    this.terminal.focus();
  }

  /** Show exactly the first `outputs` chunks of `chunks`; writes only what is new when that is possible. */
  show(of: object, chunks: readonly Uint8Array[], outputs: number): void {
    let from = 0;
    if (this.written && this.written.of === of && this.written.outputs <= outputs) from = this.written.outputs;
    else if (this.written) this.terminal.reset();
    for (const chunk of chunks.slice(from, outputs)) this.terminal.write(chunk);
    this.written = { of, outputs };
  }

  private resize(): void {
    if (this.element.clientWidth === 0) return;
    this.fit.fit();
    setTerminalSize(this.terminal.cols, this.terminal.rows);
  }
}

function colours() {
  const style = getComputedStyle(document.querySelector(".terminal-panel") ?? document.documentElement);
  return {
    background: style.backgroundColor,
    foreground: style.color,
    cursor: style.color,
    cursorAccent: style.backgroundColor,
    selectionBackground: "#6b83a880",
  };
}
