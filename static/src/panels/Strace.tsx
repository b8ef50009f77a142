import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { index, jump, state, trace } from "../playback/playback";
import { Icon } from "../ui/icons";

/** A row in two parts, so that a narrow panel shortens the arguments and never the answer. */
function parts(text: string): [string, string] {
  const at = text.lastIndexOf(") = ") + 1;
  return at === 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

const ROW_PX = 28;
const MARGIN = 10;

/** The calls so far as strace prints them; only the rows in view are in the page. */
export function Strace({ hidden }: { hidden: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(400);
  const total = state.value.rows;
  const rows = trace.value.rows;
  const several = state.value.tasks.size > 1;

  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    const observer = new ResizeObserver(() => (height.value = node.clientHeight || 400));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const node = box.current;
    if (node) node.scrollTop = node.scrollHeight;
  }, [total, hidden]);

  const first = Math.max(0, Math.floor(top.value / ROW_PX) - MARGIN);
  const last = Math.min(total, Math.ceil((top.value + height.value) / ROW_PX) + MARGIN);
  return (
    <section class="panel strace-panel" aria-label="System calls, as strace prints them" hidden={hidden}>
      <div
        class="strace"
        ref={box}
        data-testid="strace"
        tabIndex={total > 0 ? undefined : 0}
        onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
      >
        {total === 0 && <p class="panel-empty">Every finished system call becomes one line here. Choose a line to go back to it.</p>}
        <ol style={{ height: `${total * ROW_PX}px` }}>
          {rows.slice(first, last).map((row, i) => {
            const [asked, answer] = parts(row.text);
            return (
            <li key={first + i} style={{ top: `${(first + i) * ROW_PX}px` }}>
              <button
                type="button"
                class={`strace-row strace-${row.kind}`}
                data-testid="strace-row"
                aria-current={row.index === index.value ? "true" : undefined}
                title={row.text}
                onClick={() => jump(row.index)}
              >
                {row.kind === "error" && (
                  <span class="row-mark">
                    <Icon name="cross" size={12} />
                  </span>
                )}
                {several && <code class="row-task">{row.task}</code>}
                <code class="asked">{asked}</code>
                <code class="answered">{answer}</code>
              </button>
            </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
