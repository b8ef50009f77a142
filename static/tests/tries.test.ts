import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { body, type Example } from "../src/config";
import { triesFor } from "../src/panels/tries";

const folder = new URL("../../app/lessons/examples/", import.meta.url);
const examples: Example[] = readdirSync(folder)
  .filter((file) => /^\d+-.*\.(?:s|asm)$/.test(file))
  .sort()
  .map((file) => ({
    slug: file.replace(/^\d+-|\.\w+$/g, ""),
    title: "",
    about: "",
    language: "",
    source: body(readFileSync(new URL(file, folder), "utf8")),
  }));
const source = (slug: string) => examples.find((example) => example.slug === slug)?.source ?? "";

describe("things to try next", () => {
  it.each(["hello", "hello-att", "hello-nasm"])("edit %s in place", (slug) => {
    const [number, pointer, keyboard] = triesFor(source(slug), examples);
    expect(number?.highlight).toContain("9999");
    expect(number?.source.split("\n").length).toBe(source(slug).split("\n").length);
    expect(pointer?.highlight).toContain("0x10");
    expect(pointer?.source).not.toMatch(/lea/);
    for (const offer of [number, pointer]) expect(offer?.highlight).toMatch(slug === "hello-nasm" ? /;/ : /#/);
    expect(keyboard?.title).toBe("Read from the keyboard");
  });

  it("offer three for every example, none of them the program itself", () => {
    for (const example of examples) {
      const tries = triesFor(example.source, examples);
      expect(tries, example.slug).toHaveLength(3);
      for (const offer of tries) expect(offer.source).not.toBe(example.source);
    }
  });

  it("offer nothing that the server does not have", () => {
    expect(triesFor("nop\n", [])).toEqual([]);
  });
});

describe("example files", () => {
  it("lose their title and summary, and nothing else", () => {
    expect(body("# title: A\n# about: B\n\n# kept\n_start:\n")).toBe("# kept\n_start:\n");
    expect(body("; title: A\n; about: B\nmov eax, 1\n")).toBe("mov eax, 1\n");
    expect(body("# a comment\nnop\n")).toBe("# a comment\nnop\n");
  });
});
