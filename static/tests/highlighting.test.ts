import { StringStream } from "@codemirror/language";
import { describe, expect, it } from "vitest";
import { assemblyFor, parserFor } from "../src/editor/assembly";
import { parsers } from "../src/editor/curly";
import type { StreamParser } from "@codemirror/language";

/** Word and colour of every token of a text. */
function tokens<S>(parser: StreamParser<S>, text: string): [string, string][] {
  const state = parser.startState?.(4) as S;
  const found: [string, string][] = [];
  for (const line of text.split("\n")) {
    const stream = new StringStream(line, 4, 4);
    while (!stream.eol()) {
      stream.start = stream.pos;
      const kind = parser.token(stream, state);
      expect(stream.pos, `no progress in ${JSON.stringify(line)}`).toBeGreaterThan(stream.start);
      if (kind) found.push([stream.current(), kind]);
    }
  }
  return found;
}

const kindOf = (list: [string, string][], word: string) => list.find(([text]) => text === word)?.[1];

describe("assembly", () => {
  it.each([
    ["x86_64", "mov rax, 60", "rax"],
    ["arm", "mov r7, #1", "r7"],
    ["aarch64", "mov x8, #93", "x8"],
    ["riscv64", "li a7, 93", "a7"],
  ] as const)("knows the registers of %s", (arch, line, register) => {
    expect(kindOf(tokens(parserFor(arch), line), register)).toBe("variableName.special");
  });

  it("takes # for a number on ARM, and for a comment elsewhere", () => {
    expect(kindOf(tokens(parserFor("arm"), "mov r7, #1 @ exit"), "#1")).toBe("number");
    expect(kindOf(tokens(parserFor("arm"), "mov r7, #1 @ exit"), "@ exit")).toBe("comment");
    expect(kindOf(tokens(parserFor("aarch64"), "# a comment"), "# a comment")).toBe("comment");
    expect(kindOf(tokens(parserFor("riscv64"), "li a7, 1 # exit"), "# exit")).toBe("comment");
  });

  it("is made once for each architecture", () => {
    expect(assemblyFor("arm")).toBe(assemblyFor("arm"));
    expect(assemblyFor("arm")).not.toBe(assemblyFor("x86_64"));
  });
});

describe("C", () => {
  const list = tokens(parsers.c, '#include <stdio.h>\n/* two\nlines */ int main(void) { return 0x1f; } // end\nchar *s = "a\\"b";');

  it.each([
    ["#include", "meta"],
    ["<stdio.h>", "string"],
    [" two", "comment"],
    ["lines */", "comment"],
    ["int", "typeName"],
    ["main", "labelName"],
    ["return", "keyword"],
    ["0x1f", "number"],
    ["// end", "comment"],
    ['"a\\"b"', "string"],
  ])("colours %s", (word, kind) => expect(kindOf(list, word)).toBe(kind));
});

describe("Rust", () => {
  const list = tokens(parsers.rust, "#![no_std]\n/* a /* b */ c */ fn id<'a>(x: &'a str) { println!(\"{}\", 'x'); }");

  it.each([
    ["#![no_std]", "meta"],
    [" a /* b */ c */", "comment"],
    ["fn", "keyword"],
    ["'a", "modifier"],
    ["str", "typeName"],
    ["println!", "labelName"],
    ["'x'", "string"],
  ])("colours %s", (word, kind) => expect(kindOf(list, word)).toBe(kind));
});

it("every parser comes to the end of any line", () => {
  for (const parser of [parsers.c, parsers.rust, parserFor("x86_64"), parserFor("arm")]) {
    tokens(parser as StreamParser<unknown>, "'\" \\ ` é \t#define <a \"\n@ $ % ~ '\\'' /* \n'a 0x 1e+ #[ #");
  }
});
