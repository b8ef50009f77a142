import type { Example } from "../config";
import { isCompiled, MACHINES } from "../program/machines";
import type { Arch, CheckRequest } from "../protocol/messages";

/** The same program for another architecture, or why there is none. */
export type Counterpart = { readonly request: CheckRequest } | { readonly reason: string };

/**
 * What to run beside `request`: a compiled source as it is, and of assembly the example of the same name that is
 * written for the other architecture.
 */
export function counterpart(request: CheckRequest, arch: Arch, examples: readonly Example[]): Counterpart {
  if (isCompiled(request.language)) return { request: { ...request, arch } };
  const own = examples.find(({ source }) => source === request.source);
  const other = examples.find(
    (example) => example.slug === own?.slug && (example.arches ?? ["x86_64"]).includes(arch),
  );
  if (other) return { request: { ...request, arch, language: "auto", source: other.source } };
  const title = MACHINES[arch].title;
  return {
    reason: own
      ? `This example is not written for ${title}.`
      : "Assembly is for one architecture. Compare an example as it came, or a program in C.",
  };
}
