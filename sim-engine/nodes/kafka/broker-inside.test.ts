// What a cluster and its clients tell of what they hold: every partition by its leader, a group by its coordinator alone, and both sides of a
// group the same of who owns what.

import { describe, expect, it } from 'vitest';
import { insideOf } from '../../simulation/inside.ts';
import { runOf, scenarioText } from '../../testing/run-fixtures.ts';
import type { InsideCell } from '../../world/inside.ts';

const simulation = runOf(scenarioText('kafka-order-events'));
simulation.advanceTo(10_015_300_000);

function column(id: string, name: string, key: string): readonly InsideCell[] {
  return insideOf(simulation, id)
    .filter(({ title }) => title === `inside.${name}.title`)
    .flatMap(({ columns, rows }) => rows.map((row) => row[columns.findIndex((one) => one.key === key)] ?? null));
}

describe('what a cluster tells', () => {
  it('is each partition once, by its leader, with its marks', () => {
    const partitions = column('order-events', 'kafka-topic.partitions', 'partition');
    expect([...partitions].sort()).toEqual([0, 1, 2]);
    const marks = ['log-start', 'high-watermark', 'log-end'].map((key) => column('order-events', 'kafka-topic.partitions', key));
    for (const at of partitions.keys()) {
      const [logStart, highWatermark, logEnd] = marks.map((cells) => Number(cells[at]));
      expect(logStart).toBeLessThanOrEqual(highWatermark as number);
      expect(highWatermark).toBeLessThanOrEqual(logEnd as number);
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

  it('is how far the group lags behind its committed offset', () => {
    // A later moment than the others look at: something is committed of every partition.
    simulation.advanceTo(20_015_300_000);
    const of = (key: string) => column('order-processing', 'kafka-group.lag', key).map(Number);
    const committed = of('committed');
    expect(committed.every((offset) => offset > 0)).toBe(true);
    expect(of('lag')).toEqual(of('high-watermark').map((end, at) => end - (committed[at] as number)));
  });
});
