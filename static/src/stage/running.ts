import { computed } from "@preact/signals";
import { source } from "../editor/editor";
import type { Mode } from "../generated/events";
import { state } from "../playback/playback";
import { ranFile, ranSource } from "../session";

/** The source line that runs, when the editor still holds the source that it is of. */
export const running = computed<{ line: number; mode: Mode } | null>(() => {
  const now = state.value;
  if (ranFile.value !== null || ranSource.value !== source.value || now.index < 0 || now.line === null || now.end) return null;
  const astray = now.crossing?.kind === "fault" && !now.crossing.over && now.crossing.line === null;
  return astray ? null : { line: now.line, mode: now.mode };
});
