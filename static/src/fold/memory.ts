import type { Memory, Segment } from "../generated/events";

const hex = (value: bigint) => `0x${value.toString(16)}`;

/** Apply one address space change to sorted, non-overlapping regions; returns sorted, non-overlapping regions. */
export function applyMemory(regions: readonly Segment[], event: Memory): readonly Segment[] {
  const start = BigInt(event.start);
  const end = BigInt(event.end);
  const result: Segment[] = [];
  for (const region of regions) {
    const from = BigInt(region.start);
    const to = BigInt(region.end);
    if (to <= start || from >= end) {
      result.push(region);
      continue;
    }
    if (from < start) result.push({ ...region, end: hex(start) });
    if (event.change === "protect") {
      result.push({
        ...region,
        start: hex(from > start ? from : start),
        end: hex(to < end ? to : end),
        perms: event.perms,
      });
    }
    if (to > end) result.push({ ...region, start: hex(end) });
  }
  if (event.change === "map") {
    result.push({ start: event.start, end: event.end, perms: event.perms, name: event.name });
  }
  return result.sort((a, b) => {
    const difference = BigInt(a.start) - BigInt(b.start);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
}
