import type { KernelEntry } from "./entries";
import { family } from "./equivalents";

/** The same crossing in two runs; one side is missing when only the other run has it. */
export type Pair =
  | { readonly left: KernelEntry; readonly right: KernelEntry | null }
  | { readonly left: null; readonly right: KernelEntry };

/** Entries of each run that are aligned at most: the work grows with the product. */
export const MOST = 2000;

const SAME_FAMILY = 4;
const SAME_NAME = 2;
const SAME_ANSWER = 1;

/** How well two entries fit; 0 when they ask for different things. */
function fit(left: KernelEntry, right: KernelEntry, leftFamily: string, rightFamily: string): number {
  if (leftFamily !== rightFamily) return 0;
  const answer = left.answer?.text === right.answer?.text ? SAME_ANSWER : 0;
  return SAME_FAMILY + (left.name === right.name ? SAME_NAME : 0) + answer;
}

/** The best alignment of two sequences in order (Needleman and Wunsch, gaps cost nothing). */
function alignTask(left: readonly KernelEntry[], right: readonly KernelEntry[]): Pair[] {
  const names = [left.map(family), right.map(family)] as const;
  const width = right.length + 1;
  /** Best score of what remains from entry i of the left and entry j of the right on. */
  const best = new Int16Array((left.length + 1) * width);
  const score = (i: number, j: number) => best[i * width + j] ?? 0;
  const fits = (i: number, j: number) => {
    const [a, b] = [left[i], right[j]];
    return a && b ? fit(a, b, names[0][i] ?? "", names[1][j] ?? "") : 0;
  };
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const together = fits(i, j);
      const apart = Math.max(score(i + 1, j), score(i, j + 1));
      best[i * width + j] = together > 0 ? Math.max(together + score(i + 1, j + 1), apart) : apart;
    }
  }
  const pairs: Pair[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const a = left[i];
    const b = right[j];
    if (!a && !b) return pairs;
    const together = fits(i, j);
    if (a && b && together > 0 && score(i, j) === together + score(i + 1, j + 1)) {
      pairs.push({ left: a, right: b });
      i += 1;
      j += 1;
    } else if (a && (!b || score(i, j) === score(i + 1, j))) {
      pairs.push({ left: a, right: null });
      i += 1;
    } else if (b) {
      pairs.push({ left: null, right: b });
      j += 1;
    }
  }
}

function byTask(entries: readonly KernelEntry[]): Map<number, KernelEntry[]> {
  const tasks = new Map<number, KernelEntry[]>();
  for (const entry of entries.slice(0, MOST)) {
    const own = tasks.get(entry.task);
    if (own) own.push(entry);
    else tasks.set(entry.task, [entry]);
  }
  return tasks;
}

/**
 * The crossings of two runs side by side, in the order of the left run.
 *
 * Each task is aligned with its counterpart by itself, so that another interleaving of tasks tears no pair apart.
 */
export function align(left: readonly KernelEntry[], right: readonly KernelEntry[]): Pair[] {
  const rights = byTask(right);
  const queues = new Map<number, Pair[]>();
  for (const [task, own] of byTask(left)) queues.set(task, alignTask(own, rights.get(task) ?? []));
  const pairs: Pair[] = [];
  for (const entry of left.slice(0, MOST)) {
    const queue = queues.get(entry.task) ?? [];
    let own = false;
    // What only the right run has comes with its neighbours.
    while (queue.length > 0 && (!own || queue[0]?.left === null)) {
      const pair = queue.shift();
      if (!pair) break;
      own ||= pair.left !== null;
      pairs.push(pair);
    }
  }
  for (const [task, own] of rights) {
    if (!queues.has(task)) pairs.push(...own.map((entry) => ({ left: null, right: entry })));
  }
  return pairs;
}
