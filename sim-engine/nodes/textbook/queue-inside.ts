// What a textbook queue holds, as tables: what is ready in the order in which it would be handed out, what readers have, what sleeps, who
// reads with how much room, and what waits at its door. Called by the queue when somebody looks; changes nothing of it.

import { peekRing } from '../../kernel/int-ring.ts';
import { agoNs, type Inside, InsideRows, listShape, nameOfMessage, nameOfWork, untilNs } from '../../world/inside.ts';
import type { LeaseList } from '../../world/leases.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import { dueOf, type Patience } from './patience.ts';
import { mostUrgent, nextByWeight, type Order, type ReadyLines } from './ready-lines.ts';

const READY = listShape('queue.ready', {
  letter: 'message',
  priority: 'count?',
  tried: 'count',
  age: 'duration',
  expires: 'duration?',
});
const HANDED_OUT = listShape('queue.out', { letter: 'message', reader: 'node', attempt: 'count', 'goes-back': 'duration' });
const ASLEEP = listShape('queue.asleep', { letter: 'message', tried: 'count', wakes: 'duration', expires: 'duration?' });
const READERS = listShape('queue.readers', { reader: 'node', room: 'count', has: 'count' });
const AT_THE_DOOR = listShape('queue.door', { letter: 'message', from: 'node', age: 'duration' });

/** What the tables are made of. */
export interface QueueContents {
  readonly world: World;
  readonly state: {
    readonly lines: ReadyLines;
    readonly ready: number;
    readonly delayed: number;
    readonly leases: LeaseList;
    readonly credit: readonly number[];
    readonly parked: { items: Int32Array; head: number; count: number };
    readonly patience: Patience;
  };
  readonly connections: readonly (Connection | null)[];
  readonly order: Order;
  readonly weights: readonly number[];
  /** Whether an obligation that stands in a line is ready: one that was acknowledged meanwhile is passed over. */
  isReady(obl: number): boolean;
  /** By obligation: when what sleeps here is woken, ns. */
  wakesNs(): ReadonlyMap<number, number>;
  /** Whether an obligation sleeps here. */
  isAsleep(obl: number): boolean;
}

export function queueInside(queue: QueueContents): Inside {
  return [readyTable(queue), handedOutTable(queue), asleepTable(queue), readersTable(queue), doorTable(queue)];
}

function readyTable(queue: QueueContents): Inside[number] {
  const { order, state, world } = queue;
  const { messages, obligations } = world;
  const isByPriority = order === 'strict' || order === 'weighted';
  const rows = new InsideRows(READY);
  for (const obl of inTurn(queue)) {
    if (rows.isFull) break;
    if (!queue.isReady(obl)) continue;
    const msg = obligations.msg[obl] as number;
    rows.add({
      letter: nameOfMessage(world, msg),
      priority: isByPriority ? (messages.priority[msg] as number) : null,
      tried: obligations.attempts[obl] as number,
      age: agoNs(world, messages.createdNs[msg] as number),
      expires: expiresIn(queue, obl),
    });
  }
  return rows.table(state.ready);
}

/** What stands in the lines, in the order in which it would be taken out: with weights, as their savings stand now. */
function* inTurn({ order, state, weights, world }: QueueContents): Generator<number> {
  const lines: ReadyLines = { ...state.lines, heads: state.lines.heads.slice(), savings: state.lines.savings.slice() };
  for (;;) {
    const line = order === 'weighted' ? nextByWeight(lines, weights) : mostUrgent(lines);
    if (line < 0) return;
    const obl = lines.heads[line] as number;
    lines.heads[line] = world.obligations.next[obl] as number;
    yield obl;
  }
}

const expiresIn = ({ state, world }: QueueContents, obl: number): number | null =>
  untilNs(world, dueOf(state.patience, obl) || undefined);

function handedOutTable({ connections, state, world }: QueueContents): Inside[number] {
  const { leases, obligations } = world;
  const rows = new InsideRows(HANDED_OUT);
  for (let lease = state.leases.head; lease !== 0 && !rows.isFull; lease = leases.next[lease] as number) {
    const obl = leases.obl[lease] as number;
    rows.add({
      letter: nameOfWork(world, obl),
      reader: connections[leases.slot[lease] as number]?.peerId ?? null,
      attempt: obligations.attempts[obl] as number,
      'goes-back': untilNs(world, leases.dueNs[lease]),
    });
  }
  return rows.table(state.leases.count);
}

/** The one that wakes first first. */
function asleepTable(queue: QueueContents): Inside[number] {
  const { state, world } = queue;
  const rows = new InsideRows(ASLEEP);
  if (state.delayed > 0) {
    const inTurn = [...queue.wakesNs()].sort(([, a], [, b]) => a - b);
    for (const [obl, atNs] of inTurn) {
      if (!queue.isAsleep(obl)) continue;
      rows.add({
        letter: nameOfWork(world, obl),
        tried: world.obligations.attempts[obl] as number,
        wakes: untilNs(world, atNs),
        expires: expiresIn(queue, obl),
      });
    }
  }
  return rows.table(state.delayed);
}

function readersTable({ connections, state, world }: QueueContents): Inside[number] {
  const { leases } = world;
  const held = new Map<number, number>();
  for (let lease = state.leases.head; lease !== 0; lease = leases.next[lease] as number) {
    const slot = leases.slot[lease] as number;
    held.set(slot, (held.get(slot) ?? 0) + 1);
  }
  const rows = new InsideRows(READERS);
  let readers = 0;
  for (let slot = 0; slot < connections.length; slot++) {
    const connection = connections[slot];
    if (connection?.kind.type !== 'deliver') continue;
    readers++;
    const room = state.credit[slot] as number;
    rows.add({ reader: connection.peerId, room: room < ROOM_WITHOUT_END ? room : null, has: held.get(slot) ?? 0 });
  }
  return rows.table(readers);
}

/** What readers say who take whatever comes, less what has come since. */
const ROOM_WITHOUT_END = 500_000_000;

/** Message, connection and tag of each. */
const PARKED_COLUMNS = 3;

function doorTable({ connections, state, world }: QueueContents): Inside[number] {
  const { parked } = state;
  const rows = new InsideRows(AT_THE_DOOR);
  for (let at = 0; at < parked.count && !rows.isFull; at += PARKED_COLUMNS) {
    const msg = peekRing(parked, at);
    rows.add({
      letter: nameOfMessage(world, msg),
      from: connections[peekRing(parked, at + 1)]?.peerId ?? null,
      age: agoNs(world, world.messages.createdNs[msg] as number),
    });
  }
  return rows.table(parked.count / PARKED_COLUMNS);
}
