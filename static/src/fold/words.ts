/** Machine words and bytes, as people read them. Words are hexadecimal strings because JSON numbers end at 2**53. */

const SMALL = 65536n;

/** The word as a signed number of `size` bytes. */
export function signed(word: string, size = 8): bigint {
  return BigInt.asIntN(size * 8, BigInt(word));
}

/** Small values in decimal (`3`, `-9`), everything else in hexadecimal (`0x402000`). */
export function readable(word: string, size = 8): string {
  const value = signed(word, size);
  return value > -4096n && value < SMALL ? value.toString() : word;
}

/** The bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Bytes as text; what is not UTF-8 becomes the replacement character. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Text with control characters written visibly: `hi\n`. */
export function visible(text: string, limit = 40): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return shown
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t")
    // eslint-disable-next-line no-control-regex -- control characters are what this makes visible
    .replace(/[\u0000-\u001f\u007f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Text as the program wrote it: on its way to the screen a terminal puts a carriage return before every line end. */
export function asWritten(text: string): string {
  return text.replace(/\r\n/g, "\n");
}

/** A size in bytes: `64 bytes`, `4 KiB`, `1.5 MiB`. */
export function sizeText(bytes: number): string {
  const tidy = (value: number) => (Number.isInteger(value) ? value.toString() : value.toFixed(1));
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${tidy(bytes / 1024)} KiB`;
  return `${tidy(bytes / 1024 / 1024)} MiB`;
}

/** Virtual nanoseconds: `850 ns`, `12.5 µs`, `3 ms`, `1.2 s`. */
export function timeText(ns: number): string {
  const tidy = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.?0+$/, ""));
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${tidy(ns / 1e3)} µs`;
  if (ns < 1e9) return `${tidy(ns / 1e6)} ms`;
  return `${tidy(ns / 1e9)} s`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** Parameter names of a signature such as `write(fd, buf, count)`. */
export function parametersOf(signature: string | null): string[] {
  const inside = signature?.match(/\(([^)]*)\)/)?.[1]?.trim();
  return inside ? inside.split(",").map((name) => name.trim()) : [];
}
