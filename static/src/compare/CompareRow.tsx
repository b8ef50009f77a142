import { useLayoutEffect, useRef } from "preact/hooks";
import type { AbiInfo } from "../generated/events";
import { jump, several } from "../playback/playback";
import { Icon } from "../ui/icons";
import type { Pair } from "./align";
import { FOR_EVER, type KernelEntry } from "./entries";
import { noteFor, titleOf, type Sides } from "./notes";

interface SideProps {
  entry: KernelEntry | null;
  abi: AbiInfo;
  side: "left" | "right";
  open: boolean;
  pending: boolean;
  /** What stands in the gap when there is no entry. */
  note: string;
}

function answerText({ answer }: KernelEntry, pending: boolean): string {
  if (!answer) return pending ? "no answer yet" : "no answer";
  return answer === FOR_EVER ? answer.text : `= ${answer.text}`;
}

/** One side of a crossing: the trap in user mode, the call in the kernel, the answer. */
function Side({ entry, abi, side, open, pending, note }: SideProps) {
  const title = titleOf(abi.name);
  if (!entry) {
    return (
      <div role="cell" class={`compare-cell compare-${side} compare-gap`}>
        <span class="compare-who">{title}</span>
        {note && <p>{note}</p>}
      </div>
    );
  }
  return (
    <div role="cell" class={`compare-cell compare-${side}`}>
      <span class="compare-who">{title}</span>
      <p class="compare-line">
        <span class={entry.kind === "fault" ? "compare-trap compare-fault" : "compare-trap"}>
          <code>{entry.instruction}</code>
          {entry.number !== "" && (
            <code class="compare-number">
              {abi.number_register}={entry.number}
            </code>
          )}
        </span>
        <Icon name="right" size={12} />
        <code class={entry.kind === "fault" ? "compare-name refused" : "compare-name"}>{entry.name}</code>
      </p>
      {(entry.kind === "call" || entry.args.length > 0) && (
        <p class="compare-args">
          {entry.args.map(({ register, value }) => (
            <code key={register}>
              <span class="register">{register}</span> {value}
            </code>
          ))}
          {entry.kind === "call" && (
            <code class={entry.answer?.errno ? "compare-answer refused" : "compare-answer"}>
              {entry.answer?.errno && <Icon name="cross" size={10} />}
              {answerText(entry, pending)}
            </code>
          )}
        </p>
      )}
      {open && (
        <div class="compare-more">
          {entry.text && <p>{entry.kind === "call" ? <code>{entry.text}</code> : entry.text}</p>}
          {entry.saved.length > 0 && (
            <p>
              {abi.user_mode} to {abi.kernel_mode}. Recorded on the way in: <code>{entry.saved.join(", ")}</code>
            </p>
          )}
        </div>
      )}
    </div>
  );
}

interface RowProps {
  pair: Pair;
  position: number;
  sides: Sides;
  abis: readonly [AbiInfo, AbiInfo];
  /** The second run is not over, so there is nothing on the right yet. */
  pending: boolean;
  /** The stage is at this crossing. */
  current: boolean;
}

/** One crossing on both architectures. Choosing it takes the playback there. */
export function CompareRow({ pair, position, sides, abis, pending, current }: RowProps) {
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = row.current;
    // On a phone the page scrolls as a whole: it stays where the visitor reads something further down.
    if (current && node && (node.closest(".compare")?.getBoundingClientRect().bottom ?? 0) > 0) {
      node.scrollIntoView({ block: "nearest" });
    }
  }, [current]);
  const { left, right } = pair;
  const note = pending ? "" : noteFor(pair, sides);
  const gap = pending ? "" : note || `No such crossing on ${titleOf(left ? sides.right : sides.left)}.`;
  const name = left?.name ?? right?.name ?? "";
  const pid = left?.pid ?? right?.pid;
  return (
    <div
      role="row"
      ref={row}
      class={current ? "compare-row compare-current" : "compare-row"}
      aria-current={current ? "step" : undefined}
      data-testid="compare-row"
    >
      <div role="rowheader" class="compare-place">
        {left ? (
          <button
            type="button"
            class="compare-go"
            aria-label={`Crossing ${position + 1}, ${name}: go there`}
            onClick={() => jump(left.index)}
          >
            {position + 1}
          </button>
        ) : (
          <span>{position + 1}</span>
        )}
        {several.value && <code class="compare-pid">{pid}</code>}
      </div>
      <Side entry={left} abi={abis[0]} side="left" open={current} pending={pending} note={gap} />
      <Side entry={right} abi={abis[1]} side="right" open={current} pending={pending} note={gap} />
      {left && right && note && (
        <p role="cell" class="compare-note">
          {note}
        </p>
      )}
    </div>
  );
}
