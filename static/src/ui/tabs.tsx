import { signal } from "@preact/signals";
import { layout, type Layout } from "./layout";

export type TabName = "program" | "terminal" | "strace" | "story" | "machine";

const TITLES: Record<TabName, string> = {
  program: "Program",
  terminal: "Terminal",
  strace: "strace",
  story: "Story",
  machine: "State",
};

/** Panels that share one place, per layout; those not named have a place of their own. */
const SHARED: Record<Layout, readonly TabName[]> = {
  wide: ["strace", "story"],
  medium: ["terminal", "strace", "story", "machine"],
  narrow: ["program", "terminal", "strace", "story", "machine"],
};

const chosen = signal<TabName>("program");

export function tabs(): readonly TabName[] {
  return SHARED[layout.value];
}

export function selected(): TabName | undefined {
  return tabs().includes(chosen.value) ? chosen.value : tabs()[0];
}

/** Bring a panel to the front, where it shares its place. */
export function showTab(name: TabName): void {
  if (tabs().includes(name)) chosen.value = name;
}

export function hiddenPanel(name: TabName): boolean {
  return tabs().includes(name) && selected() !== name;
}

/** The row of tabs; arrow keys move between them, as the ARIA pattern says. */
export function Tabs() {
  const names = tabs();
  const current = selected();
  const move = (event: KeyboardEvent, by: number) => {
    const at = names.findIndex((name) => name === current);
    const next = names[(at + by + names.length) % names.length];
    if (next === undefined) return;
    event.preventDefault();
    showTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Panels">
      {names.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === current}
          tabIndex={name === current ? 0 : -1}
          data-testid={`tab-${name}`}
          onClick={() => showTab(name)}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") move(event, 1);
            if (event.key === "ArrowLeft") move(event, -1);
          }}
        >
          {TITLES[name]}
        </button>
      ))}
    </div>
  );
}
