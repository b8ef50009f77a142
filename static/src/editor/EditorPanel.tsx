import { signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { CompareMenu } from "../compare/CompareMenu";
import { Next } from "../panels/Next";
import { Problems } from "../panels/Problems";
import { dialect, fresh, verdict } from "../program/check";
import { arch, elf, language } from "../program/choice";
import { isCompiled, MACHINES } from "../program/machines";
import { libraryText, libraryWork, unavailable } from "../program/toolchain";
import { ranFile, ranSource } from "../session";
import { Icon } from "../ui/icons";
import { layout } from "../ui/layout";
import { RunButtons } from "../ui/RunButtons";
import { recall, remember } from "../ui/stored";
import { AssemblyPane } from "./AssemblyPane";
import { colour, mountEditor, showCode, source } from "./editor";
import { ElfCard } from "./ElfCard";
import { coloursOf } from "./highlighting";
import { Architectures, exampleNow, Examples, Languages, OpenFile, Optimisation, takeFile } from "./menus";

const storedBytes = recall("bytes");
const bytesWanted = signal<boolean | null>(storedBytes === null ? null : storedBytes === "on");
/** Which half of the panel a page without room for both shows. */
const view = signal<"source" | "assembly">("source");

/** An example is there to be read: nothing takes room from its comments before it is changed. */
const bytesShown = () => bytesWanted.value ?? (layout.value === "wide" && !exampleNow());

function Bytes() {
  const shown = bytesShown();
  const toggle = () => {
    bytesWanted.value = !shown;
    remember("bytes", shown ? "off" : "on");
  };
  return (
    <button
      type="button"
      class="quiet switch"
      aria-pressed={shown}
      data-testid="bytes"
      title="Show the machine code: address and bytes of every line"
      onClick={toggle}
    >
      bytes
    </button>
  );
}

function Views() {
  const choose = (name: "source" | "assembly") => () => (view.value = name);
  return (
    <div class="views" role="group" aria-label="What the panel shows">
      <button type="button" class="quiet switch" aria-pressed={view.value === "source"} onClick={choose("source")}>
        Source
      </button>
      <button
        type="button"
        class="quiet switch"
        aria-pressed={view.value === "assembly"}
        data-testid="show-assembly"
        onClick={choose("assembly")}
      >
        Assembly
      </button>
    </div>
  );
}

/** What stands in the way of running this language here, or what is still being prepared for it. */
function Obstacle() {
  const why = elf.value ? null : unavailable(language.value, arch.value);
  if (why) {
    return (
      <p class="obstacle obstacle-closed" data-testid="obstacle">
        <Icon name="cross" size={12} /> {why}
      </p>
    );
  }
  const library = elf.value ? null : libraryWork(language.value, arch.value);
  if (!library) return null;
  return (
    <div class="obstacle" data-testid="obstacle" role="status">
      <p>
        {libraryText(library)} {library.state === "building" && "Freestanding C runs already."}
      </p>
      {library.state === "building" && (
        <progress max={library.total} value={library.done} aria-label="Building the C library" />
      )}
    </div>
  );
}

function about(): string {
  if (elf.value) return "A program that was built elsewhere; it runs as it is.";
  const example = exampleNow();
  if (example) return example.about;
  if (ranSource.value !== null && ranFile.value === null && ranSource.value !== source.value) return "Edited since the last run.";
  const what = { auto: "assembly", gas: "assembly", nasm: "assembly", c: "C", rust: "Rust" }[language.value];
  return `Your own program, ${what} for ${MACHINES[arch.value].title}.`;
}

export function EditorPanel({ hidden, withRun }: { hidden: boolean; withRun: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  /** A file hovers over the panel. */
  const dropping = useSignal(false);
  useEffect(() => {
    if (host.current) mountEditor(host.current);
  }, []);
  useSignalEffect(() => colour(coloursOf(language.value, arch.value)));
  useSignalEffect(() => {
    const told = verdict.value;
    const lines = told?.ok ? told.built.lines : [];
    const wanted = bytesShown() && !isCompiled(language.value);
    showCode(wanted ? lines : null, !fresh.value || !told?.ok);
  });
  const compiled = isCompiled(language.value) && !elf.value;
  const both = layout.value === "wide";
  const assembly = compiled && (both || view.value === "assembly");
  const text = !elf.value && (both || !compiled || view.value === "source");
  return (
    <section
      class={dropping.value ? "panel editor-panel dropping" : "panel editor-panel"}
      aria-label="Program"
      hidden={hidden}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        dropping.value = true;
      }}
      onDragLeave={(event) => {
        const to = event.relatedTarget;
        dropping.value = dropping.value && to instanceof Node && event.currentTarget.contains(to);
      }}
      onDrop={(event) => {
        dropping.value = false;
        const file = event.dataTransfer?.files[0];
        if (!file) return;
        event.preventDefault();
        void takeFile(file);
      }}
    >
      <div class="editor-head">
        <Examples />
        <OpenFile />
        {withRun && <RunButtons />}
      </div>
      {!elf.value && (
        <div class="editor-choice">
          <Languages detected={dialect.value} />
          <Architectures />
          <CompareMenu />
          {compiled && <Optimisation />}
          <span class="gap" />
          {compiled ? !both && <Views /> : <Bytes />}
        </div>
      )}
      <p class="editor-about">{about()}</p>
      <Obstacle />
      {elf.value && <ElfCard file={elf.value} />}
      <div class="editor-host" ref={host} data-testid="editor" hidden={!text} data-stale={!fresh.value} />
      {assembly && <AssemblyPane chosen={() => (view.value = "source")} />}
      <Problems />
      <Next />
      {dropping.value && (
        <p class="drop-here" data-testid="drop-here">
          Drop a source or an ELF file here
        </p>
      )}
    </section>
  );
}
