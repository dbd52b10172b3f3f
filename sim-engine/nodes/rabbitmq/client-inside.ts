// What the clients of the library hold, as tables: the session, what a publisher has no answer for, and what a consumer has not settled.
// Called by them when somebody looks at their host.

import { keysOf, lookUp, type NumberMap } from '../../kernel/number-map.ts';
import {
  agoNs,
  factsOf,
  factsShape,
  InsideRows,
  type InsideTable,
  listShape,
  nameOfMessage,
  nameOfWork,
} from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { SessionState } from './client-session.ts';

const SESSION = factsShape('rabbitmq-client.session', {
  state: 'word',
  sessions: 'count',
  attempt: 'count?',
  nacked: 'count?',
  returned: 'count?',
  unsent: 'count?',
  heard: 'duration?',
});
const UNCONFIRMED = listShape('rabbitmq-client.unconfirmed', { letter: 'message', publish: 'count', 'resends-left': 'count' });
const UNSETTLED = listShape('rabbitmq-client.unsettled', { letter: 'message', 'delivery-tag': 'count', attempt: 'count' });

const CONDITIONS: Readonly<Record<SessionState['condition'], string>> = {
  closed: 'inside.word.session-closed',
  opening: 'inside.word.session-opening',
  open: 'inside.word.session-open',
};

/** What the broker has said to a client since its process began. */
export interface Answers {
  readonly isBlocked: boolean;
  readonly nacked: number;
  readonly returned: number;
  readonly unsent: number;
}

const someOf = (count: number): number | null => (count > 0 ? count : null);

export function sessionTable(world: World, session: SessionState, answers: Answers, about: string): InsideTable {
  const { attempts, condition, heardNs } = session;
  return factsOf(
    SESSION,
    {
      state: answers.isBlocked ? 'inside.word.connection-blocked' : CONDITIONS[condition],
      sessions: session.session,
      attempt: condition === 'open' ? null : attempts,
      nacked: someOf(answers.nacked),
      returned: someOf(answers.returned),
      unsent: someOf(answers.unsent),
      heard: condition === 'open' ? agoNs(world, heardNs[0] as number) : null,
    },
    about,
  );
}

/** By number of the publish. */
export function unconfirmedTable(
  world: World,
  pending: ReadonlyMap<number, { readonly msg: number; readonly resendsLeft: number }>,
  about: string,
): InsideTable {
  const rows = new InsideRows(UNCONFIRMED);
  for (const [publish, { msg, resendsLeft }] of pending) {
    if (rows.isFull) break;
    rows.add({ letter: nameOfMessage(world, msg), publish, 'resends-left': resendsLeft });
  }
  return rows.table(pending.size, about);
}

/** By obligation. */
export function unsettledTable(
  world: World,
  held: NumberMap<{ readonly tag: number; readonly attempt: number }>,
  about: string,
): InsideTable {
  const rows = new InsideRows(UNSETTLED);
  for (const obl of keysOf(held)) {
    const delivery = lookUp(held, obl);
    if (rows.isFull || delivery === undefined) break;
    rows.add({ letter: nameOfWork(world, obl), 'delivery-tag': delivery.tag, attempt: delivery.attempt });
  }
  return rows.table(held.size, about);
}
