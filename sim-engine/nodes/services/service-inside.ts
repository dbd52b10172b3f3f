// What a service holds, as tables: what is worked on at its places, what lies on its desk, who stands behind whom in its lanes, and what
// it remembers. Called by the service when somebody looks; changes nothing of it. Calls of others are told by their caller.

import { peekRing } from '../../kernel/int-ring.ts';
import { type DedupSpec, type DedupWindow, seenCount } from '../../parts/dedup-window.ts';
import {
  agoNs,
  factsOf,
  factsShape,
  type Inside,
  InsideRows,
  type InsideTable,
  keyCell,
  listShape,
  nameOfWork,
  untilNs,
} from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { Desk } from './desk.ts';
import { type Place, type Places, timerArgOf } from './places.ts';
import { ASK, CHECK, type Instruction, MARK, type Program, REMEMBER } from './program.ts';

const PLACES = listShape('service.places', {
  place: 'count',
  letter: 'message',
  step: 'word',
  attempt: 'count',
  for: 'duration',
  ends: 'duration',
});
const DESK = listShape('service.desk', { letter: 'message', from: 'node', attempt: 'count', lane: 'count?', standing: 'word?' });
const LANES = listShape('service.lanes', {
  lane: 'count',
  letter: 'message',
  step: 'word',
  behind: 'count',
  next: 'message',
});
const MEMORY = factsShape('service.memory', {
  ids: 'count',
  bound: 'count?',
  'kept-for': 'duration',
  oldest: 'duration?',
  'forgotten-early': 'count',
});
const TO_FORGET = listShape('service.to-forget', { letter: 'message?', key: 'count?', 'forgotten-in': 'duration' });

/** What the tables are made of. */
export interface ServiceContents {
  readonly world: World;
  readonly places: Places;
  readonly program: Program;
  /** By slot: document id of the node at the other end. */
  readonly peers: readonly string[];
  /** Numbers of the places whose result waits until a channel takes messages again. */
  readonly blocked: readonly number[];
  readonly memory: DedupWindow;
  readonly memorySpec: DedupSpec;
  /** By place and its serial, as `timerArgOf` has them: when its rest before another attempt is over, ns. */
  restsUntilNs(): ReadonlyMap<number, number>;
}

export function serviceInside(service: ServiceContents): Inside {
  return [
    placesTable(service),
    deskTable(service),
    // Scaled to nothing there are no lanes; what waits lies in one line.
    ...(service.places.areLanes && service.places.count > 0 ? [lanesTable(service)] : []),
    ...(remembers(service) ? memoryTables(service) : []),
  ];
}

// ------------------------------------------------------------------ at work

function placesTable(service: ServiceContents): InsideTable {
  const { places, world } = service;
  const rests = places.state.all.some(({ obl, isResting }) => obl !== 0 && isResting) ? service.restsUntilNs() : new Map();
  const rows = new InsideRows(PLACES);
  for (const place of places.state.all) {
    if (place.obl === 0) continue;
    const endsNs = place.isResting ? rests.get(timerArgOf(place)) : place.endsNs;
    const isTimed = place.isResting || isInTime(service, place);
    rows.add({
      place: place.ix + 1,
      letter: nameOfWork(world, place.obl),
      step: stepOf(service, place),
      attempt: place.attempt + place.again,
      for: places.workedNs(place),
      ends: isTimed ? untilNs(world, endsNs) : null,
    });
  }
  return rows.table(places.state.busy);
}

/** Whether it is at a step that takes time of its own. */
const isInTime = ({ program }: ServiceContents, { step }: Place): boolean => (program.instructions[step]?.takes ?? null) !== null;

function stepOf({ blocked, program }: ServiceContents, place: Place): string {
  if (place.isResting) return 'inside.word.rests';
  if (blocked.includes(place.ix)) return 'inside.word.held-up';
  const instruction: Instruction | undefined = program.instructions[place.step];
  return instruction === undefined ? 'inside.word.at-the-end' : `step.${instruction.name}.label`;
}

// ------------------------------------------------------------------ waiting

/** Numbers of one piece of work on the desk. */
const DESK_COLUMNS = 4;

/** In the order in which they would be taken. */
function deskTable({ peers, places, world }: ServiceContents): InsideTable {
  const { desk, interrupted } = places.state;
  const rows = new InsideRows(DESK);
  const passed = new Set<number>();
  const goOn = (upTo: number): void => {
    const found = interrupted.map((work, at) => ({ work, at, line: places.urgencyOf(work.obl) }));
    for (const { work, at } of found.sort((a, b) => a.line - b.line || a.at - b.at)) {
      if (passed.has(at) || places.urgencyOf(work.obl) > upTo) continue;
      passed.add(at);
      const { attempt, obl, slot } = work;
      rows.add({
        letter: nameOfWork(world, obl),
        from: peers[slot] ?? null,
        attempt,
        lane: null,
        standing: 'inside.word.interrupted',
      });
    }
  };
  for (let line = 0; line < desk.lines.length && !rows.isFull; line++) {
    const ring = desk.lines[line] as Desk['lines'][number];
    if (ring.count > 0) goOn(line);
    for (let at = 0; at < ring.count && !rows.isFull; at += DESK_COLUMNS) {
      const from = places.isNewestFirst ? ring.count - DESK_COLUMNS - at : at;
      rows.add({
        letter: nameOfWork(world, peekRing(ring, from)),
        from: peers[peekRing(ring, from + 2)] ?? null,
        attempt: peekRing(ring, from + 1),
        lane: places.areLanes && places.count > 0 ? line + 1 : null,
        standing: null,
      });
    }
  }
  goOn(Number.POSITIVE_INFINITY);
  return rows.table(desk.count + interrupted.length);
}

/** Lanes in which something is: who is at the place, and who stands behind. */
function lanesTable(service: ServiceContents): InsideTable {
  const { places, world } = service;
  const { desk } = places.state;
  const rows = new InsideRows(LANES);
  let inUse = 0;
  for (let lane = 0; lane < places.count; lane++) {
    const place = places.takenAt(lane);
    const behind = places.behind(lane);
    if (place === undefined && behind === 0) continue;
    inUse++;
    if (rows.isFull) continue;
    const ring = desk.lines[lane];
    rows.add({
      lane: lane + 1,
      letter: nameOfWork(world, place?.obl ?? 0),
      step: place === undefined ? null : waitsForAnswer(service, place) ? 'inside.word.asking' : stepOf(service, place),
      behind,
      next: behind === 0 || ring === undefined ? null : nameOfWork(world, peekRing(ring, 0)),
    });
  }
  return rows.table(inUse);
}

const waitsForAnswer = ({ program }: ServiceContents, { isResting, step }: Place): boolean =>
  !isResting && program.instructions[step]?.operation === ASK;

// ------------------------------------------------------------------ memory

const remembers = ({ memory, program }: ServiceContents): boolean =>
  memory.count > 0 ||
  program.instructions.some(({ once, operation }) => once || operation === CHECK || operation === MARK || operation === REMEMBER);

function memoryTables({ memory, memorySpec, world }: ServiceContents): readonly InsideTable[] {
  const { count, evictedEarly, head, numbers, seenNs, senders } = memory;
  const { maxCount, ttlNs } = memorySpec;
  const ids = seenCount(memorySpec, memory, world.now[0] as number);
  // What is too old is passed over, as whoever uses the window next will do.
  const at = (next: number): number => (head + count - ids + next) & (numbers.length - 1);
  const rows = new InsideRows(TO_FORGET);
  for (let next = 0; next < ids && !rows.isFull; next++) {
    const sender = senders[at(next)] as number;
    const number = numbers[at(next)] as number;
    rows.add({
      letter: sender === 0 ? null : { sender: world.nodeIds[sender] as string, number },
      key: sender === 0 ? keyCell(number) : null,
      'forgotten-in': untilNs(world, (seenNs[at(next)] as number) + ttlNs),
    });
  }
  const facts = factsOf(MEMORY, {
    ids,
    bound: maxCount === 0 ? null : maxCount,
    'kept-for': ttlNs,
    oldest: ids === 0 ? null : agoNs(world, seenNs[at(0)] as number),
    'forgotten-early': evictedEarly,
  });
  return [facts, rows.table(ids)];
}
