// What a projection holds, as tables: how far its view is, and the deliveries that wait to be taken in. Called by the projection when
// somebody looks; changes nothing of it.

import { max } from '../../kernel/exact-math.ts';
import { type IntRing, peekRing } from '../../kernel/int-ring.ts';
import {
  factsOf,
  factsShape,
  type Inside,
  InsideRows,
  type InsideTable,
  keyCell,
  listShape,
  nameOfMessage,
} from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { CatchingUp } from './catching-up.ts';
import { viewStreamsTable } from './store-inside.ts';
import type { StreamKind } from './trip.ts';
import { completeUpTo, type View } from './view.ts';

const STATE = factsShape('projection.state', {
  standing: 'word',
  source: 'node?',
  position: 'count',
  'in-view': 'count',
  'in-store': 'count?',
  'view-lag': 'count?',
  'waits-for-key': 'count?',
  version: 'count',
  'in-snapshot': 'count?',
});
const HELD = listShape('projection.held', {
  letter: 'message',
  from: 'node',
  attempt: 'count',
  key: 'count?',
  'which-event': 'count?',
});

/** Numbers of a delivery on the desk: obligation, attempt, connection it came by. */
export const DESK_COLUMNS = 3;

/** What the tables are made of. */
export interface ProjectionContents {
  readonly world: World;
  readonly catchingUp: CatchingUp;
  readonly kind: StreamKind;
  readonly version: number;
  /** By slot: document id of the node at the other end. */
  readonly peers: readonly string[];
  readonly state: {
    readonly view: View;
    readonly snapshot: View | null;
    readonly desk: IntRing;
    readonly isWorking: boolean;
    readonly isStanding: boolean;
  };
}

export const projectionInside = (projection: ProjectionContents): Inside => [
  stateTable(projection),
  heldTable(projection),
  viewStreamsTable(projection.state.view, projection.kind),
];

function stateTable(projection: ProjectionContents): InsideTable {
  const { catchingUp, peers, state, version } = projection;
  const { snapshot, view } = state;
  const last = catchingUp.eventStore()?.log.last;
  const { missing } = catchingUp.state;
  return factsOf(STATE, {
    standing: standing(projection),
    source: catchingUp.hasSource ? (peers[catchingUp.sourceSlot] as string) : null,
    position: completeUpTo(view),
    'in-view': view.count,
    'in-store': last ?? null,
    // With events of other stores in it, it may know of more.
    'view-lag': last === undefined ? null : max(0, last - view.count),
    'waits-for-key': missing === null ? null : keyCell(missing),
    version,
    'in-snapshot': snapshot === null ? null : snapshot.count,
  });
}

function standing({ catchingUp, state: { isStanding, isWorking } }: ProjectionContents): string {
  const { isRebuilding, missing } = catchingUp.state;
  if (isStanding) return 'inside.word.stands';
  if (isRebuilding) return 'inside.word.rebuilding';
  if (missing !== null) return 'inside.word.asks-for-missing';
  return isWorking ? 'inside.word.takes-in' : 'inside.word.waits';
}

function heldTable({ peers, state: { desk }, world }: ProjectionContents): InsideTable {
  const rows = new InsideRows(HELD);
  for (let at = 0; at < desk.count && !rows.isFull; at += DESK_COLUMNS) {
    const msg = world.obligations.msg[peekRing(desk, at)] as number;
    rows.add({
      letter: nameOfMessage(world, msg),
      from: peers[peekRing(desk, at + 2)] ?? null,
      attempt: peekRing(desk, at + 1),
      key: world.messages.eventNumber[msg] === 0 ? null : keyCell(world.messages.key[msg] as number),
      'which-event': world.messages.eventNumber[msg] || null,
    });
  }
  return rows.table(desk.count / DESK_COLUMNS);
}
