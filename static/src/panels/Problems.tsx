import { goTo } from "../editor/editor";
import { fresh, problem, verdict } from "../program/check";
import { arch, elf, language, setArch, setLanguage } from "../program/choice";
import { LANGUAGE_TITLES, MACHINES } from "../program/machines";
import { suggestionsFor, type Suggestion } from "../program/suggest";
import type { Mistake } from "../protocol/messages";
import { mistakes } from "../session";
import { Icon } from "../ui/icons";

function Suggested({ offer }: { offer: Suggestion }) {
  const title = offer.language ? LANGUAGE_TITLES[offer.language] : offer.arch ? MACHINES[offer.arch].title : "";
  const take = () => {
    if (offer.language) setLanguage(offer.language);
    if (offer.arch) setArch(offer.arch);
  };
  return (
    <li class="suggested">
      <span>{offer.text}</span>
      <button type="button" data-testid="switch" onClick={take}>
        Switch to {title}
      </button>
    </li>
  );
}

function Row({ mistake }: { mistake: Mistake }) {
  const warning = mistake.severity === "warning";
  return (
    <li class={warning ? "warning" : ""}>
      <button type="button" onClick={() => goTo(mistake.line, mistake.column)}>
        <Icon name={warning ? "warning" : "cross"} size={12} />
        <span class="where">
          {warning ? "Warning, line" : "Line"} {mistake.line}, column {mistake.column}
        </span>
        <span class="what">{mistake.message}</span>
        {mistake.hint && <span class="hint">{mistake.hint}</span>}
      </button>
    </li>
  );
}

/** What is wrong with the program, found while it was written or when it was to run; choosing one goes to its place. */
export function Problems() {
  if (elf.value) return <Refused />;
  const told = verdict.value;
  const found = told?.built.mistakes ?? [];
  if (!told || found.length === 0) return problem.value && !fresh.value ? <p class="unchecked">{problem.value}</p> : null;
  const offers = fresh.value ? suggestionsFor(told.request.source, language.value, arch.value, found) : [];
  const kind = told.ok ? "problems problems-warnings" : "problems";
  return (
    <section
      class={fresh.value ? kind : `${kind} problems-stale`}
      data-testid="problems"
      role={mistakes.value.length > 0 ? "alert" : undefined}
      aria-label={told.ok ? "Warnings about the program" : "Mistakes in the program"}
    >
      <ul>
        {offers.map((offer) => (
          <Suggested key={offer.text} offer={offer} />
        ))}
        {found.map((mistake, i) => (
          <Row key={i} mistake={mistake} />
        ))}
      </ul>
    </section>
  );
}

/** Why the kernel cannot run the ELF file. */
function Refused() {
  if (mistakes.value.length === 0) return null;
  return (
    <section class="problems" data-testid="problems" role="alert" aria-label="Why the file does not run">
      <ul>
        {mistakes.value.map((mistake, i) => (
          <li key={i} class="refused-file">
            <Icon name="cross" size={12} />
            <span class="what">{mistake.message}</span>
            {mistake.hint && <span class="hint">{mistake.hint}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
