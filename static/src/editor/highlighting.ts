import { Compartment, type Extension, type StateEffect } from "@codemirror/state";
import type { Arch, Language } from "../protocol/messages";
import { assemblyFor } from "./assembly";
import { c, rust } from "./curly";

const place = new Compartment();

/** Where the editor keeps the colours of its language. */
export const highlighting = place.of([]);

export function recolour(language: Extension): StateEffect<unknown> {
  return place.reconfigure(language);
}

/** The colours of a language. */
export function coloursOf(language: Language, arch: Arch): Extension {
  if (language === "c") return c;
  if (language === "rust") return rust;
  return assemblyFor(arch);
}
