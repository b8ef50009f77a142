import { signal } from "@preact/signals";
import type { Crossing, State } from "../fold/state";

/** Named points of the stage, in pixels from its top left corner; measured again whenever the layout changes. */
export interface Point {
  x: number;
  y: number;
}

export type Points = ReadonlyMap<string, Point>;

export const points = signal<Points>(new Map());

const WAY_IN = ["registers", "gate-in", "entry", "dispatcher"] as const;
const WAY_BACK = ["return", "turn-under", "turn-up", "gate-out", "answer"] as const;

/** The way of a system call: down through the trap gate, along the rooms, and back up with the answer. */
export const CALL_ROUTE: readonly string[] = [
  ...WAY_IN,
  "checks",
  "service",
  "turn-down",
  "turn-back",
  "device",
  ...WAY_BACK,
];

/** A refused call turns round where it was refused, and never sees the rooms behind. */
const REFUSED_BY_TABLE: readonly string[] = [...WAY_IN, "leave-dispatcher", "lane-dispatcher", ...WAY_BACK];
const REFUSED_BY_CHECK: readonly string[] = [...WAY_IN, "checks", "leave-checks", "lane-checks", ...WAY_BACK];

/** The way of a fault: it falls through the exception door and never meets the dispatcher. */
export const FAULT_ROUTE: readonly string[] = ["program", "door", "fault-turn", "exception"];

export function measure(stage: HTMLElement): void {
  const box = stage.getBoundingClientRect();
  const found = new Map<string, Point>();
  for (const element of stage.querySelectorAll<HTMLElement>("[data-anchor]")) {
    if (element.offsetParent === null) continue;
    const place = element.getBoundingClientRect();
    found.set(element.dataset["anchor"] ?? "", {
      x: Math.round(place.left + place.width / 2 - box.left),
      y: Math.round(place.top + place.height / 2 - box.top),
    });
  }
  points.value = found;
}

export function routeOf(crossing: Crossing | null): readonly string[] {
  if (crossing && crossing.kind !== "call") return FAULT_ROUTE;
  if (crossing?.dispatch?.implemented === false) return REFUSED_BY_TABLE;
  const refused = crossing?.checks.find((check) => !check.ok);
  if (refused && !crossing?.services.some((service) => service.seq > refused.seq)) return REFUSED_BY_CHECK;
  return CALL_ROUTE;
}

/** The station where the token stands, null when no token is out. */
export function station(state: State): string | null {
  const crossing = state.crossing;
  if (!crossing || state.place === "scheduler") return null;
  if (crossing.kind !== "call") return crossing.over ? null : state.place === "program" ? "program" : "exception";
  switch (state.place) {
    case "program":
      return null;
    case "registers":
      return crossing.over ? "answer" : "registers";
    case "ended":
      return crossing.over ? null : "service";
    case "exception":
    case "queue":
    case "signal":
      return "service";
    default:
      return state.place;
  }
}

/** A path through `route` with rounded corners; stations that the layout does not show are left out. */
export function pathOf(route: readonly string[], at: Points, radius = 12): string {
  const stops = route.map((name) => at.get(name)).filter((point) => point !== undefined);
  return stops
    .map((point, i) => {
      const before = stops[i - 1];
      const after = stops[i + 1];
      if (!before) return `M${point.x} ${point.y}`;
      if (!after) return `L${point.x} ${point.y}`;
      const into = toward(point, before, radius);
      const out = toward(point, after, radius);
      return `L${into.x} ${into.y}Q${point.x} ${point.y} ${out.x} ${out.y}`;
    })
    .join("");
}

/** The point `distance` from `from` in the direction of `to`, at most half way. */
function toward(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(distance, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
