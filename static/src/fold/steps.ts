/** Where the step buttons lead. Positions run from -1 (before the first event) to `count - 1`. */

/** Index in sorted `stops` of the first entry greater than `index`. */
function firstAfter(stops: readonly number[], index: number): number {
  let low = 0;
  let high = stops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stops[middle] ?? Infinity) > index) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function nextStop(stops: readonly number[], index: number, count: number): number {
  return stops[firstAfter(stops, index)] ?? count - 1;
}

export function previousStop(stops: readonly number[], index: number): number {
  return stops[firstAfter(stops, index - 1) - 1] ?? -1;
}
