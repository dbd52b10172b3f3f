// Which questions still have a way back: a client that asks by direct reply-to reads replies on the channel it asks on, and its
// address is good as long as that channel is open. Kept by the broker's actor, which stands in for the header that the question carries.

/** What was asked by one channel: all from `low` on, and what was asked again of older ones. */
export interface Asked {
  low: number;
  readonly older: Set<number>;
}

/** By channel that replies go to. */
export type AskedBy = Map<number, Asked>;

/** Question `number` goes out with the address of `channel`. */
export function noteQuestion(asked: AskedBy, channel: number, number: number): void {
  const known = asked.get(channel);
  if (known === undefined) asked.set(channel, { low: number, older: new Set() });
  else if (number < known.low) known.older.add(number);
}

/** Whether question `number` was asked with the address of `channel`. */
export function isAskedBy(asked: AskedBy, channel: number, number: number): boolean {
  const known = asked.get(channel);
  return known !== undefined && (number >= known.low || known.older.has(number));
}
