import { StreamLanguage, type StreamParser } from "@codemirror/language";

interface LineState {
  /** What the next word of the line would be. */
  expect: "mnemonic" | "operand";
  block: boolean;
}

const REGISTER =
  /^(?:%?(?:[re]?(?:ax|bx|cx|dx|si|di|bp|sp|ip)|[abcd][lh]|(?:si|di|bp|sp)l|r(?:[89]|1[0-5])[bwd]?|[c-g]s|ss|[xyz]mm\d{1,2}|st(?:\(\d\))?|cr\d|dr\d))$/i;
const NASM_DIRECTIVE =
  /^(?:section|segment|global|extern|default|bits|equ|times|d[bwdqt]|res[bwdqt]|align|alignb|istruc|struc|endstruc|%\w+)$/i;
const SIZE = /^(?:byte|word|dword|qword|ptr|offset|rel|short|near|far)$/i;
const PREFIX = /^(?:rep|repe|repz|repne|repnz|lock)$/i;

/** GNU (Intel and AT&T) and NASM assembly for x86: enough to colour it, not to judge it. */
export const parser: StreamParser<LineState> = {
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
    if (stream.match(/^(?:#|;|\/\/)/)) {
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
    if (REGISTER.test(text)) return "variableName.special";
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
  languageData: { commentTokens: { line: "#" } },
};

export const assembly = StreamLanguage.define(parser);
