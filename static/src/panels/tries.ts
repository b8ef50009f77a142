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

/** How a write looks in one syntax: the instructions that put in its number and its pointer, and what they can become. */
interface Syntax {
  trap: RegExp;
  number: [RegExp, string];
  pointer: [RegExp, string];
  comment: string;
}

const line = (instruction: string) =>
  new RegExp(String.raw`^([ \t]*)(?:${instruction})[ \t]*(?:(?:[#;@]|//).*)?$`, "im");

const SYNTAXES: readonly Syntax[] = [
  {
    trap: /^\s*int\s+0x80/m,
    number: [line(String.raw`mov\s+eax\s*,\s*4`), "mov eax, 9999"],
    pointer: [line(String.raw`(?:lea|mov)\s+ecx\s*,\s*(?:offset\s+)?\[?[a-z_]\w*\]?`), "mov ecx, 0x10"],
    comment: "#",
  },
  {
    trap: /^\s*int\s+\$0x80/m,
    number: [line(String.raw`movl?\s+\$4\s*,\s*%eax`), "mov $9999, %eax"],
    pointer: [line(String.raw`movl?\s+\$[a-z_]\w*\s*,\s*%ecx`), "mov $0x10, %ecx"],
    comment: "#",
  },
  {
    trap: /%[er][a-z][^]*^\s*syscall\b/m,
    number: [line(String.raw`mov[lq]?\s+\$1\s*,\s*%[er]ax`), "mov $9999, %eax"],
    pointer: [line(String.raw`lea\s+[^,]*\(%rip\)\s*,\s*%rsi`), "mov $0x10, %rsi"],
    comment: "#",
  },
  {
    trap: /^\s*syscall\b/m,
    number: [line(String.raw`mov\s+[er]ax\s*,\s*1`), "mov eax, 9999"],
    pointer: [line(String.raw`lea\s+rsi\s*,\s*\[[^\]]*\]|mov\s+[er]si\s*,\s*(?:offset\s+)?[a-z_]\w*`), "mov rsi, 0x10"],
    comment: "#",
  },
  {
    trap: /\br7\b[^]*^\s*(?:svc|swi)\b/m,
    number: [line(String.raw`movs?\s+r7\s*,\s*#4`), "ldr r7, =9999"],
    pointer: [line(String.raw`adr\s+r1\s*,\s*\w+|ldr\s+r1\s*,\s*=[a-z_]\w*`), "mov r1, #0x10"],
    comment: "@",
  },
  {
    trap: /\b[wx]8\b[^]*^\s*svc\b/m,
    number: [line(String.raw`mov\s+[wx]8\s*,\s*#?64`), "mov x8, #9999"],
    pointer: [line(String.raw`adr\s+x1\s*,\s*\w+|ldr\s+x1\s*,\s*=[a-z_]\w*`), "mov x1, #0x10"],
    comment: "//",
  },
  {
    trap: /^\s*ecall\b/m,
    number: [line(String.raw`li\s+a7\s*,\s*64`), "li a7, 9999"],
    pointer: [line(String.raw`la\s+a1\s*,\s*\w+`), "li a1, 0x10"],
    comment: "#",
  },
];

function edited(source: string, pattern: RegExp, instruction: string, comment: string): Made | null {
  const match = source.match(pattern);
  if (!match || match.index === undefined) return null;
  const text = `${match[1] ?? ""}${instruction}  ${comment} changed`;
  const rest = source.slice(match.index + match[0].length);
  return { source: source.slice(0, match.index) + text + rest, highlight: text, example: undefined };
}

function fromExample(examples: readonly Example[], slug: string, source: string): Made | null {
  const example = examples.find((candidate) => candidate.slug === slug);
  return example && example.source !== source ? { source: example.source, highlight: undefined, example } : null;
}

/** Three things to try next with `source`: small edits of it where it has the place, ready programs otherwise. */
export function triesFor(source: string, examples: readonly Example[]): Try[] {
  const syntax = SYNTAXES.find(({ trap }) => trap.test(source));
  const comment = /^[^"'#@/]*;/m.test(source) ? ";" : (syntax?.comment ?? "#");
  const change = (part: "number" | "pointer") => syntax && edited(source, ...syntax[part], comment);
  const ready = (slug: string) => fromExample(examples, slug, source);
  const offers: [string, string, Made | null][] = [
    ["Change the number", "Ask for call 9999 and see the empty row.", change("number") ?? ready("unknown-number")],
    ["Break the pointer", "Hand the kernel an address that is not yours.", change("pointer") ?? ready("wild-pointer")],
    ["Read from the keyboard", "Watch a call go to sleep until you type.", ready("greet") ?? ready("read-line")],
    ["Open a file", "Follow a descriptor from open to close.", ready("files") ?? ready("stdio-file")],
    ["See a call fail", "Watch a negative answer become errno.", ready("errno")],
    ["Become two", "One call that comes back twice.", ready("c-fork")],
  ];
  return offers.flatMap(([title, about, made]) => (made ? [{ title, about, ...made }] : [])).slice(0, 3);
}
