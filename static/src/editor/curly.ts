import { StreamLanguage, type StreamParser } from "@codemirror/language";

/** C and Rust for the editor: enough to colour them and to indent by braces, not to judge them. */

interface Spelling {
  readonly name: string;
  readonly keywords: ReadonlySet<string>;
  readonly types: RegExp;
  /** Comments inside comments. */
  readonly nested: boolean;
  readonly preprocessor: boolean;
  /** What begins with an apostrophe and is no character constant. */
  readonly lifetimes: boolean;
}

interface Depth {
  /** Comments that are open. */
  comments: number;
  braces: number;
  directive: boolean;
}

const words = (text: string) => new Set(text.split(" "));

const C: Spelling = {
  name: "c",
  keywords: words(
    "auto break case const continue default do else enum extern for goto if inline register restrict return sizeof " +
      "static struct switch typedef typeof union volatile while _Alignas _Alignof _Atomic _Noreturn _Static_assert",
  ),
  types: /^(?:void|char|short|int|long|float|double|signed|unsigned|bool|_Bool|size_t|FILE|\w+_t)$/,
  nested: false,
  preprocessor: true,
  lifetimes: false,
};

const RUST: Spelling = {
  name: "rust",
  keywords: words(
    "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut " +
      "pub ref return self Self static struct super trait true type unsafe use where while asm",
  ),
  types: /^(?:[iu](?:8|16|32|64|128|size)|f32|f64|bool|char|str|[A-Z]\w*[a-z]\w*)$/,
  nested: true,
  preprocessor: false,
  lifetimes: true,
};

function parserFor(spelling: Spelling): StreamParser<Depth> {
  return {
    name: spelling.name,
    startState: () => ({ comments: 0, braces: 0, directive: false }),
    token(stream, state) {
      if (stream.sol()) state.directive = false;
      if (state.comments > 0) {
        while (!stream.eol()) {
          if (stream.match("*/")) {
            state.comments--;
            if (state.comments === 0) break;
          } else if (spelling.nested && stream.match("/*")) state.comments++;
          else stream.next();
        }
        return "comment";
      }
      if (stream.eatSpace()) return null;
      if (stream.match("//")) {
        stream.skipToEnd();
        return "comment";
      }
      if (stream.match("/*")) {
        state.comments = 1;
        return "comment";
      }
      if (spelling.preprocessor && stream.match(/^#\s*\w+/)) {
        state.directive = true;
        return "meta";
      }
      if (state.directive && stream.match(/^<[^>]*>/)) return "string";
      if (stream.match(/^#!?\[[^\]]*\]/)) return "meta";
      if (stream.match(/^(?:[a-zA-Z]\w*)?"(?:[^"\\]|\\.)*"?/)) return "string";
      if (spelling.lifetimes && stream.match(/^'[a-z_]\w*(?!')/)) return "modifier";
      if (stream.match(/^b?'(?:[^'\\]|\\.[^']*)'/)) return "string";
      if (stream.match(/^(?:0[xX][\da-fA-F_']+|0[bB][01_]+|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)\w*/)) return "number";
      const word = stream.match(/^[A-Za-z_]\w*!?/);
      if (Array.isArray(word)) {
        const text = word[0];
        if (spelling.keywords.has(text)) return "keyword";
        if (spelling.types.test(text)) return "typeName";
        return stream.match(/^\s*\(/, false) || text.endsWith("!") ? "labelName" : "variableName";
      }
      const sign = stream.next();
      if (sign === "{") state.braces++;
      if (sign === "}") state.braces = Math.max(0, state.braces - 1);
      return "punctuation";
    },
    indent: (state, after, context) =>
      state.comments > 0 ? null : Math.max(0, state.braces - (after.startsWith("}") ? 1 : 0)) * context.unit,
    languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } }, indentOnInput: /^\s*\}$/ },
  };
}

export const parsers = { c: parserFor(C), rust: parserFor(RUST) };

export const c = StreamLanguage.define(parsers.c);
export const rust = StreamLanguage.define(parsers.rust);
