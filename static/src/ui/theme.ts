import { effect, signal } from "@preact/signals";
import { recall, remember } from "./stored";

export type Theme = "system" | "light" | "dark";

const stored = recall("theme");
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "system");

export function nextTheme(): void {
  const order: readonly Theme[] = ["system", "light", "dark"];
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? "system";
}

export function applyTheme(): void {
  effect(() => {
    if (theme.value === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme.value;
    remember("theme", theme.value);
  });
}
