import { useLayoutEffect, useRef } from "preact/hooks";
import type { State } from "../fold/state";
import { pace } from "../playback/pace";
import { speed, trace, travelled } from "../playback/playback";
import { layout } from "../ui/layout";
import { stillness } from "../ui/motion";
import { CALL_ROUTE, FAULT_ROUTE, pathOf, points, routeOf, station, type Point } from "./anchors";
import { tokenOf } from "./token";

const STATIONS = ["entry", "dispatcher", "checks", "service", "device", "return"];

/** The line that the token follows, lit as far as the crossing has come. */
export function Track({ state }: { state: State }) {
  const at = points.value;
  const here = station(state);
  const route = routeOf(state.crossing);
  const reached = here === null ? -1 : route.indexOf(here);
  const lit = reached > 0 ? pathOf(route.slice(0, reached + 1), at) : "";
  const fault = state.crossing?.kind === "fault" && here !== null;
  const refused = state.crossing?.result?.errno ?? null;
  return (
    <svg class="track" aria-hidden="true" focusable="false">
      <path class="rail" d={pathOf(CALL_ROUTE, at)} />
      <path class="rail rail-fault" d={pathOf(FAULT_ROUTE, at)} />
      {lit && <path class={`lit ${fault || refused ? "lit-refused" : ""}`} d={lit} />}
      {STATIONS.map((name) => {
        const point = at.get(name);
        if (!point) return null;
        const stop = route.indexOf(name);
        const passed = stop >= 0 && stop <= reached;
        return <circle key={name} class={passed ? "stop passed" : "stop"} cx={point.x} cy={point.y} r="5" />;
      })}
    </svg>
  );
}

const translate = (point: Point) => `translate(${point.x}px, ${point.y}px) translate(-50%, -50%)`;

/** One token per crossing: it carries the number, then the name, then the answer. */
export function Token({ state }: { state: State }) {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef<string | null>(null);
  const at = points.value;
  const name = station(state);
  const route = routeOf(state.crossing);
  const point = name === null ? undefined : at.get(name);

  /** The place of the token on a point: as near as it can stand without leaving the stage. */
  const standing = (stop: Point) => {
    const half = (element.current?.offsetWidth ?? 0) / 2;
    const width = element.current?.parentElement?.clientWidth ?? Infinity;
    const edge = layout.value === "narrow" ? 4 : 36;
    return translate({ x: Math.max(half + edge, Math.min(stop.x, width - half - 4)), y: stop.y });
  };

  useLayoutEffect(() => {
    if (element.current && point) element.current.style.transform = standing(point);
  });

  useLayoutEffect(() => {
    const from = before.current;
    before.current = name;
    const node = element.current;
    if (!node || !point || name === null || !travelled.value || stillness.value || speed.value > 4) return;
    if (from === null || from === name) return;
    const start = route.indexOf(from);
    const end = route.indexOf(name);
    if (start < 0 || end <= start) return;
    const way = route.slice(start, end + 1).flatMap((stop) => at.get(stop) ?? []);
    const lengths = way.map((stop, i) => {
      const previous = way[i - 1];
      return previous ? Math.hypot(stop.x - previous.x, stop.y - previous.y) : 0;
    });
    const total = lengths.reduce((sum, length) => sum + length, 0) || 1;
    let gone = 0;
    const frames = way.map((stop, i) => {
      gone += lengths[i] ?? 0;
      return { transform: standing(stop), offset: Math.min(1, gone / total) };
    });
    const duration = (pace(trace.peek().events[state.index]) * 0.8) / speed.value;
    const animation = node.animate(frames, { duration, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
    return () => animation.cancel();
  }, [state.index, name]);

  if (!point) return null;
  const { text, tone } = tokenOf(state);
  return (
    <div ref={element} class={`token token-${tone}`} aria-hidden="true">
      {text}
    </div>
  );
}
