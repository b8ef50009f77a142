import { useEffect, useRef } from "preact/hooks";
import { config } from "../config";
import { Problems } from "../panels/Problems";
import { Next } from "../panels/Next";
import type { Language } from "../protocol/messages";
import { mistakes, ranSource } from "../session";
import { Icon } from "../ui/icons";
import { RunButtons } from "../ui/RunButtons";
import { language, loadSource, mountEditor, setLanguage, source } from "./editor";

function Examples() {
  return (
    <label class="pick pick-examples">
      <span class="visually-hidden">Examples</span>
      <select
        data-testid="examples"
        value=""
        onChange={(event) => {
          const example = config.examples.find(({ slug }) => slug === event.currentTarget.value);
          event.currentTarget.value = "";
          if (!example) return;
          mistakes.value = [];
          loadSource(example.source);
          setLanguage("auto");
        }}
      >
        <option value="" disabled>
          Examples
        </option>
        {config.examples.map(({ slug, title, about }) => (
          <option key={slug} value={slug} title={about}>
            {title}
          </option>
        ))}
      </select>
      <Icon name="chevron" size={12} />
    </label>
  );
}

function Languages() {
  return (
    <label class="pick" title="Assembly syntax; Auto finds out by itself">
      <span class="visually-hidden">Assembly syntax</span>
      <select
        data-testid="language"
        value={language.value}
        onChange={(event) => setLanguage(event.currentTarget.value as Language)}
      >
        <option value="auto">Auto</option>
        <option value="gas">GNU</option>
        <option value="nasm">NASM</option>
      </select>
      <Icon name="chevron" size={12} />
    </label>
  );
}

export function EditorPanel({ hidden, withRun }: { hidden: boolean; withRun: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current) mountEditor(host.current);
  }, []);
  const example = config.examples.find((candidate) => candidate.source === source.value);
  const edited = ranSource.value !== null && ranSource.value !== source.value;
  return (
    <section class="panel editor-panel" aria-label="Program" hidden={hidden}>
      <div class="editor-head">
        <Examples />
        <Languages />
        {withRun && <RunButtons />}
      </div>
      <p class="editor-about">
        {edited && !example ? "Edited since the last run." : (example?.about ?? "Your own program, x86-64 assembly.")}
      </p>
      <div class="editor-host" ref={host} data-testid="editor" />
      <Problems />
      <Next />
    </section>
  );
}
