import { signal } from "@preact/signals";

const query = matchMedia("(prefers-reduced-motion: reduce)");

/** True when the visitor asked for less motion: states switch, nothing travels. */
export const stillness = signal(query.matches);
query.addEventListener("change", () => (stillness.value = query.matches));
