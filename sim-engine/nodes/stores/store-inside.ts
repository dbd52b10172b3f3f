// What a store, an event store or a view holds, as tables: questions at its connections and in line, what its relay has still to publish,
// rows, streams. Called by each of them when somebody looks; changes nothing of them.

import { isInRanges, type RangeSet } from '../../kernel/range-set.ts';
import {
  agoNs,
  type Inside,
  InsideRows,
  type InsideTable,
  keyCell,
  listShape,
  nameOfWork,
  ROWS_TOLD_MAX,
  untilNs,
} from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import { type EventLog, type EventRow, eventInto, newEventRow } from './event-log.ts';
import type { Relay } from './relay.ts';
import type { PlacesState, Question } from './store-actor.ts';
import { type StreamKind, TRIP_LENGTH } from './trip.ts';
import { seqInView, stateInView, type View } from './view.ts';

const CONNECTIONS = listShape('store.connections', {
  letter: 'message',
  from: 'node',
  question: 'word',
  key: 'count?',
  ends: 'duration',
});
const IN_LINE = listShape('store.in-line', { letter: 'message', from: 'node', question: 'word', key: 'count?' });
const OUTBOX = listShape('store.outbox', {
  event: 'count',
  key: 'count?',
  letter: 'message?',
  standing: 'word',
  age: 'duration',
});

const QUESTIONS: ReadonlyMap<number, string> = new Map([
  [packet.READ, 'inside.word.read'],
  [packet.WRITE, 'inside.word.write'],
  [packet.INSERT, 'inside.word.insert'],
  [packet.APPEND, 'inside.word.append'],
  [packet.READ_LOG, 'inside.word.read-log'],
  [packet.READ_STREAM, 'inside.word.read-stream'],
]);

/** What the tables of questions and of the relay are made of. */
export interface StoreContents {
  readonly world: World;
  readonly state: PlacesState;
  readonly relay: Relay;
  readonly log: EventLog;
  /** By slot: document id of the node at the other end. */
  readonly peers: readonly string[];
  /** Of each place, as the timer of its question names it: when the answer is there, ns. */
  readonly endsNs: (place: number) => number | undefined;
}

export function storeInside(store: StoreContents): Inside {
  const { endsNs, state, world } = store;
  const working = new InsideRows(CONNECTIONS);
  for (const [place, question] of state.places.entries()) {
    if (question) working.add({ ...questionCells(store, question), ends: untilNs(world, endsNs(place)) });
  }
  const waiting = new InsideRows(IN_LINE);
  for (const question of state.waiting) {
    if (waiting.isFull) break;
    waiting.add(questionCells(store, question));
  }
  return [working.table(state.busy), waiting.table(state.waiting.length), outboxTable(store)];
}

const questionCells = ({ peers, world }: StoreContents, { from, obl, slot, type }: Question) => ({
  letter: nameOfWork(world, obl),
  from: peers[slot] ?? null,
  question: QUESTIONS.get(type) ?? null,
  key: type === packet.READ_STREAM ? keyCell(from) : null,
});

/** What is committed and not marked as published yet, oldest first. */
function outboxTable({ log, relay, world }: StoreContents): InsideTable {
  const row = newEventRow();
  const rows = new InsideRows(OUTBOX);
  for (let number = log.base + 1; number <= log.last && !rows.isFull; number++) {
    if (isInRanges(relay.state.marked, number)) continue;
    eventInto(log, number, row);
    rows.add({
      event: number,
      key: keyCell(row.key),
      letter: causeOf(world, row.causeSender, row.causeNumber),
      standing: standingOf(relay, number),
      age: agoNs(world, row.bornNs),
    });
  }
  return rows.table(relay.unmarkedCount);
}

function standingOf({ state }: Relay, number: number): string {
  if (state.marking.has(number)) return 'inside.word.being-marked';
  if (state.underWay.has(number)) return 'inside.word.published';
  if (state.refused.has(number)) return 'inside.word.turned-away';
  return 'inside.word.waits';
}

const causeOf = ({ nodeIds }: World, sender: number, number: number) =>
  number === 0 ? null : { sender: nodeIds[sender] as string, number };

// ------------------------------------------------------------------ rows and streams

const ROWS = listShape('store.rows', { key: 'count?', version: 'count?', letter: 'message?' });

/** The latest first: of rows that keys name by when they were first written, of those that messages name by their number. */
export function rowsTable(
  world: World,
  total: number,
  byKey: ReadonlyMap<number, number>,
  byMessage: ReadonlyMap<number, RangeSet>,
): InsideTable {
  const rows = new InsideRows(ROWS);
  for (const key of latestKeys(byKey)) rows.add({ key, version: (byKey.get(key) as number) + 1, letter: null });
  for (const [sender, { ends, starts }] of byMessage) {
    for (let range = ends.length - 1; range >= 0 && !rows.isFull; range--) {
      for (let number = ends[range] as number; number >= (starts[range] as number) && !rows.isFull; number--)
        rows.add({ key: null, version: null, letter: causeOf(world, sender, number) });
    }
  }
  return rows.table(total);
}

/** The keys that came into a map last, the last first. */
function latestKeys(map: ReadonlyMap<number, unknown>): readonly number[] {
  const keys: number[] = [];
  let older = map.size - ROWS_TOLD_MAX;
  for (const key of map.keys()) if (older-- <= 0) keys.push(key);
  return keys.reverse();
}

const STREAMS = listShape('event-store.streams', { key: 'count', events: 'count', state: 'text?', age: 'duration' });

/** What the table of streams is made of. */
interface StreamContents {
  readonly world: World;
  readonly kind: StreamKind;
  readonly streams: ReadonlyMap<number, { readonly lastSeq: number; readonly state: number; readonly lastNumber: number }>;
  /** Events that were there before the run, in streams that had come to their end. */
  readonly history: number;
  readonly total: number;
  eventInto(number: number, row: EventRow): void;
}

/** The one that got an event last first. */
export function streamsTable(store: StreamContents): InsideTable {
  const { history, kind, streams, total, world } = store;
  const row = newEventRow();
  const rows = new InsideRows(STREAMS);
  for (const { key, lastSeq, lastNumber, state } of latestStreams(streams)) {
    store.eventInto(lastNumber, row);
    rows.add({ key: keyCell(key), events: lastSeq + 1, state: nameOfState(kind, state), age: agoNs(world, row.bornNs) });
  }
  for (let number = history; number > 0 && !rows.isFull; number -= row.seq + 1) {
    store.eventInto(number, row);
    const isOver = row.seq + 1 === TRIP_LENGTH;
    rows.add({
      key: row.key,
      events: row.seq + 1,
      state: isOver ? nameOfState(kind, kind.completed) : null,
      age: agoNs(world, row.bornNs),
    });
  }
  return rows.table(total);
}

/** As many as are told. The earlier ones are let go of from time to time, so that there never are many in hand. */
function latestStreams(streams: StreamContents['streams']) {
  let kept: { readonly key: number; readonly lastSeq: number; readonly state: number; readonly lastNumber: number }[] = [];
  const cut = (): void => {
    kept = kept.sort((a, b) => b.lastNumber - a.lastNumber).slice(0, ROWS_TOLD_MAX);
  };
  for (const [key, { lastSeq, lastNumber, state }] of streams) {
    kept.push({ key, lastSeq, lastNumber, state });
    if (kept.length > 10 * ROWS_TOLD_MAX) cut();
  }
  cut();
  return kept;
}

/** Streams that take any event have one state, which says nothing. */
const nameOfState = ({ completed, table }: StreamKind, state: number): string | null =>
  completed < 0 ? null : (table.states[state] ?? null);

const VIEW_STREAMS = listShape('projection.streams', { key: 'count', events: 'count', state: 'text?' });

/** The one that came into the view last first. */
export function viewStreamsTable(view: View, kind: StreamKind): InsideTable {
  const rows = new InsideRows(VIEW_STREAMS);
  for (const key of latestKeys(view.streams)) {
    rows.add({ key: keyCell(key), events: seqInView(view, key) + 1, state: nameOfState(kind, stateInView(view, key)) });
  }
  return rows.table(view.streams.size);
}
