import { useLayoutEffect, useRef } from "preact/hooks";
import { count, several, state } from "../playback/playback";
import { layout } from "../ui/layout";
import { measure } from "./anchors";
import { KernelFloor } from "./KernelFloor";
import { Token, Track } from "./Track";
import { UserFloor, Wall } from "./UserFloor";

/** On a phone, keep the lit room clear of the controls, unless the visitor has scrolled away from the diagram. */
function follow(stage: HTMLElement): void {
  const box = stage.getBoundingClientRect();
  if (box.top + box.height / 2 < 0) return;
  const lit = stage.querySelector(".room.active") ?? stage.querySelector(".floor.user.here");
  const controls = document.querySelector(".thumb");
  if (!lit || !controls) return;
  const place = lit.getBoundingClientRect();
  const below = place.bottom + 8 - controls.getBoundingClientRect().top;
  if (below > 0) window.scrollBy(0, below);
  else if (place.top < 0) window.scrollBy(0, place.top - 8);
}

/** The diagram: a pure function of the playback index. Motion is added on top by the token and the table. */
export function Stage() {
  const element = useRef<HTMLElement>(null);
  const now = state.value;
  const arrangement = layout.value;

  useLayoutEffect(() => {
    const stage = element.current;
    if (!stage) return;
    const observer = new ResizeObserver(() => measure(stage));
    observer.observe(stage);
    for (const room of stage.querySelectorAll(".room, .wall, .floor, .registers")) observer.observe(room);
    measure(stage);
    void document.fonts.ready.then(() => measure(stage));
    return () => observer.disconnect();
  }, [arrangement]);

  useLayoutEffect(() => {
    if (arrangement === "narrow" && element.current) follow(element.current);
  }, [arrangement, now.index]);

  return (
    <section
      ref={element}
      class={several.value ? "stage stage-several" : "stage"}
      aria-label="Diagram of the crossing. The story panel tells the same in sentences."
      data-testid="stage"
      data-index={now.index}
      data-count={count.value}
      data-place={now.place}
    >
      <UserFloor state={now} />
      <Wall state={now} />
      <KernelFloor state={now} />
      <Track state={now} />
      <Token state={now} />
    </section>
  );
}
