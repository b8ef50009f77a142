import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { told } from "../fold/tasks";
import { state } from "../playback/playback";

const EVERY_MS = 1500;

/** Says the current sentence to screen readers, at most once in a while, so that speech keeps up. */
export function Announcer() {
  const said = useSignal("");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useSignalEffect(() => {
    void state.value.index;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      said.value = told(state.peek());
    }, EVERY_MS);
  });
  return (
    <p class="visually-hidden" aria-live="polite">
      {said.value}
    </p>
  );
}
