/** What the server tells the page in its `#config` element. */

export interface Example {
  slug: string;
  title: string;
  about: string;
  language: string;
  /** The architectures that it can be made for; those of the page when it does not say. */
  arches?: string[];
  source: string;
}

export interface Config {
  max_source_bytes: number;
  max_elf_bytes: number;
  version: string;
  examples: Example[];
}

const DEFAULTS: Config = { max_source_bytes: 65536, max_elf_bytes: 4194304, version: "", examples: [] };

/** Remove the `title:` and `about:` comments that head an example file: they describe it, they are not part of it. */
export function body(source: string): string {
  return source.replace(/^(?:(?:[#;@]|\/\/) *(?:title|about):.*\n)+\n*/, "");
}

/** Filled by `readConfig` before anything is shown. */
export const config: Config = { ...DEFAULTS };

export function readConfig(): void {
  const text = document.getElementById("config")?.textContent;
  if (text) Object.assign(config, JSON.parse(text) as Partial<Config>);
}
