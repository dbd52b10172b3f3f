// What those who ask have seen of rows and streams, so that a conditional write can be judged by it: a version read for a message
// counts for that message alone, otherwise the last one that came over the same wire. Plain state.

/** Messages whose reading is remembered at most; of those that never write, the oldest are forgotten. */
const MESSAGES_MAX = 10_000;
/** More connections than any store has. */
const SLOTS_MAX = 4096;

export interface SeenVersions {
  /** By slot and key. */
  byKey: Map<number, number>;
  /** By slot and message, in the order of reading. */
  byMessage: Map<string, number>;
}

export const newSeenVersions = (): SeenVersions => ({ byKey: new Map(), byMessage: new Map() });

const nameOf = (slot: number, sender: number, number: number): string => `${slot} ${sender} ${number}`;

/** The version that a write on behalf of a message goes by, -1 = as if there were nothing. What was read for it is used up. */
export function takeSeen(seen: SeenVersions, slot: number, key: number, sender: number, number: number): number {
  const name = nameOf(slot, sender, number);
  const read = seen.byMessage.get(name);
  seen.byMessage.delete(name);
  return read ?? seen.byKey.get(key * SLOTS_MAX + slot) ?? -1;
}

/** The answer to whoever asked tells how things stand. */
export function noteSeen(seen: SeenVersions, slot: number, key: number, version: number): void {
  seen.byKey.set(key * SLOTS_MAX + slot, version);
}

/** The same, for a message that has read and may write. */
export function noteRead(seen: SeenVersions, slot: number, key: number, sender: number, number: number, version: number): void {
  noteSeen(seen, slot, key, version);
  const name = nameOf(slot, sender, number);
  seen.byMessage.delete(name);
  seen.byMessage.set(name, version);
  if (seen.byMessage.size <= MESSAGES_MAX) return;
  for (const oldest of seen.byMessage.keys()) {
    seen.byMessage.delete(oldest);
    return;
  }
}
