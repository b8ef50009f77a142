import type { Mark } from "../fold/trace";
import type { Span } from "../fold/lanes";
import { layout } from "../ui/layout";
import { count, state, trace } from "./playback";

/** More marks than this melt into a bar that says nothing. */
const CROWDED = 300;

/** Height of a mark, and of a whole time line of one task. */
const LANE = 12;

/** All lanes together become no higher than this: many tasks get flatter lanes. */
const HIGHEST = { wide: 48, medium: 24, narrow: 32 };

/** Marks worth drawing: when there are too many, only what went wrong. */
function worthwhile(marks: readonly Mark[]): readonly Mark[] {
  return marks.length > CROWDED ? marks.filter((mark) => mark.kind !== "call") : marks;
}

const ticks = (marks: readonly Mark[], kind: Mark["kind"], from: (mark: Mark) => number, to: (mark: Mark) => number) =>
  marks
    .filter((mark) => mark.kind === kind)
    .map((mark) => `M${mark.index + 1} ${from(mark)}V${to(mark)}`)
    .join("");

/** Ticks for calls, errors and faults above the scrubber. */
export function Marks() {
  const total = Math.max(1, count.value);
  const marks = worthwhile(trace.value.marks);
  const bottom = () => LANE;
  return (
    <svg class="marks" viewBox={`0 0 ${total} ${LANE}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="mark-call" d={ticks(marks, "call", () => 5, bottom)} />
      <path class="mark-error" d={ticks(marks, "error", () => 0, bottom)} />
      <path class="mark-error" d={ticks(marks, "fault", () => 0, bottom)} />
    </svg>
  );
}

const highest = () => HIGHEST[layout.value];

/** Height of one lane in pixels. */
function laneHeight(): number {
  return Math.min(LANE, highest() / Math.max(1, trace.value.lanes.lives.length));
}

/** A lane for each task: a thin line while it lives, a dashed one while it sleeps, a strong one while it has the CPU. */
export function Lanes() {
  const total = Math.max(1, count.value);
  const lanes = trace.value.lanes;
  const lane = laneHeight();
  const height = lane * lanes.lives.length;
  const marks = worthwhile(trace.value.marks);
  const top = (mark: Mark) => lanes.lane(mark.task) * lane;
  const spans = (list: readonly Span[]) =>
    list
      .map(({ task, from, to }) => `M${from + 1} ${(lanes.lane(task) + 0.5) * lane}H${to === null ? total : to + 1}`)
      .join("");
  return (
    <div class="lanes" data-testid="lanes" data-lanes={lanes.lives.length} aria-hidden="true">
      <svg
        class="marks"
        viewBox={`0 0 ${total} ${height}`}
        preserveAspectRatio="none"
        style={{ height: `${height}px`, "--lane": `${lane}px` }}
      >
        <path class="lane-life" d={spans(lanes.lives)} />
        <path class="lane-asleep" d={spans(lanes.asleep)} />
        <path class="lane-running" d={spans(lanes.running)} />
        <path class="mark-call" d={ticks(marks, "call", (m) => top(m) + lane * 0.15, (m) => top(m) + lane * 0.85)} />
        <path class="mark-error" d={ticks(marks, "error", top, (m) => top(m) + lane)} />
        <path class="mark-error" d={ticks(marks, "fault", top, (m) => top(m) + lane)} />
      </svg>
      <Names lane={lane} />
    </div>
  );
}

/** Names of the lanes; where they are too flat for that, only of the one in view. */
function Names({ lane }: { lane: number }) {
  const lanes = trace.value.lanes;
  const current = state.value.task;
  const named = lanes.lives.filter(({ task }) => lane >= LANE || task === current);
  const lowest = lane * lanes.lives.length - LANE;
  return (
    <ul class="lane-names">
      {named.map(({ task }) => (
        <li
          key={task}
          class={task === current ? "current" : ""}
          style={{ top: `${Math.max(0, Math.min(lowest, (lanes.lane(task) + 0.5) * lane - LANE / 2))}px` }}
        >
          {task}
        </li>
      ))}
    </ul>
  );
}
