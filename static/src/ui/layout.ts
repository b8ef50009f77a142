import { signal } from "@preact/signals";

export type Layout = "wide" | "medium" | "narrow";

const wide = matchMedia("(min-width: 1240px)");
const narrow = matchMedia("(max-width: 819px)");
const current = (): Layout => (wide.matches ? "wide" : narrow.matches ? "narrow" : "medium");

/** Which of the three arrangements of the page fits the window. */
export const layout = signal<Layout>(current());
for (const query of [wide, narrow]) query.addEventListener("change", () => (layout.value = current()));
