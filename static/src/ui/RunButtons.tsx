import { active, run, starting, stop } from "../session";
import { Icon } from "./icons";

export function RunButtons() {
  return (
    <div class="run-buttons">
      {active.value && (
        <button type="button" class="stop" data-testid="stop" aria-label="Stop" title="Stop" onClick={() => void stop()}>
          <Icon name="stop" size={14} /> <span class="stop-word">Stop</span>
        </button>
      )}
      <button
        type="button"
        class="run"
        data-testid="run"
        aria-keyshortcuts="Control+Enter"
        title="Run (Ctrl-Enter)"
        aria-busy={starting.value}
        onClick={() => void run()}
      >
        <Icon name="play" size={14} /> Run
      </button>
    </div>
  );
}
