// What a node holds, as tables: to ask changes nothing, in every scenario there is; the tables say the same as the gauges; what is told
// first happens first; every key has its words, and no words are left over.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { INSIDE_MESSAGES } from '../messages/en/inside.ts';
import { EN } from '../messages/en.ts';
import { insideOf } from '../simulation/inside.ts';
import { Simulation } from '../simulation/simulation.ts';
import { INSTANT, lasting, node, scenarioOf, started, wire } from '../testing/drawing.ts';
import { drawStory } from '../testing/fuzzer/draw-story.ts';
import { lineText, runOf, scenarioText } from '../testing/run-fixtures.ts';
import { nsOf, Story } from '../testing/story.ts';
import {
  factsOf,
  factsShape,
  type Inside,
  type InsideCell,
  InsideRows,
  type InsideTable,
  listShape,
  ROWS_TOLD_MAX,
} from '../world/inside.ts';
import { nodeKind } from './declarations.ts';

const SCENARIOS = readdirSync(new URL('../scenarios/', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));
const SECOND_NS = 1e9;

const named = (inside: Inside, name: string): readonly InsideTable[] =>
  inside.filter(({ title }) => title === `inside.${name}.title`);

/** Of a table of this name what stands in a column, from top to bottom. */
function column(inside: Inside, name: string, key: string): readonly InsideCell[] {
  return named(inside, name).flatMap(({ columns, rows }) => {
    const at = columns.findIndex((one) => one.key === key);
    return at < 0 ? [] : rows.map((row) => row[at] as InsideCell);
  });
}

const sum = (cells: readonly InsideCell[]): number => cells.reduce<number>((total, cell) => total + Number(cell), 0);
const letters = (cells: readonly InsideCell[]): string =>
  cells.map((cell) => (cell !== null && typeof cell === 'object' ? `${cell.sender}${cell.number}` : '-')).join(' ');

// ------------------------------------------------------------------ looking

/** Gauges that say the same as the number of rows of a table. */
const COUNTED: { readonly [table: string]: string } = {
  'queue.ready': 'ready',
  'queue.out': 'in_flight',
  'queue.asleep': 'delayed',
  'dead-letter-queue.resting': 'dlq_size',
  'service.places': 'busy',
  'service.desk': 'desk',
  'service.to-forget': 'ids_kept',
  'requester.open': 'open_requests',
  'store.connections': 'connections',
  'store.in-line': 'questions_waiting',
  'store.outbox': 'outbox',
  'store.rows': 'rows',
  'event-store.streams': 'streams',
  'projection.held': 'held_events',
  'projection.streams': 'view_streams',
  'kafka-group.members': 'members',
  'rabbitmq.connections': 'connections',
  'rabbitmq-queue.unacked': 'in_flight',
  'rabbitmq-queue.consumers': 'consumers',
};
/** Gauges that say the same as what stands in a column, added up. */
const ADDED_UP: { readonly [table: string]: { readonly [column: string]: string } } = {
  'queue.readers': { has: 'in_flight' },
  'service.memory': { ids: 'ids_kept' },
  'caller.wire': { out: 'calls_out', opened: 'breaker_opened', 'timed-out': 'calls_timed_out', late: 'late_answers' },
  'sender.state': { sent: 'sent', 'held-back': 'held_back' },
  'requester.state': { asked: 'asked', 'held-back': 'held_back' },
  'projection.state': { 'in-view': 'in_view' },
  'kafka.state': {
    partitions: 'partitions',
    records: 'records',
    bytes: 'log_bytes',
    members: 'members',
    appended: 'appended',
    fetched: 'fetched',
  },
  'kafka-topic.partitions': { records: 'records', bytes: 'log_bytes' },
  'kafka-group.lag': { lag: 'consumer_lag', fetched: 'fetched' },
  'autoscaler.state': { wanted: 'wanted_replicas', working: 'working_replicas', starting: 'starting_replicas' },
};

/** Of a part, as its container measures it; of several actors of a node all together. */
function gaugesOf({ assembly, topology, world }: Simulation, id: string): ReadonlyMap<string, number> {
  const drawn = topology.nodes.find((node) => node.id === id);
  const gauges = nodeKind(drawn?.kind ?? '')?.gauges ?? [];
  const cells = new Float64Array(gauges.length);
  const own = new Float64Array(gauges.length);
  for (const { ix } of assembly.actorsOfNode(drawn?.parent ?? id)) {
    own.fill(0);
    if (drawn?.parent === undefined) world.actors[ix]?.sample(own, 0);
    else world.actors[ix]?.samplePart?.(id, own, 0);
    for (const [at, cell] of own.entries()) cells[at] = (cells[at] as number) + cell;
  }
  return new Map(gauges.map(({ name }, at) => [name, cells[at] as number]));
}

function expectAgreement(inside: Inside, gauges: ReadonlyMap<string, number>): void {
  for (const { columns, isFacts, rows, title, total } of inside) {
    expect(rows.length, title).toBe(isFacts ? 1 : Math.min(total, ROWS_TOLD_MAX));
    for (const row of rows) expect(row.length, title).toBe(columns.length);
  }
  for (const [table, gauge] of Object.entries(COUNTED)) {
    for (const { total } of named(inside, table)) expect({ table, total }).toEqual({ table, total: gauges.get(gauge) });
  }
  for (const [table, columns] of Object.entries(ADDED_UP)) {
    for (const [key, gauge] of Object.entries(columns)) {
      const cells = column(inside, table, key);
      if (cells.length > 0) expect({ table, key, sum: sum(cells) }).toEqual({ table, key, sum: gauges.get(gauge) });
    }
  }
  if (named(inside, 'service.lanes').length > 0) expect(sum(column(inside, 'service.lanes', 'behind'))).toBe(gauges.get('desk'));
}

function expectWords(inside: Inside): void {
  for (const { columns, isFacts, none, rows, title } of inside) {
    const keys = [title, ...(isFacts ? [] : [none]), ...columns.map(({ label }) => label)];
    const words = rows.flatMap((row) => row.filter((cell, at) => columns[at]?.sort === 'word' && cell !== null));
    for (const key of [...keys, ...words]) expect(EN).toHaveProperty([key as string]);
    // Only what can be said goes to the page: no time that is no number.
    for (const row of rows) for (const cell of row) if (typeof cell === 'number') expect(cell, title).toBeGreaterThanOrEqual(0);
  }
}

/** Random stories: with messages that have no key, replicas that are none, and whatever else no scenario shows. */
const SEEDS = process.env.LONG_RUNS === '1' ? Array.from({ length: 60 }, (_, seed) => seed + 1) : [2, 6, 10, 12, 17];
/** Between two looks. */
const STEP_NS = process.env.LONG_RUNS === '1' ? 4.45 * SECOND_NS : 11.1 * SECOND_NS;
const EVENTS_MAX = 20_000;
/** To compare copies takes longest. */
const LOOKS_PER_COPY = 5;
let looks = 0;

const seenKinds = new Set<string>();

describe('to ask what a node holds', () => {
  it.each(SCENARIOS)('changes nothing, and says the same as its gauges (%s)', (name) => {
    const asked = runOf(scenarioText(name));
    const left = runOf(scenarioText(name));
    for (let at = SECOND_NS / 2; at <= 45 * SECOND_NS; at += STEP_NS) {
      asked.advanceTo(at);
      left.advanceTo(at);
      const before = asked.checkpoint();
      for (const { id, kind } of asked.topology.nodes) {
        const inside = insideOf(asked, id);
        expectAgreement(inside, gaugesOf(asked, id));
        expectWords(inside);
        if (inside.length > 0) seenKinds.add(kind);
      }
      expect(isDeepStrictEqual(asked.checkpoint(), before)).toBe(true);
      expect(asked.digest).toBe(left.digest);
    }
  });

  it.each(SEEDS)('changes nothing, and says the same as its gauges, in drawings that nobody has drawn (seed %i)', (seed) => {
    const { script, topology } = drawStory(seed);
    const simulation = started(Simulation.create(scenarioOf({ ...topology, seed })));
    for (const { atNs, command, stamp } of script) {
      simulation.advanceTo(Math.max(atNs, simulation.timeNs));
      if (simulation.stopped !== null || simulation.world.events > EVENTS_MAX) break;
      simulation.command(command, stamp);
      // What a command brings about is under way.
      simulation.advanceTo(simulation.timeNs + 7_000_001);
      const before = simulation.checkpoint();
      for (const { id } of simulation.topology.nodes) {
        const inside = insideOf(simulation, id);
        expectAgreement(inside, gaugesOf(simulation, id));
        expectWords(inside);
      }
      if (looks++ % LOOKS_PER_COPY === 0) expect(isDeepStrictEqual(simulation.checkpoint(), before)).toBe(true);
    }
  });

  it('was asked often enough', () => {
    expect(looks).toBeGreaterThan(10 * SEEDS.length);
  });

  it('is answered by every kind that a scenario shows: a new one declares its tables', () => {
    const kinds = SCENARIOS.flatMap((name) => runOf(scenarioText(name)).topology.nodes.map(({ kind }) => kind));
    expect([...new Set(kinds)].filter((kind) => !seenKinds.has(kind))).toEqual([]);
  });

  it('is answered by all actors of a node, each by its name, and for a part by those of its container', () => {
    const shape = factsShape('sender.state', { sent: 'count' });
    const actor = (sent: number) => ({ inside: (part: string) => [factsOf(shape, { sent }, part)] });
    const simulation = {
      topology: { nodes: [{ id: 'cluster' }, { id: 'orders', parent: 'cluster' }] },
      assembly: { actorsOfNode: (id: string) => (id === 'cluster' ? [1, 2].map((ix) => ({ ix, member: `broker-${ix}` })) : []) },
      world: { actors: [null, actor(10), actor(20)] },
    } as unknown as Simulation;
    const told = (id: string) => insideOf(simulation, id).map(({ about, member, rows }) => [member, about, rows[0]?.[0]]);
    expect(told('cluster')).toEqual([
      ['broker-1', '', 10],
      ['broker-2', '', 20],
    ]);
    expect(told('orders')).toEqual([
      ['broker-1', 'orders', 10],
      ['broker-2', 'orders', 20],
    ]);
  });

  it('is one list of a part, whoever of its container tells of it, in order and with the columns of all', () => {
    const shape = listShape('kafka-topic.partitions', { partition: 'count', fetches: 'count?', records: 'count' });
    const actor = (partition: number, fetches: number | null) => ({
      inside: () => {
        const rows = new InsideRows(shape);
        rows.add({ partition, fetches, records: 7 });
        return [rows.table()];
      },
    });
    const simulation = {
      topology: { nodes: [{ id: 'cluster' }, { id: 'orders', parent: 'cluster' }] },
      assembly: { actorsOfNode: () => [1, 2].map((ix) => ({ ix, member: `broker-${ix}` })) },
      world: { actors: [null, actor(10, null), actor(9, 2)] },
    } as unknown as Simulation;
    const [table, ...others] = insideOf(simulation, 'orders');
    expect(others).toEqual([]);
    expect(table?.columns.map(({ key }) => key)).toEqual(['partition', 'fetches', 'records']);
    expect([table?.rows, table?.total]).toEqual([
      [
        [9, 2, 7],
        [10, null, 7],
      ],
      2,
    ]);
  });

  it('gives nothing for a node that is not there', () => {
    expect(insideOf(runOf(lineText({})), 'nobody')).toEqual([]);
  });
});

// ------------------------------------------------------------------ what is told

describe('what a queue tells', () => {
  it.each(['oldest', 'newest', 'strict', 'weighted'])('is in the order in which it is handed out (%s)', (order) => {
    const story = new Story({
      nodes: [
        ...[0, 3, 7].map((priority) => node(`p${priority}x`, 'sender', { rate: 20, limit: 15, priority })),
        node('orders', 'queue', {
          order,
          priorityWeights: [1, 1, 1, 2, 1, 1, 1, 5].map((weight, priority) => ({ name: `p${priority}`, weight })),
        }),
        node('worker', 'service', { work: lasting('200ms') }),
      ],
      wires: [
        ...[0, 3, 7].map((priority) => wire('publish', `p${priority}x`, 'orders', INSTANT)),
        wire('deliver', 'orders', 'worker', { ...INSTANT, desk: 1 }),
      ],
    }).to('3s');
    const inside = insideOf(story.simulation, 'orders');
    const told = letters(column(inside, 'queue.ready', 'letter'));
    expect(told.split(' ').length).toBeGreaterThan(20);
    const before = story.stops('delivered').length;
    const next = story
      .to('30s')
      .stops('delivered')
      .slice(before)
      .map(({ sender, number }) => `${sender}${number}`)
      .join(' ');
    expect(next).toBe(told);
  });

  it('leaves out what was acknowledged while it lay ready again', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1ms', '2ms'] }),
        node('orders', 'queue', { ackDeadline: '1s' }),
        node('worker', 'service', { work: lasting('4s') }),
      ],
      wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', INSTANT)],
    });
    const ready = (time: string) => letters(column(insideOf(story.to(time).simulation, 'orders'), 'queue.ready', 'letter'));
    // Back since its deadline; the worker has it still, and is done with it at 4 s.
    expect(ready('3s')).toBe('shop2 shop3 shop1');
    expect(ready('4500ms')).toBe('shop3');
  });

  it('is how many there are, where they are more than it lists', () => {
    const story = new Story({
      nodes: [node('shop', 'sender', { arrivals: 'constant', rate: 1000, limit: 1234 }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', INSTANT)],
    }).to('3s');
    const [ready] = named(insideOf(story.simulation, 'orders'), 'queue.ready');
    expect(ready?.total).toBe(1234);
    expect(ready?.rows.length).toBe(ROWS_TOLD_MAX);
  });

  it('names who has what and until when, and when what sleeps is ready again', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1s'] }),
        node('orders', 'queue', { ackDeadline: '30s' }),
        node('worker', 'service', {
          work: lasting('500ms'),
          failFirst: 1,
          retry: 'fixed',
          retryBase: '8s',
          maxAttempts: 5,
        }),
      ],
      wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', INSTANT)],
    }).to('1250ms');
    const inside = insideOf(story.simulation, 'orders');
    expect(letters(column(inside, 'queue.out', 'letter'))).toBe('shop2');
    expect(column(inside, 'queue.out', 'reader')).toEqual(['worker']);
    expect(column(inside, 'queue.out', 'goes-back')).toEqual([nsOf('30s') - nsOf('250ms')]);
    expect(letters(column(inside, 'queue.asleep', 'letter'))).toBe('shop1');
    expect(column(inside, 'queue.asleep', 'tried')).toEqual([1]);
    const [wakes] = column(inside, 'queue.asleep', 'wakes');
    const delivered = story.to('10s').stops('delivered').at(2);
    expect(delivered?.ns).toBe(nsOf('1250ms') + Number(wakes));
  });
});

describe('what a worker tells', () => {
  it('is what it works on, at which step and for how long, and what lies on its desk', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '100ms', '200ms'] }),
        node('orders', 'queue'),
        node('worker', 'service', { work: lasting('2s') }),
      ],
      wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', { ...INSTANT, desk: 3 })],
    }).to('1500ms');
    const inside = insideOf(story.simulation, 'worker');
    expect(letters(column(inside, 'service.places', 'letter'))).toBe('shop1');
    expect(column(inside, 'service.places', 'step')).toEqual(['step.work.label']);
    expect(column(inside, 'service.places', 'for')).toEqual([nsOf('1500ms')]);
    expect(column(inside, 'service.places', 'ends')).toEqual([nsOf('500ms')]);
    expect(letters(column(inside, 'service.desk', 'letter'))).toBe('shop2 shop3');
    expect(column(inside, 'service.desk', 'from')).toEqual(['orders', 'orders']);
  });

  it('is whether the breaker of a wire is open, for how long, and what it was judged by', () => {
    const simulation = runOf(scenarioText('hung-dependency'));
    let inside: Inside = [];
    for (let at = 60 * SECOND_NS; at < 90 * SECOND_NS; at += SECOND_NS / 10) {
      simulation.advanceTo(at);
      inside = insideOf(simulation, 'shipping');
      if (column(inside, 'caller.wire', 'breaker')[0] === 'inside.word.breaker-open') break;
    }
    expect(column(inside, 'caller.wire', 'breaker')).toEqual(['inside.word.breaker-open']);
    expect(Number(column(inside, 'caller.wire', 'lets-probe-in')[0])).toBeGreaterThan(0);
    expect(Number(column(inside, 'caller.wire', 'judged-failed')[0])).toBeGreaterThan(0.4);
    expect(named(inside, 'caller.wire')[0]?.about).toBe('tariffs');
  });

  it('is what a breaker judges by now, without having it look', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1ms', '2ms'] }),
        node('orders', 'queue'),
        node('worker', 'service', { steps: ['receive', 'call', 'acknowledge'] }),
        node('server', 'service', { work: lasting('10ms') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', INSTANT),
        wire('call', 'worker', 'server', { ...INSTANT, breaker: 'polly' }),
      ],
    });
    const { simulation } = story;
    const judged = () => column(insideOf(simulation, 'worker'), 'caller.wire', 'judged-calls');
    story.to('1s');
    expect(judged()).toEqual([3]);
    // Its window of 30 s is over, and nobody has called since.
    story.to('60s');
    const before = simulation.checkpoint();
    expect(judged()).toEqual([0]);
    expect(isDeepStrictEqual(simulation.checkpoint(), before)).toBe(true);
  });

  it('is who stands behind whom in its lanes', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 20, limit: 12, keys: 3 }),
        node('orders', 'queue'),
        node('worker', 'service', { work: lasting('10s'), concurrency: 3, assignment: 'by-key' }),
      ],
      wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', { ...INSTANT, desk: 20 })],
    }).to('2s');
    const inside = insideOf(story.simulation, 'worker');
    const lanes = column(inside, 'service.lanes', 'lane');
    const desk = column(inside, 'service.desk', 'lane');
    expect(sum(column(inside, 'service.lanes', 'behind'))).toBe(12 - lanes.length);
    // The next of each lane is the first on the desk of that lane.
    const onDesk = column(inside, 'service.desk', 'letter');
    const firstOf = lanes.filter((lane) => desk.includes(lane)).map((lane) => onDesk[desk.indexOf(lane)] as InsideCell);
    expect(letters(column(inside, 'service.lanes', 'next').filter((cell) => cell !== null))).toBe(letters(firstOf));
  });

  it('is which ids it forgets next, and when', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1s', '2s'] }),
        node('orders', 'queue'),
        node('worker', 'service', {
          steps: ['receive', 'remember', 'work', 'acknowledge'],
          work: lasting('10ms'),
          memoryTtl: '3s',
        }),
      ],
      wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', INSTANT)],
    });
    const forgets = (time: string) => insideOf(story.to(time).simulation, 'worker');
    expect(letters(column(forgets('2500ms'), 'service.to-forget', 'letter'))).toBe('shop1 shop2 shop3');
    expect(column(forgets('2500ms'), 'service.to-forget', 'forgotten-in')).toEqual(['500ms', '1500ms', '2500ms'].map(nsOf));
    // Nobody has used the memory since; what is too old is passed over all the same.
    expect(letters(column(forgets('3500ms'), 'service.to-forget', 'letter'))).toBe('shop2 shop3');
  });
});

describe('what a requester and a sender tell', () => {
  it('is when the caller of each open request gives up', () => {
    const story = new Story({
      nodes: [
        node('caller', 'requester', { arrivals: 'times', times: ['0s', '1s'], timeout: '5s' }),
        node('requests', 'queue'),
        node('answers', 'queue'),
      ],
      wires: [wire('publish', 'caller', 'requests', INSTANT), wire('deliver', 'answers', 'caller', INSTANT)],
    }).to('2s');
    const inside = insideOf(story.simulation, 'caller');
    expect(letters(column(inside, 'requester.open', 'letter'))).toBe('caller1 caller2');
    expect(column(inside, 'requester.open', 'due')).toEqual([nsOf('3s'), nsOf('4s')]);
    expect(story.to('4900ms').gauge('timed_out', 'caller')).toBe(0);
    expect(story.to('5100ms').gauge('timed_out', 'caller')).toBe(1);
  });

  it('is what a blocking queue holds back, and what it lets stand at its door', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 10 }),
        node('orders', 'queue', { capacity: 3, overflow: 'block' }),
      ],
      wires: [wire('publish', 'shop', 'orders', { delay: '150ms', confirm: true })],
    }).to('3s');
    const shop = insideOf(story.simulation, 'shop');
    const orders = insideOf(story.simulation, 'orders');
    expect(column(shop, 'wires.out', 'takes')).toEqual(['inside.word.holds-back']);
    expect(Number(column(shop, 'sender.state', 'held-back')[0])).toBeGreaterThan(0);
    const door = letters(column(orders, 'queue.door', 'letter'));
    expect(door.length).toBeGreaterThan(0);
    expect(letters(column(shop, 'publisher.unconfirmed', 'letter'))).toBe(door);
  });
});

// ------------------------------------------------------------------ words

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith('.ts') && !path.endsWith('.test.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('the words of tables', () => {
  it('are there for every shape that is declared, and no others', () => {
    const texts = sources(new URL('.', import.meta.url).pathname);
    const keys = new Set<string>();
    for (const text of texts) {
      for (const [, sort, name, columns] of text.matchAll(/(list|facts)Shape\(\s*'([a-z.-]+)',\s*\{([^}]*)\}/g)) {
        keys.add(`inside.${name}.title`);
        if (sort === 'list') keys.add(`inside.${name}.none`);
        for (const [, quoted, plain] of (columns ?? '').matchAll(/(?:'([a-z-]+)'|\b([a-z-]+)): '/g))
          keys.add(`inside.column.${quoted ?? plain}`);
      }
      for (const [word] of text.matchAll(/inside\.word\.[a-z-]+[a-z]/g)) keys.add(word);
    }
    // Made from the state of a breaker, and from how a request stands.
    for (const state of ['breaker-closed', 'breaker-half-open', 'breaker-open', 'held-back', 'rests', 'out'])
      keys.add(`inside.word.${state}`);
    keys.delete('inside.word.breaker');
    expect(Object.keys(INSIDE_MESSAGES).sort()).toEqual([...keys].sort());
  });

  it('are short where they head, and sentences where a table is empty', () => {
    for (const [key, text] of Object.entries(INSIDE_MESSAGES)) {
      const rule = key.endsWith('.none')
        ? /^[A-Z].*\.$/
        : key.startsWith('inside.word.')
          ? /^[a-z].{0,26}$/
          : /^[A-Z].{0,40}[^.]$/;
      expect(text, key).toMatch(rule);
    }
  });
});
