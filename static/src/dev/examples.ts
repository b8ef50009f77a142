import type { Example } from "../config";

/** The example files, for the development page, where no server hands them over. */
const files: Record<string, string> = import.meta.glob("../../../app/lessons/examples/*", {
  query: "?raw",
  import: "default",
  eager: true,
});

const field = (source: string, name: string) => source.match(new RegExp(`^[#;] *${name}: *(.*)$`, "m"))?.[1] ?? "";

export const examples: Example[] = Object.entries(files)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([path, source]) => {
    const file = path.split("/").at(-1) ?? "";
    return {
      slug: file.replace(/^\d+-|\.\w+$/g, ""),
      title: field(source, "title"),
      about: field(source, "about"),
      language: file.endsWith(".asm") ? "nasm" : "gas",
      source,
    };
  });
