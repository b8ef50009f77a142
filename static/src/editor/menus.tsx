import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { config, variant, type Example } from "../config";
import { arch, elf, language, optimize, setArch, setLanguage, setOptimize } from "../program/choice";
import { open } from "../program/files";
import { ARCHES, isArch, isCompiled, LANGUAGE_TITLES, MACHINES } from "../program/machines";
import { isLanguage } from "../program/choice";
import type { Arch, Language, Optimize } from "../protocol/messages";
import { unavailable } from "../program/toolchain";
import { mistakes, notice } from "../session";
import { Icon } from "../ui/icons";
import { loadSource, source } from "./editor";

interface PickProps {
  label: string;
  title?: string;
  name: string;
  class?: string;
  value: string;
  choose(value: string): void;
  children: ComponentChildren;
}

function Pick({ label, title, name, class: kind = "", value, choose, children }: PickProps) {
  return (
    <label class={`pick ${kind}`} title={title}>
      <span class="visually-hidden">{label}</span>
      <select data-testid={name} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {children}
      </select>
      <Icon name="chevron" size={12} />
    </label>
  );
}

/** The example that the editor shows, if nothing in it has been changed. */
export const exampleNow = (): Example | undefined => config.examples.find((example) => example.source === source.value);

/** What the language menu says for an example: its dialect is found by itself. */
const languageOf = (example: Example): Language =>
  isLanguage(example.language) && isCompiled(example.language) ? example.language : "auto";

/** Show an example, and choose what it is written in and made for. */
export function loadExample(example: Example): void {
  mistakes.value = [];
  elf.value = null;
  setLanguage(languageOf(example));
  const meant = example.arches[0];
  if (!example.arches.includes(arch.value) && isArch(meant)) setArch(meant);
  loadSource(example.source);
}

/** Choose an architecture; an example that has not been changed becomes the same one for it. */
function chooseArch(chosen: Arch): void {
  const shown = elf.value ? undefined : exampleNow();
  setArch(chosen);
  const sibling = shown && variant(shown.slug, chosen);
  if (!sibling?.arches.includes(chosen) || sibling === shown) return;
  // In another language than its own, it is on its way to be replaced.
  if (isCompiled(language.value) && language.value !== languageOf(sibling)) return;
  loadExample(sibling);
}

function Options({ examples }: { examples: readonly Example[] }) {
  return (
    <>
      {examples.map(({ slug, title, about }) => (
        <option key={slug} value={slug} title={about}>
          {title}
        </option>
      ))}
    </>
  );
}

const KINDS: readonly [string, (language: string) => boolean][] = [
  ["Assembly", (name) => name !== "c" && name !== "rust"],
  ["C", (name) => name === "c"],
  ["Rust", (name) => name === "rust"],
];

/** The examples by language: first those for the chosen architecture, then the others. */
export function Examples() {
  const fits = (example: Example) => example.arches.includes(arch.value);
  const groups = KINDS.map(([title, holds]) => ({
    title,
    members: config.examples.filter((example) => fits(example) && holds(example.language)),
  }));
  const others = ARCHES.filter((name) => name !== arch.value).map((name) => ({
    title: `For ${MACHINES[name].title}`,
    members: config.examples.filter(
      (example) => !fits(example) && example.arches[0] === name && variant(example.slug, arch.value) === example,
    ),
  }));
  const shown = [...groups, ...others].filter(({ members }) => members.length > 0);
  const first = shown[0];
  return (
    <label class="pick pick-examples">
      <span class="visually-hidden">Examples</span>
      <select
        data-testid="examples"
        value=""
        onChange={(event) => {
          const example = variant(event.currentTarget.value, arch.value);
          event.currentTarget.value = "";
          if (example) loadExample(example);
        }}
      >
        <option value="" disabled>
          Examples
        </option>
        {shown.length === 1 && first ? (
          <Options examples={first.members} />
        ) : (
          shown.map(({ title, members }) => (
            <optgroup key={title} label={title}>
              <Options examples={members} />
            </optgroup>
          ))
        )}
      </select>
      <Icon name="chevron" size={12} />
    </label>
  );
}

/** What `auto` shows: the dialect that was found, once it is known. */
export function Languages({ detected }: { detected: string | null }) {
  const found = isLanguage(detected) ? LANGUAGE_TITLES[detected] : null;
  const names: Language[] = ["auto", "gas", "nasm", "c", "rust"];
  return (
    <Pick
      label="Language"
      title="Language of the program; Assembly finds the dialect by itself"
      name="language"
      class="pick-language"
      value={language.value}
      choose={(value) => isLanguage(value) && setLanguage(value)}
    >
      {names.map((name) => (
        <option key={name} value={name}>
          {name === "auto" && found ? `Assembly: ${found}` : LANGUAGE_TITLES[name]}
          {unavailable(name, arch.value) ? " (not here)" : ""}
        </option>
      ))}
    </Pick>
  );
}

export function Architectures() {
  return (
    <Pick
      label="Architecture"
      title="Architecture that the program is made for"
      name="arch"
      value={arch.value}
      choose={(value) => isArch(value) && chooseArch(value)}
    >
      {ARCHES.map((name) => (
        <option key={name} value={name}>
          {MACHINES[name].title}
        </option>
      ))}
    </Pick>
  );
}

export function Optimisation() {
  return (
    <Pick
      label="Optimisation"
      title="How hard the compiler tries"
      name="optimize"
      value={String(optimize.value)}
      choose={(value) => setOptimize(Number(value) as Optimize)}
    >
      {["0", "1", "2"].map((level) => (
        <option key={level} value={level}>
          -O{level}
        </option>
      ))}
    </Pick>
  );
}

/** Take a file that was opened or dropped: an ELF file runs as it is, a source goes into the editor. */
export async function takeFile(file: File): Promise<void> {
  const opened = await open(file);
  mistakes.value = [];
  notice.value = null;
  switch (opened.kind) {
    case "refused":
      notice.value = { text: opened.text, hint: opened.hint };
      break;
    case "elf":
      elf.value = opened;
      break;
    case "source":
      elf.value = null;
      setLanguage(opened.language);
      loadSource(opened.text);
      break;
  }
}

export function OpenFile() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="open-file"
        title="Open a source or an executable (ELF); or drop one here"
        onClick={() => input.current?.click()}
      >
        <Icon name="open" />
        <span class="open-word">Open</span>
        <span class="visually-hidden"> a file</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        data-testid="file"
        aria-label="File to open"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) void takeFile(file);
        }}
      />
    </>
  );
}
