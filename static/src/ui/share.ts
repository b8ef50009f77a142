/** A program in a link: versioned JSON, deflated, base64url, in the fragment, so that it never reaches a server. */

import { isLanguage, isOptimize } from "../program/choice";
import { isArch } from "../program/machines";
import type { Arch, CheckRequest } from "../protocol/messages";

const PREFIX = "#p1=";
const LIMIT = 65536;

/** A program and what to do with it. */
export interface Shared extends CheckRequest {
  /** The architecture that it is compared with. */
  compare: Arch | null;
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream, limit: number): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) throw new RangeError("The program in the link is too large.");
    chunks.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

export async function linkFor({ compare, ...program }: Shared): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(compare ? { ...program, compare } : program));
  const packed = await through(bytes, new CompressionStream("deflate-raw"), Infinity);
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  const text = btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return `${location.origin}${location.pathname}${PREFIX}${text}`;
}

/** The program in a link's fragment; null when there is none. Throws when it is damaged or too large. */
export async function programIn(hash: string): Promise<Shared | null> {
  if (!hash.startsWith(PREFIX)) return null;
  const binary = atob(hash.slice(PREFIX.length).replace(/-/g, "+").replace(/_/g, "/"));
  const packed = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  const text = new TextDecoder().decode(await through(packed, new DecompressionStream("deflate-raw"), 2 * LIMIT));
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new TypeError("The link holds no program.");
  const { source, language, arch, optimize, compare } = value as Record<string, unknown>;
  if (typeof source !== "string" || source.length > LIMIT) throw new TypeError("The link holds no program.");
  return {
    source,
    language: isLanguage(language) ? language : "auto",
    arch: isArch(arch) ? arch : "x86_64",
    optimize: isOptimize(optimize) ? optimize : 0,
    compare: isArch(compare) && compare !== arch ? compare : null,
  };
}
