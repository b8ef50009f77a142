/** What the server tells the page in its `#config` element. */

/** One program; those with the same slug are it, written for other architectures. */
export interface Example {
  slug: string;
  title: string;
  about: string;
  language: string;
  /** The architectures that it can be made for, the one it is meant for first. */
  arches: string[];
  source: string;
}

export interface Config {
  max_source_bytes: number;
  max_elf_bytes: number;
  version: string;
  examples: Example[];
}

const DEFAULTS: Config = { max_source_bytes: 65536, max_elf_bytes: 4194304, version: "", examples: [] };

/** Remove the `title:`, `about:` and `arch:` comments that head an example file: they describe it, they are not part of it. */
export function body(source: string): string {
  return source.replace(/^(?:(?:[#;@]|\/\/) *(?:title|about|arch):.*\n)+\n*/, "");
}

/** Filled by `readConfig` before anything is shown. */
export const config: Config = { ...DEFAULTS };

/** The example of this name for `arch`, or as it is first, if it is not for that. */
export function variant(slug: string, arch: string): Example | undefined {
  const named = config.examples.filter((example) => example.slug === slug);
  return named.find(({ arches }) => arches.includes(arch)) ?? named[0];
}

export function readConfig(): void {
  const text = document.getElementById("config")?.textContent;
  if (text) Object.assign(config, JSON.parse(text) as Partial<Config>);
}
