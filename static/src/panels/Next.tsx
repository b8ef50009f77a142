import { config, type Example } from "../config";
import { loadSource } from "../editor/editor";
import { loadExample } from "../editor/menus";
import { arch, language } from "../program/choice";
import { atEnd, state } from "../playback/playback";
import { mistakes, ranFile, ranSource } from "../session";
import { goToTab } from "../ui/tabs";
import { triesFor } from "./tries";

/** Whether an example is in the kind of language and for the architecture that are chosen. */
function fits(example: Example): boolean {
  const kind = (name: string) => (name === "c" || name === "rust" ? name : "assembly");
  return kind(example.language) === kind(language.value) && example.arches.includes(arch.value);
}

/** Three things to try, once the story has been told. */
export function Next() {
  const source = ranSource.value;
  if (!state.value.end || !atEnd.value || source === null || mistakes.value.length > 0 || ranFile.value !== null) return null;
  const tries = triesFor(source, config.examples.filter(fits));
  if (tries.length === 0) return null;
  return (
    <section class="next" aria-label="Things to try next">
      <h2>Try next</h2>
      <ul>
        {tries.map((offer) => (
          <li key={offer.title}>
            <button
              type="button"
              onClick={() => {
                if (offer.example) loadExample(offer.example);
                else loadSource(offer.source, offer.highlight);
                goToTab("program");
                document.querySelector<HTMLElement>(".run")?.focus();
              }}
            >
              <strong>{offer.title}</strong>
              <span>{offer.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
