import { useLayoutEffect, useRef } from "preact/hooks";
import { SYSCALL_NAMES } from "../generated/syscalls";
import type { State } from "../fold/state";
import { travelled, speed } from "../playback/playback";
import { stillness } from "../ui/motion";
import { abiOf } from "./abi";

const AROUND = 5;
const ROW_PX = 24;

/** The system call table, scrolled to the row that was looked up. */
export function Dispatcher({ state }: { state: State }) {
  const strip = useRef<HTMLOListElement>(null);
  const shownBefore = useRef(AROUND - 1);
  const dispatch = state.crossing?.kind === "call" ? state.crossing.dispatch : null;
  const table = SYSCALL_NAMES[dispatch?.table ?? abiOf(state).table] ?? {};
  const looked = dispatch?.number ?? null;
  const centre = looked ?? shownBefore.current;

  useLayoutEffect(() => {
    const from = shownBefore.current;
    shownBefore.current = Math.max(0, centre);
    const node = strip.current;
    if (!node || looked === null || state.place !== "dispatcher") return;
    if (!travelled.value || stillness.value || speed.value > 2) return;
    const rows = Math.max(-8, Math.min(8, centre - from));
    const animation = node.animate(
      [{ transform: `translateY(${rows * ROW_PX}px)` }, { transform: "translateY(0)" }],
      { duration: 280 / speed.value, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" },
    );
    return () => animation.cancel();
  }, [looked, state.crossing?.index]);

  const rows: number[] = [];
  for (let number = centre - AROUND; number <= centre + AROUND; number++) rows.push(number);
  return (
    <div class="table">
      <ol ref={strip} aria-label="System call table">
        {rows.map((number) => (
          <Row
            key={number}
            number={number}
            name={number === looked ? (dispatch?.name ?? null) : (table[number] ?? null)}
            hit={number === looked}
            implemented={dispatch?.implemented ?? false}
          />
        ))}
      </ol>
    </div>
  );
}

function Row({ number, name, hit, implemented }: { number: number; name: string | null; hit: boolean; implemented: boolean }) {
  if (!hit) {
    return (
      <li aria-hidden="true">
        <span class="number">{number < 0 ? "" : number}</span>
        <span>{number < 0 ? "" : (name ?? "")}</span>
      </li>
    );
  }
  const state = name === null ? "missing" : implemented ? "hit" : "unserved";
  return (
    <li class={`hit hit-${state}`} data-testid="dispatcher-row" data-state={state}>
      <span class="number">{number}</span>
      <span class={name !== null && name.length > 10 ? "long" : ""} title={name ?? ""}>
        {name ?? "empty"}
      </span>
    </li>
  );
}
