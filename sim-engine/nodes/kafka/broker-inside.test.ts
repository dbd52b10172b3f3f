// What a cluster and its clients tell of what they hold: every partition by its leader, a group by its coordinator alone, and both sides of a
// group the same of who owns what.

import { describe, expect, it } from 'vitest';
import { insideOf } from '../../simulation/inside.ts';
import { runOf, scenarioText } from '../../testing/run-fixtures.ts';
import type { InsideCell } from '../../world/inside.ts';
import { RECORDS_SHOWN } from './records-inside.ts';

const simulation = runOf(scenarioText('kafka-order-events'));
simulation.advanceTo(10_015_300_000);

function column(id: string, name: string, key: string): readonly InsideCell[] {
  return insideOf(simulation, id)
    .filter(({ title }) => title === `inside.${name}.title`)
    .flatMap(({ columns, rows }) => rows.map((row) => row[columns.findIndex((one) => one.key === key)] ?? null));
}

const CLOCK_NS = 20_015_300_000;

describe('the records of a partition', () => {
  const run = runOf(scenarioText('kafka-order-events'));
  run.advanceTo(CLOCK_NS);
  const ofGroup = (key: string) => {
    const table = insideOf(run, 'order-processing').find(({ title }) => title === 'inside.kafka-group.lag.title');
    return table?.rows.map((row) => row[table.columns.findIndex((one) => one.key === key)]) ?? [];
  };
  const page = (detail: string) => {
    const [table, ...others] = insideOf(run, 'order-events', detail);
    expect(others).toEqual([]);
    if (table === undefined) throw new Error(`nothing told of ${detail}`);
    const cells = (key: string) => table.rows.map((row) => row[table.columns.findIndex((one) => one.key === key)] ?? null);
    return { ...table, cells };
  };

  it('are told by offset, the newest first asked for, and a page before them', () => {
    const newest = page('1');
    expect(newest.number).toBe(1);
    const offsets = newest.cells('offset').map(Number);
    expect(offsets).toEqual(offsets.map((_, at) => (offsets[0] as number) + at));
    expect(newest.later).toBeUndefined();
    const before = page(newest.earlier ?? '');
    expect(before.cells('offset')[0]).toBe(Math.max(0, (offsets[0] as number) - RECORDS_SHOWN));
    expect(before.cells('offset')).toHaveLength(RECORDS_SHOWN);
    expect(page(before.later ?? '').cells('offset')[0]).toBe(Number(before.cells('offset').at(-1)) + 1);
    expect(page('1@0').earlier).toBeUndefined();
  });

  it('say who has read them: committed below the offset of the group, handed out from there on', () => {
    const at = ofGroup('of-partition').indexOf('order-events-0');
    const committed = Number(ofGroup('committed')[at]);
    const end = Number(ofGroup('high-watermark')[at]);
    expect(committed).toBeGreaterThan(0);
    expect(committed).toBeLessThan(end);
    const last = page(`0@${Math.max(0, committed - 3)}`);
    const readers = last.cells('offset').map((offset, row) => [Number(offset) < committed, last.cells('committed-by')[row]]);
    for (const [isBelow, ids] of readers) expect(ids).toBe(isBelow ? 'order-processing' : null);
    expect(last.cells('handed-to').slice(0, 4)).toEqual([null, null, null, 'order-processing']);
  });

  it('that were passed on say how often they were tried, and when they are due', () => {
    const retries = runOf(scenarioText('kafka-retry-topics'));
    retries.advanceTo(15 * 1e9);
    const told = (topic: string) =>
      [0, 1, 2].flatMap((partition) => {
        const [table] = insideOf(retries, topic, String(partition));
        const [headers, due] = ['headers', 'due'].map((key) => table?.columns.findIndex((one) => one.key === key) ?? -1);
        return table?.rows.map((row) => [row[headers as number] ?? null, row[due as number] ?? null]) ?? [];
      });
    const passedOn = told('retry-short').filter(([, due]) => Number(due) > 0);
    expect(passedOn.length).toBeGreaterThan(0);
    for (const [headers, due] of passedOn) {
      expect(headers).toMatch(/^retry_topic-attempts: [12]$/);
      expect(due).toBeLessThanOrEqual(2e9);
    }
    expect(told('order-events').every(([headers]) => headers === null)).toBe(true);
  });

  it('are nothing where there is no such partition', () => {
    expect(insideOf(run, 'order-events', '7')).toEqual([]);
    expect(insideOf(run, 'order-events', 'all')).toEqual([]);
  });
});

describe('what a cluster tells', () => {
  it('is each partition once, by its leader, with its marks', () => {
    // One table in order of the partitions, whoever leads them.
    expect(column('order-events', 'kafka-topic.partitions', 'partition')).toEqual([0, 1, 2]);
    const partitions = column('order-events', 'kafka-topic.partitions', 'partition');
    const marks = ['log-start', 'high-watermark', 'records'].map((key) => column('order-events', 'kafka-topic.partitions', key));
    for (const at of partitions.keys()) {
      const [logStart, highWatermark, records] = marks.map((cells) => Number(cells[at]));
      expect(logStart).toBeLessThanOrEqual(highWatermark as number);
      expect(records).toBe((highWatermark as number) - (logStart as number));
    }
  });

  it('is the group by its coordinator alone, and its members own what their clients say', () => {
    expect(column('order-processing', 'kafka-group.state', 'state')).toEqual(['Stable']);
    const owned = column('order-processing', 'kafka-group.members', 'owns');
    expect(owned.join(', ').split(', ').sort()).toEqual(['order-events-0', 'order-events-1', 'order-events-2']);
    const clients = ['processor-1', 'processor-2'].flatMap((id) => column(id, 'kafka-consumer.members', 'owns'));
    expect([...clients].sort()).toEqual([...owned].sort());
  });

  it('is at its producer what has gone out and is not answered', () => {
    const batches = column('shop', 'kafka-producer.batches', 'standing');
    const inFlight = batches.filter((standing) => standing === 'inside.word.batch-in-flight');
    expect(column('shop', 'kafka-producer.state', 'in-flight')).toEqual([inFlight.length]);
  });

  it('is what the group went through, from its first round on', () => {
    expect(column('order-processing', 'kafka-group.turns', 'state')).toEqual([
      'Stable',
      'CompletingRebalance',
      'PreparingRebalance',
      'Empty',
    ]);
    const [stable] = column('order-processing', 'kafka-group.turns', 'for');
    expect(column('order-processing', 'kafka-group.state', 'for')).toEqual([stable]);
  });

  it('is how far the group lags behind its committed offset', () => {
    // A later moment than the others look at: something is committed of every partition.
    simulation.advanceTo(20_015_300_000);
    const of = (key: string) => column('order-processing', 'kafka-group.lag', key).map(Number);
    const committed = of('committed');
    expect(committed.every((offset) => offset > 0)).toBe(true);
    expect(of('lag')).toEqual(of('high-watermark').map((end, at) => end - (committed[at] as number)));
  });
});
