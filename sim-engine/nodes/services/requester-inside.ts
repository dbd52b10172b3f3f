// The requests whose callers still wait, as a table: how often each was sent, since when its caller waits, and when its attempt is given
// up or begun again. Called by the requester when somebody looks; changes nothing of it.

import type { OpenRequests } from '../../parts/open-requests.ts';
import { agoNs, InsideRows, type InsideTable, listShape, untilNs } from '../../world/inside.ts';
import type { World } from '../../world/world.ts';

const OPEN = listShape('requester.open', {
  letter: 'message',
  standing: 'word',
  tried: 'count',
  age: 'duration',
  due: 'duration',
});

/** What the table is made of. */
export interface RequesterContents {
  readonly world: World;
  readonly nodeId: string;
  /** By number, in the order in which they got it. */
  readonly open: ReadonlyMap<number, { readonly number: number; readonly attempts: number; readonly askedNs: number }>;
  readonly requests: OpenRequests;
  /** Numbers of those whose next attempt a channel holds back. */
  readonly blocked: readonly number[];
  /** By number: when a rest before another attempt is over, ns. */
  readonly againNs: ReadonlyMap<number, number>;
}

export function openRequestsTable({ againNs, blocked, nodeId, open, requests, world }: RequesterContents): InsideTable {
  const isBlocked = new Set(blocked);
  const dueNs = deadlinesOf(requests);
  const rows = new InsideRows(OPEN);
  for (const { askedNs, attempts, number } of open.values()) {
    if (rows.isFull) break;
    const rests = againNs.get(number);
    const standing = isBlocked.has(number) ? 'held-back' : rests !== undefined ? 'rests' : 'out';
    rows.add({
      // Messages are numbered from 1, requests from 0.
      letter: { sender: nodeId, number: number + 1 },
      standing: `inside.word.${standing}`,
      tried: attempts,
      age: agoNs(world, askedNs),
      due: isBlocked.has(number) ? null : untilNs(world, rests ?? dueNs.get(number)),
    });
  }
  return rows.table(open.size);
}

/** Of those answered meanwhile too, whom nobody asks about. */
function deadlinesOf({ deadlines: { count, dueNs, who } }: OpenRequests): ReadonlyMap<number, number> {
  const due = new Map<number, number>();
  for (let at = 0; at < count; at++) due.set(who[at] as number, dueNs[at] as number);
  return due;
}
