import { describe, expect, it } from "vitest";
import { body } from "../src/config";
import { examples as files } from "../src/dev/examples";
import { triesFor } from "../src/panels/tries";

const examples = files.map((example) => ({ ...example, source: body(example.source) }));
const COMMENT: Record<string, RegExp> = { gas: /#/, nasm: /;/, arm: /@/, aarch64: /\/\// };
const hellos = examples.filter(({ slug }) => /^hello/.test(slug));

/** As the page offers them: examples of the same kind, for the same architecture. */
const like = (shown: (typeof examples)[number]) => {
  const kind = (language: string) => (language === "nasm" ? "gas" : language);
  return examples.filter(
    ({ language, arches }) => kind(language) === kind(shown.language) && arches.includes(shown.arches[0] ?? ""),
  );
};

describe("things to try next", () => {
  it.each(hellos.map((example) => [`${example.slug} for ${example.arches[0]}`, example] as const))(
    "edit %s in place",
    (_name, example) => {
      const [number, pointer, keyboard] = triesFor(example.source, like(example));
      expect(number?.highlight).toContain("9999");
      expect(number?.source.split("\n").length).toBe(example.source.split("\n").length);
      // The number of write is what changes, not that of exit.
      expect(number?.source.indexOf("9999")).toBeLessThan(number?.source.indexOf("exit(0)") ?? 0);
      expect(pointer?.highlight).toContain("0x10");
      expect(pointer?.source).not.toMatch(/lea|la |adr|=msg/);
      const comment = COMMENT[example.arches[0] ?? ""] ?? COMMENT[example.language];
      for (const offer of [number, pointer]) expect(offer?.highlight).toMatch(comment ?? "?");
      expect(keyboard?.title).toBe("Read from the keyboard");
    },
  );

  it("offer three for every example, none of them the program itself", () => {
    for (const example of examples.filter(({ language }) => language !== "rust")) {
      const tries = triesFor(example.source, like(example));
      expect(tries, `${example.slug} for ${example.arches[0]}`).toHaveLength(3);
      for (const offer of tries) expect(offer.source).not.toBe(example.source);
    }
  });

  it("offer nothing that the server does not have", () => {
    expect(triesFor("nop\n", [])).toEqual([]);
  });
});

describe("example files", () => {
  it("are all there, for every architecture", () => {
    const hello = examples.filter(({ slug }) => slug === "hello");
    expect(hello.flatMap(({ arches }) => arches)[0]).toBe("x86_64");
    expect(hello).toHaveLength(5);
    for (const example of examples) expect([example.title, example.about], example.slug).not.toContain("");
    expect(examples.find(({ slug }) => slug === "printf")?.arches).toHaveLength(5);
  });

  it("lose their title and summary, and nothing else", () => {
    expect(body("# title: A\n# about: B\n\n# kept\n_start:\n")).toBe("# kept\n_start:\n");
    expect(body("; title: A\n; about: B\nmov eax, 1\n")).toBe("mov eax, 1\n");
    expect(body("# a comment\nnop\n")).toBe("# a comment\nnop\n");
  });
});
