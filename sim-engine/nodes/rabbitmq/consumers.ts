// Who reads a queue, and whose turn it is: the active ones stand in a line, those of a higher consumer priority before the others. A
// queue takes the first, gives it a message and lets it stand at the end of its priority again. Plain data, changed in place.

/** A consumer as its queue knows it. */
export interface Consumer {
  /** Unique in the broker, in order of arrival. */
  readonly key: number;
  readonly channel: number;
  readonly tag: string;
  readonly priority: number;
  /** Automatic acknowledgement. */
  readonly isAutomatic: boolean;
  readonly isExclusive: boolean;
  /** 0 = no window. */
  readonly prefetch: number;
  readonly timeoutMs: number;
  /** How many more it may have now; Infinity where there is no window. */
  credit: number;
  /** Messages out with it. */
  held: number;
  status: 'up' | 'cancelled' | 'quiescing';
  /** It stands in the line of turns. */
  isInTurn: boolean;
  /** Classic: found full when its turn came, as the so-manieth; 0 = not. */
  blockedAt: number;
}

/** Keys of consumers in order of turn, by priority, the highest first; a priority of which nobody stands in line stays. */
export interface Turns {
  readonly groups: { readonly priority: number; readonly keys: number[] }[];
}

export const newTurns = (): Turns => ({ groups: [] });

/** Lets a consumer stand at the end of its priority. */
export function joinTurns(turns: Turns, consumer: Consumer): void {
  const { groups } = turns;
  consumer.isInTurn = true;
  let at = 0;
  while (at < groups.length && (groups[at]?.priority as number) > consumer.priority) at++;
  const group = groups[at];
  if (group !== undefined && group.priority === consumer.priority) group.keys.push(consumer.key);
  else groups.splice(at, 0, { priority: consumer.priority, keys: [consumer.key] });
}

/** Whoever is first has had its turn, and stands at the end of its priority again. */
export function passTurn({ groups }: Turns): void {
  for (const { keys } of groups) {
    if (keys.length === 0) continue;
    if (keys.length > 1) keys.push(keys.shift() as number);
    return;
  }
}

export function leaveTurns(turns: Turns, consumer: Consumer): void {
  if (!consumer.isInTurn) return;
  consumer.isInTurn = false;
  for (const { keys, priority } of turns.groups) {
    if (priority !== consumer.priority) continue;
    if (keys[0] === consumer.key) keys.shift();
    else keys.splice(keys.indexOf(consumer.key), 1);
    return;
  }
}

/** Key of the one whose turn it is, 0 if nobody stands in line. */
export function firstTurn({ groups }: Turns): number {
  for (const { keys } of groups) if (keys.length > 0) return keys[0] as number;
  return 0;
}
