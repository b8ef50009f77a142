import { goTo } from "../editor/editor";
import { mistakes } from "../session";
import { Icon } from "../ui/icons";

/** The mistakes that kept the program from running; choosing one goes to its place. */
export function Problems() {
  if (mistakes.value.length === 0) return null;
  return (
    <section class="problems" data-testid="problems" role="alert" aria-label="Mistakes in the program">
      <ul>
        {mistakes.value.map((mistake, i) => (
          <li key={i}>
            <button type="button" onClick={() => goTo(mistake.line, mistake.column)}>
              <Icon name="cross" size={12} />
              <span class="where">
                Line {mistake.line}, column {mistake.column}
              </span>
              <span class="what">{mistake.message}</span>
              {mistake.hint && <span class="hint">{mistake.hint}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
