// The nodes of a broker that are down, as its setting writes them: numbers with commas between. Pure.

/** As the broker reads it: what is no number of a node is passed over. */
export const downOf = (written: string, count: number): ReadonlySet<number> =>
  new Set(
    written
      .split(',')
      .map(Number)
      .filter((number) => Number.isInteger(number) && number >= 1 && number <= count),
  );

/** The setting after a node was killed or started. */
export function withDown(down: ReadonlySet<number>, number: number, isDown: boolean): string {
  const next = new Set(down);
  if (isDown) next.add(number);
  else next.delete(number);
  return [...next].sort((a, b) => a - b).join(',');
}
