import { trace } from "../playback/playback";
import { plain } from "./plain";

/** The terminal as plain text: what the first `outputs` output events wrote, control sequences left out. */

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** The whole text after `outputs` output events. */
export function terminalText(outputs: number): string {
  return plain(new TextDecoder().decode(joined(trace.value.outputs.slice(0, outputs))));
}

/** The last `lines` lines; looks only at recent output. */
export function terminalTail(outputs: number, lines: number): string[] {
  const recent = trace.value.outputs.slice(Math.max(0, outputs - 64), outputs);
  const text = plain(new TextDecoder().decode(joined(recent)));
  return text.slice(-4000).split("\n").slice(-lines);
}
