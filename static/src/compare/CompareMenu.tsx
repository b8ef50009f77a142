import { arch } from "../program/choice";
import { ARCHES, isArch, MACHINES } from "../program/machines";
import { Icon } from "../ui/icons";
import { beside, compareWith, obstacle } from "./comparison";

/** Beside the architecture menu: the second architecture to run the program on. */
export function CompareMenu() {
  const others = ARCHES.filter((name) => name !== arch.value).map((name) => ({ name, why: obstacle(name) }));
  const chosen = beside.value;
  const closed = others.every(({ why }) => why !== null) && chosen === null;
  return (
    <label
      class="pick pick-compare"
      title={closed ? (others[0]?.why ?? "") : "Run the same program on a second architecture, side by side"}
    >
      <span class="visually-hidden">Compare with another architecture</span>
      <select
        data-testid="compare-with"
        value={chosen ?? ""}
        aria-disabled={closed}
        onChange={(event) => {
          const { value } = event.currentTarget;
          compareWith(isArch(value) ? value : null);
        }}
      >
        <option value="">{chosen ? "Do not compare" : "Compare"}</option>
        {others.map(({ name, why }) => (
          <option key={name} value={name} disabled={why !== null && name !== chosen} title={why ?? undefined}>
            {chosen === name ? `with ${MACHINES[name].title}` : MACHINES[name].title}
          </option>
        ))}
      </select>
      <Icon name="chevron" size={12} />
    </label>
  );
}
