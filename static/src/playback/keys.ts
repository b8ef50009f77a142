import { callBack, callForward, stepBack, stepForward, toEnd, togglePlay, toStart } from "./playback";

/** Elements that have their own use for keys. */
const OWNERS = ".cm-editor, .xterm, input, select, textarea, dialog, [contenteditable], [role=tab]";

const KEYS: Record<string, () => void> = {
  " ": togglePlay,
  ArrowRight: stepForward,
  ArrowLeft: stepBack,
  "Shift+ArrowRight": callForward,
  "Shift+ArrowLeft": callBack,
  Home: toStart,
  End: toEnd,
};

/** Keys for the whole page, except where someone types; `help` is called for `?`, `run` for Ctrl-Enter everywhere. */
export function listenForKeys(help: () => void, run: () => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "Enter" || target?.closest("dialog")) return;
      event.preventDefault();
      run();
      return;
    }
    if (target?.closest(OWNERS)) return;
    if (event.key === " " && target?.closest("button, a, summary")) return;
    if (event.key === "?") {
      event.preventDefault();
      help();
      return;
    }
    const act = KEYS[(event.shiftKey ? "Shift+" : "") + event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
