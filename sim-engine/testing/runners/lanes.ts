// Judges patterns/lanes by a service of so many places: when each message begins and ends, and in which place, are read from the
// journeys and from the places of the service. A key is a number that falls on the lane of its text; how long a message takes is its size.

import type { Service } from '../../nodes/services/service.ts';
import { laneHash } from '../../parts/lanes.ts';
import { type Drawing, node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

const SECOND_NS = 1e9;
/** Bytes of a message for each unit of its service time: a kilobyte takes one. */
const BYTES_PER_UNIT = 1000;

interface LaneMessage {
  readonly id: number;
  readonly t: number;
  readonly key: string;
  readonly service: number;
}
interface Slot {
  readonly id: number;
  readonly lane: number;
  readonly start: number;
  readonly end: number;
}
interface Expected {
  readonly schedule: readonly Slot[];
  readonly perKeyOrderViolations: number;
  readonly makespan: number;
}

export const LANES_FORMAT: VectorFormat = {
  key: 'patterns/lanes',
  judge(one: VectorCase): Judgement {
    const { lanes, mode, messages } = one.input as {
      readonly lanes: number;
      readonly mode: 'keyHash' | 'competing';
      readonly messages: readonly LaneMessage[];
    };
    const expected = one.expected as unknown as Expected;
    const { schedule, orderBreaks } = run(lanes, mode, messages);
    const faults: string[] = [];
    for (const [ix, wanted] of expected.schedule.entries()) {
      const found = schedule[ix];
      if (found === undefined || !isSame(found, wanted)) {
        faults.push(`message ${wanted.id}: ${JSON.stringify(found)}, recorded ${JSON.stringify(wanted)}`);
      }
    }
    const makespan = Math.max(...schedule.map(({ end }) => end));
    if (makespan !== expected.makespan) faults.push(`makespan ${makespan}, recorded ${expected.makespan}`);
    if (orderBreaks !== expected.perKeyOrderViolations) {
      faults.push(`${orderBreaks} violations, recorded ${expected.perKeyOrderViolations}`);
    }
    return { faults };
  },
};

const isSame = (a: Slot, b: Slot): boolean => a.id === b.id && a.lane === b.lane && a.start === b.start && a.end === b.end;

function run(lanes: number, mode: 'keyHash' | 'competing', messages: readonly LaneMessage[]) {
  const instant = { delay: '0s' };
  const keys = keyNumbers(messages, lanes);
  const senders = messages.map((message, ix) => {
    const key = keys.get(message.key) as number;
    // Only the last of its keys has a weight.
    const keyWeights = Array.from({ length: key + 1 }, (_, at) => ({ name: `key-${at}`, weight: at === key ? 1 : 0 }));
    return node(`m${String(ix).padStart(4, '0')}`, 'sender', {
      arrivals: 'times',
      times: [`${message.t}s`],
      keyLaw: 'weighted',
      keys: key + 1,
      keyWeights,
      size: { law: 'constant', value: message.service * BYTES_PER_UNIT },
    });
  });
  const service = {
    concurrency: lanes,
    assignment: mode === 'keyHash' ? 'by-key' : 'longest-free',
    work: { law: 'constant', value: '0s' },
    perKilobyte: '1s',
  };
  const drawing: Drawing = {
    nodes: [...senders, node('orders', 'queue', { ackDeadline: '0s' }), node('worker', 'service', service)],
    wires: [
      ...senders.map(({ id }) => wire('publish', id, 'orders', instant)),
      wire('deliver', 'orders', 'worker', { ...instant, desk: messages.length + 1 }),
    ],
  };
  const last = messages.reduce((sum, { t, service: length }) => Math.max(sum, t) + length, 0);
  const simulation = simulationOf(drawing, { traceEvery: 1 });
  simulation.advanceTo((last + 1) * SECOND_NS);
  const entries = simulation.world.trace.entries();
  const ixOf = (sender: number): number => Number((simulation.world.nodeIds[sender] as string).slice(1));
  const times = (stop: string) =>
    new Map(entries.filter((entry) => entry.stop === stop).map(({ sender, atNs }) => [ixOf(sender), atNs]));
  const begun = times('begun');
  const ended = times('processed');
  const placeOf = placesOf(drawing, begun);
  const schedule = messages.map(({ id }, ix) => ({
    id,
    lane: placeOf.get(ix) ?? -1,
    start: (begun.get(ix) as number) / SECOND_NS,
    end: (ended.get(ix) as number) / SECOND_NS,
  }));
  const order = entries.filter(({ stop }) => stop === 'processed').map(({ sender }) => ixOf(sender));
  return { schedule, orderBreaks: violations(messages, order) };
}

/** The same run once more, looked into right after each message has begun. */
function placesOf(drawing: Drawing, begun: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const simulation = simulationOf(drawing);
  const { world } = simulation;
  const { places } = (world.actors[world.nodeIds.indexOf('worker')] as Service).work;
  const found = new Map<number, number>();
  for (const [, atNs] of [...begun].sort(([, a], [, b]) => a - b)) {
    simulation.advanceTo(atNs + 1);
    for (const { ix, obl } of places.state.all) {
      if (obl === 0) continue;
      const sender = world.messages.sender[world.obligations.msg[obl] as number] as number;
      found.set(Number((world.nodeIds[sender] as string).slice(1)), ix);
    }
  }
  return found;
}

/** Messages that ended after a later one of their key. */
function violations(messages: readonly LaneMessage[], order: readonly number[]): number {
  const latest = new Map<string, number>();
  let count = 0;
  for (const ix of order) {
    const { key } = messages[ix] as LaneMessage;
    const before = latest.get(key) ?? -1;
    if (ix < before) count++;
    latest.set(key, Math.max(ix, before));
  }
  return count;
}

/** A number for each key, all different, each on the lane of its text. */
function keyNumbers(messages: readonly LaneMessage[], lanes: number): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const taken = new Set<number>();
  for (const { key } of messages) {
    if (numbers.has(key)) continue;
    let number = laneHash(key) % lanes;
    while (taken.has(number)) number += lanes;
    taken.add(number);
    numbers.set(key, number);
  }
  return numbers;
}
