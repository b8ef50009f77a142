import type { Example } from "../config";

/** The example files, for the development page, where no server hands them over. */
const files: Record<string, string> = import.meta.glob("../../../app/lessons/examples/**/*.{s,asm,c,rs}", {
  query: "?raw",
  import: "default",
  eager: true,
});

const LANGUAGES: Readonly<Record<string, string>> = { s: "gas", asm: "nasm", c: "c", rs: "rust" };

const field = (source: string, name: string) =>
  source.match(new RegExp(`^(?:[#;@]|//) *${name}: *(.*)$`, "m"))?.[1];

/** As `app/lessons` reads them: in a folder, what one file does not say is what the file with the title says. */
function read([path, source]: readonly [string, string]): Example {
  const [name = "", sibling] = path.split("/examples/")[1]?.split("/") ?? [];
  const folder = path.slice(0, path.lastIndexOf("/"));
  const titled = sibling
    ? Object.entries(files).find(([other, text]) => other.startsWith(`${folder}/`) && field(text, "title"))?.[1]
    : source;
  const says = (what: string) => field(source, what) ?? field(titled ?? "", what);
  const arches = sibling ? [sibling.replace(/\.\w+$/, "")] : (says("arch") ?? "x86_64").split(/[ ,]+/);
  return {
    slug: name.replace(/^\d+-|\.\w+$/g, ""),
    title: says("title") ?? "",
    about: says("about") ?? "",
    language: LANGUAGES[path.split(".").at(-1) ?? ""] ?? "gas",
    arches,
    source,
  };
}

const order = ([path, source]: readonly [string, string]) =>
  path.split("/examples/")[1]?.split("/")[0] + (field(source, "title") ? " " : path);

export const examples: Example[] = Object.entries(files)
  .sort((a, b) => order(a).localeCompare(order(b)))
  .map(read);
