import { useSignal } from "@preact/signals";
import type { AbiInfo } from "../generated/events";
import { count, index, state, streaming, trace } from "../playback/playback";
import { MACHINES } from "../program/machines";
import type { Arch } from "../protocol/messages";
import { mistakes, ran, stopAside } from "../session";
import { abiOf } from "../stage/abi";
import { Icon } from "../ui/icons";
import { beside, compareWith, current, listed, pairs, shown } from "./comparison";
import { CompareRow } from "./CompareRow";
import { abiIn } from "./entries";
import { authorOf, titleOf, type Sides } from "./notes";
import { summary } from "./summary";

const SHOWN = 300;

/** How an architecture asks its kernel for something. */
function SideHead({ abi, side }: { abi: AbiInfo; side: "left" | "right" }) {
  const facts = [
    ["trap", abi.traps.join(", ")],
    ["number", abi.number_register],
    ["answer", abi.return_register],
    ["table", abi.table],
    ["arguments", abi.argument_registers.join(" ")],
  ] as const;
  return (
    <div role="columnheader" class={`compare-side compare-${side}`}>
      <h3>
        {titleOf(abi.name)}
        <span class="compare-modes">
          <span class="word-user">{abi.user_mode}</span>
          <Icon name="right" size={12} />
          <span class="word-kernel">{abi.kernel_mode}</span>
        </span>
      </h3>
      <dl>
        {facts.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** What is still to happen before there is a comparison, or why there will be none. */
function Progress({ left, other }: { left: string; other: Arch }) {
  const now = current.value;
  const title = MACHINES[other].title;
  if (now?.phase === "failed") {
    return (
      <p class="compare-problem" role="alert" data-testid="compare-problem">
        <Icon name="cross" size={12} /> {now.problem}
      </p>
    );
  }
  if (now?.phase === "running") {
    return (
      <div class="compare-state" role="status">
        <p>Now the program runs on {title}.</p>
        <button type="button" onClick={() => void stopAside()}>
          <Icon name="stop" size={12} /> Stop it
        </button>
      </div>
    );
  }
  const text =
    mistakes.value.length > 0
      ? "The program cannot be built, so there is nothing to compare."
      : streaming.value
        ? `The program runs on ${left}. When it is over, it runs on ${title} too.`
        : `Press Run: the program runs on ${left} first, then on ${title}.`;
  return <p role="status">{text}</p>;
}

/** Two runs of one program side by side, in place of the stage. Its data attributes are those of the stage. */
export function Compare() {
  const limit = useSignal(SHOWN);
  const other = beside.value;
  if (!other) return null;
  const left = abiOf(state.value);
  const right = abiIn(current.value?.events ?? []) ?? MACHINES[other].abi;
  const rows = pairs.value;
  const sides: Sides = { left: left.name, right: right.name, author: authorOf(ran.value?.language ?? "auto") };
  const most = Math.max(limit.value, shown.value + 1);
  return (
    <section
      class="compare"
      aria-label={`${titleOf(left.name)} and ${titleOf(right.name)} side by side`}
      data-testid="compare"
      data-index={index.value}
      data-count={count.value}
    >
      <header class="compare-head">
        <div>
          <h2>One program, two architectures</h2>
          {rows && current.value ? (
            <p data-testid="compare-summary">
              {summary(rows, trace.value.events, current.value.events, sides)} {current.value.problem}
            </p>
          ) : (
            <Progress left={titleOf(left.name)} other={other} />
          )}
        </div>
        <button type="button" data-testid="compare-close" onClick={() => compareWith(null)}>
          <Icon name="left" size={14} /> Back to the stage
        </button>
      </header>
      <div class="compare-scroll" tabIndex={listed.value.length > 0 ? undefined : 0}>
        <div role="table" aria-label="Crossings, aligned" class="compare-table">
          <div role="row" class="compare-sides">
            <div role="columnheader" class="compare-corner">
              <span class="visually-hidden">Crossing</span>
            </div>
            <SideHead abi={left} side="left" />
            <SideHead abi={right} side="right" />
          </div>
          {listed.value.slice(0, most).map((pair, position) => (
            <CompareRow
              key={position}
              pending={!rows}
              pair={pair}
              position={position}
              sides={sides}
              abis={[left, right]}
              current={position === shown.value}
            />
          ))}
        </div>
        {rows && rows.length > most && (
          <button type="button" class="compare-rest" onClick={() => (limit.value = most + SHOWN)}>
            Show more of the {rows.length} crossings
          </button>
        )}
      </div>
    </section>
  );
}
