import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { TrapgateEvent } from "../generated/events";
import { sentenceOf } from "../fold/sentences";
import { speaker } from "../fold/tasks";
import { jump, several, state, trace } from "../playback/playback";

const SHOWN = 200;

/** Events that begin a paragraph. */
const BEGINS: ReadonlySet<TrapgateEvent["type"]> = new Set(["trap", "fault", "switch"]);

/** The whole story as an ordered list of sentences: the diagram for those who read instead of watch. */
export function Story({ hidden }: { hidden: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const extra = useSignal(0);
  const now = state.value;
  const first = Math.max(0, now.index + 1 - SHOWN - extra.value);
  const events = hidden ? [] : trace.value.events.slice(first, now.index + 1);

  useLayoutEffect(() => {
    const node = box.current;
    if (node && extra.value === 0) node.scrollTop = node.scrollHeight;
  }, [now.index, hidden]);

  return (
    <section class="panel story-panel" aria-label="The story in sentences" hidden={hidden}>
      <div class="story" ref={box} data-testid="story" tabIndex={0}>
        {events.length === 0 && <p class="panel-empty">The run, told in sentences, one for every step.</p>}
        {first > 0 && (
          <button type="button" onClick={() => (extra.value += 1000)}>
            Show earlier sentences
          </button>
        )}
        <ol start={first + 1}>
          {events.map((event) => (
            <li
              key={event.seq}
              class={BEGINS.has(event.type) ? "begins" : ""}
              aria-current={event.seq === now.index ? "step" : undefined}
            >
              <button type="button" onClick={() => jump(event.seq)}>
                {several.value && speaker(event) !== null && <code class="row-task">{speaker(event)}</code>}
                {sentenceOf(event, now.abi)}
              </button>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
