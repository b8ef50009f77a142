import { config } from "../config";
import { loadSource } from "../editor/editor";
import { atEnd, state } from "../playback/playback";
import { mistakes, ranSource } from "../session";
import { showTab } from "../ui/tabs";
import { triesFor } from "./tries";

/** Three things to try, once the story has been told. */
export function Next() {
  const source = ranSource.value;
  if (!state.value.end || !atEnd.value || source === null || mistakes.value.length > 0) return null;
  const tries = triesFor(source, config.examples);
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
                loadSource(offer.source, offer.highlight);
                showTab("program");
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
