// Where the bindings of one key lead: queues and exchanges, each once however many bindings lead there, in order of name. What an
// exchange keeps per key, per word of a pattern or altogether. Plain data, changed in place; knows nothing of keys.

/** Names in order of code units, with the number of bindings that lead to each. */
interface Names {
  readonly names: string[];
  readonly counts: number[];
}

export interface Targets {
  readonly queues: Names;
  readonly exchanges: Names;
}

export const newTargets = (): Targets => ({
  queues: { names: [], counts: [] },
  exchanges: { names: [], counts: [] },
});

export const isEmpty = ({ queues, exchanges }: Targets): boolean => queues.names.length === 0 && exchanges.names.length === 0;

/** One more binding leads to `name`. */
export function addTarget(targets: Targets, toExchange: boolean, name: string): void {
  const { names, counts } = toExchange ? targets.exchanges : targets.queues;
  const at = placeOf(names, name);
  if (names[at] === name) {
    counts[at] = (counts[at] as number) + 1;
    return;
  }
  names.splice(at, 0, name);
  counts.splice(at, 0, 1);
}

/** One binding to `name` less. It must have been added. */
export function removeTarget(targets: Targets, toExchange: boolean, name: string): void {
  const { names, counts } = toExchange ? targets.exchanges : targets.queues;
  const at = placeOf(names, name);
  counts[at] = (counts[at] as number) - 1;
  if (counts[at] !== 0) return;
  names.splice(at, 1);
  counts.splice(at, 1);
}

/** Index of `name` in a sorted list, or where it would stand. */
function placeOf(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
