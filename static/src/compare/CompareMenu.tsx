import { arch } from "../program/choice";
import { ARCHES, isArch, MACHINES } from "../program/machines";
import { Icon } from "../ui/icons";
import { beside, compareWith, obstacle } from "./comparison";

const END = "end";

/** Beside the architecture menu: the second architecture to run the program on. */
export function CompareMenu() {
  const others = ARCHES.filter((name) => name !== arch.value).map((name) => ({ name, why: obstacle(name) }));
  const chosen = beside.value;
  const reason = others.every(({ why }) => why !== null) ? others[0]?.why : null;
  return (
    <label
      class={chosen ? "pick pick-compare pick-on" : "pick pick-compare"}
      title={reason ?? "Run the same program on a second architecture, side by side"}
    >
      <span class="visually-hidden">
        {chosen ? `Compared with ${MACHINES[chosen].title}; compare with` : "Compare with another architecture"}
      </span>
      <select
        data-testid="compare-with"
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = "";
          if (isArch(value) || value === END) compareWith(isArch(value) ? value : null);
        }}
      >
        <option value="" disabled>
          Compare
        </option>
        {others.map(({ name, why }) => (
          <option key={name} value={name} disabled={why !== null} title={why ?? undefined}>
            with {MACHINES[name].title}
            {name === chosen && " (now)"}
          </option>
        ))}
        {chosen && <option value={END}>with none</option>}
        {reason && <option disabled>{reason}</option>}
      </select>
      <Icon name="chevron" size={12} />
    </label>
  );
}
