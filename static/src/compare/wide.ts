/** 64-bit arguments of 32-bit tables: each takes two registers, on ARM an even one and the next. */

/** Positions of such arguments, from the calls' signatures in Linux (syscall(2), "Architecture-specific requirements"). */
const WIDE: Readonly<Record<string, readonly number[]>> = {
  pread64: [3],
  pwrite64: [3],
  truncate64: [1],
  ftruncate64: [1],
  fallocate: [2, 3],
  readahead: [1],
  fadvise64_64: [1, 2],
  sync_file_range: [1, 2],
};

/** How many argument registers a call of so many parameters uses. */
export function argumentCount(table: string, name: string, parameters: number): number {
  const wide = table === "arm" || table === "i386" ? (WIDE[name] ?? []) : [];
  let registers = 0;
  for (let position = 0; position < parameters; position++) {
    if (!wide.includes(position)) registers += 1;
    else registers += table === "arm" && registers % 2 === 1 ? 3 : 2;
  }
  return Math.min(registers, 6);
}
