import type { Example } from "../config";

/** An experiment to offer when a run is over: a new text, and the part of it that is different. */
export interface Try {
  title: string;
  about: string;
  source: string;
  highlight: string | undefined;
  /** The example that it is, if it is no edit. */
  example: Example | undefined;
}

type Made = Pick<Try, "source" | "highlight" | "example">;

const NUMBER = /^([ \t]*mov[lq]?\s+(?:[er]ax\s*,\s*|\$))1((?:\s*,\s*%[er]ax)?)[ \t]*(?:[#;].*)?$/m;
const POINTER =
  /^([ \t]*)(?:lea\s+rsi\s*,\s*\[[^\]]*\]|lea\s+[^,]*\(%rip\)\s*,\s*%rsi|mov\s+[er]si\s*,\s*(?:offset\s+)?[a-z_]\w*)[ \t]*(?:[#;].*)?$/im;

function edited(source: string, pattern: RegExp, replace: (match: RegExpMatchArray) => string) {
  const match = source.match(pattern);
  if (!match || match.index === undefined) return null;
  const line = replace(match);
  const text = source.slice(0, match.index) + line + source.slice(match.index + match[0].length);
  return { source: text, highlight: line, example: undefined };
}

function fromExample(examples: readonly Example[], slug: string, source: string) {
  const example = examples.find((candidate) => candidate.slug === slug);
  return example && example.source !== source ? { source: example.source, highlight: undefined, example } : null;
}

/** Three things to try next with `source`: small edits of it where it has the place, ready programs otherwise. */
export function triesFor(source: string, examples: readonly Example[]): Try[] {
  const att = /%r[a-z]/.test(source);
  const mark = /^[^"'#]*;/m.test(source) ? ";" : "#";
  const number =
    edited(source, NUMBER, (m) => `${m[1] ?? ""}9999${m[2] ?? ""}  ${mark} changed`) ?? fromExample(examples, "unknown-number", source);
  const pointer =
    edited(source, POINTER, (m) => `${m[1] ?? ""}${att ? "mov $0x10, %rsi" : "mov rsi, 0x10"}  ${mark} changed`) ??
    fromExample(examples, "wild-pointer", source);
  const keyboard = fromExample(examples, "greet", source);
  const offers: [string, string, Made | null][] = [
    ["Change the number", "Ask for call 9999 and see the empty row.", number],
    ["Break the pointer", "Hand the kernel an address that is not yours.", pointer],
    ["Read from the keyboard", "Watch a call go to sleep until you type.", keyboard],
    ["Open a file", "Follow a descriptor from open to close.", fromExample(examples, "files", source)],
  ];
  return offers.flatMap(([title, about, made]) => (made ? [{ title, about, ...made }] : [])).slice(0, 3);
}
