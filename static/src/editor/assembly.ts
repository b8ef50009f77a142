import { StreamLanguage, type StreamParser } from "@codemirror/language";
import type { Arch } from "../protocol/messages";

interface LineState {
  /** What the next word of the line would be. */
  expect: "mnemonic" | "operand";
  block: boolean;
}

const X86 =
  /^(?:%?(?:[re]?(?:ax|bx|cx|dx|si|di|bp|sp|ip)|[abcd][lh]|(?:si|di|bp|sp)l|r(?:[89]|1[0-5])[bwd]?|[c-g]s|ss|[xyz]mm\d{1,2}|st(?:\(\d\))?|cr\d|dr\d))$/i;
const REGISTERS: Record<Arch, RegExp> = {
  x86_64: X86,
  i386: X86,
  arm: /^(?:r(?:\d|1[0-5])|[sd]\d{1,2}|sb|sl|fp|ip|sp|lr|pc|[ac]psr)$/i,
  aarch64: /^(?:[xw](?:[12]?\d|30)|[xw]zr|w?sp|lr|[vqdshb](?:[12]?\d|3[01])(?:\.\w+)?)$/i,
  riscv64: /^(?:x(?:[12]?\d|3[01])|zero|ra|[sgt]p|fp|t[0-6]|a[0-7]|s(?:\d|1[01])|f(?:[12]?\d|3[01])|f[ts](?:\d|1[01])|fa[0-7])$/i,
};
/** Where `#` begins a number and not a comment. */
const HASH_IS_NUMBER: ReadonlySet<Arch> = new Set(["arm", "aarch64"]);
const NASM_DIRECTIVE =
  /^(?:section|segment|global|extern|default|bits|equ|times|d[bwdqt]|res[bwdqt]|align|alignb|istruc|struc|endstruc|%\w+)$/i;
const SIZE = /^(?:byte|word|dword|qword|ptr|offset|rel|short|near|far)$/i;
const PREFIX = /^(?:rep|repe|repz|repne|repnz|lock)$/i;

/** Assembly as GNU as (on x86 in both syntaxes) and NASM take it: enough to colour it, not to judge it. */
export const parserFor = (arch: Arch): StreamParser<LineState> => ({
  name: "assembly",
  startState: () => ({ expect: "mnemonic", block: false }),
  token(stream, state) {
    if (state.block) {
      if (stream.match(/^.*?\*\//)) state.block = false;
      else stream.skipToEnd();
      return "comment";
    }
    if (stream.sol()) state.expect = "mnemonic";
    if (stream.eatSpace()) return null;
    if (HASH_IS_NUMBER.has(arch)) {
      if (stream.match(/^#-?(?:0x[\da-f]+|\d+)/i)) return "number";
      if (stream.match(/^(?:@|\/\/|;)/) || (state.expect === "mnemonic" && stream.match("#"))) {
        stream.skipToEnd();
        return "comment";
      }
    } else if (stream.match(/^(?:#|;|\/\/)/)) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match("/*")) {
      state.block = true;
      return "comment";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/) || stream.match(/^`[^`]*`?/)) {
      return "string";
    }
    if (stream.match(/^[.$\w@]+:/)) return "labelName";
    if (stream.match(/^\$?-?(?:0x[\da-f_]+|0b[01_]+|0o[0-7_]+|\d[\da-f]*h\b|\d[\d_]*)/i)) return "number";
    const word = stream.match(/^[%.$]?[\w.$@]+/);
    if (!Array.isArray(word)) {
      stream.next();
      return "punctuation";
    }
    const text = word[0];
    if (REGISTERS[arch].test(text)) return "variableName.special";
    if (text.startsWith(".") && state.expect === "mnemonic") {
      state.expect = "operand";
      return "meta";
    }
    if (NASM_DIRECTIVE.test(text)) {
      state.expect = "operand";
      return "meta";
    }
    if (SIZE.test(text)) return "modifier";
    if (state.expect === "mnemonic") {
      if (stream.match(/^\s+(?:equ|d[bwdq]|res[bwdq]|times)\b/i, false)) return "labelName";
      if (!PREFIX.test(text)) state.expect = "operand";
      return "keyword";
    }
    return "variableName";
  },
  languageData: { commentTokens: { line: HASH_IS_NUMBER.has(arch) ? "//" : "#" } },
});

const made = new Map<Arch, StreamLanguage<LineState>>();

export function assemblyFor(arch: Arch): StreamLanguage<LineState> {
  const known = made.get(arch) ?? StreamLanguage.define(parserFor(arch));
  made.set(arch, known);
  return known;
}
