import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fresh, verdict } from "../program/check";
import { arch } from "../program/choice";
import { running } from "../stage/running";
import { AssemblyView } from "./assemblyView";
import { goTo, pointedLine, showLinked } from "./editor";

/** The assembly that the compiler made of the source, its lines linked with the source's both ways. */
export function AssemblyPane({ chosen }: { chosen(): void }) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<AssemblyView | null>(null);
  const follow = useRef(chosen);
  follow.current = chosen;
  useEffect(() => {
    if (!host.current) return;
    const own = new AssemblyView(host.current, {
      pointed: showLinked,
      chosen: (line) => {
        follow.current();
        // The source may have to come into view first.
        requestAnimationFrame(() => goTo(line, 1));
      },
    });
    view.current = own;
    own.colour(arch.peek());
    own.show(verdict.peek()?.built.assembly ?? []);
    return () => {
      own.destroy();
      showLinked(null);
    };
  }, []);
  useSignalEffect(() => view.current?.colour(arch.value));
  useSignalEffect(() => {
    const told = verdict.value;
    if (told?.ok) view.current?.show(told.built.assembly);
  });
  useSignalEffect(() => view.current?.link(fresh.value ? pointedLine.value : null));
  useSignalEffect(() => view.current?.run(running.value?.line ?? null, running.value?.mode ?? "user"));
  const made = verdict.value?.ok ? verdict.value.built.assembly.length : 0;
  return (
    <section class={fresh.value ? "assembly" : "assembly assembly-stale"} aria-label="Generated assembly" data-testid="assembly">
      <h2>
        Assembly <span class="badge">{made === 0 ? "not compiled yet" : `${made} lines`}</span>
      </h2>
      <div class="assembly-host" ref={host} />
    </section>
  );
}
