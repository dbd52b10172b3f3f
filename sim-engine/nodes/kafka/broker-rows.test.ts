// What a cluster's cards show is what its brokers keep: a tape for each partition with its marks and readers, a group with its members, each
// broker with what it leads. A topic of many partitions tells of the first ones and of the others together.

import { describe, expect, it } from 'vitest';
import {
  BROKER,
  FOLD,
  FRAME,
  frameLength,
  GROUP,
  GROUP_STATE,
  MEMBER,
  MEMBER_STANDING,
  NODE_STATE,
  nodesAt,
  PARTITIONS_STRIDE,
  ROW,
  ROW_SORT,
  ROW_STRIDE,
  rowsAt,
  TAPE,
  TAPE_READER,
} from '../../protocol/frame.ts';
import { insideOf } from '../../simulation/inside.ts';
import { Sampler } from '../../simulation/sampler.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { runOf, scenarioText } from '../../testing/run-fixtures.ts';
import { placeOf } from './broker-rows.ts';

const S = 1e9;

function rowsOf(simulation: Simulation, id: string, sort: number): readonly (readonly number[])[] {
  const sampler = new Sampler(simulation);
  const frame = sampler.sample();
  const node = sampler.layout.nodes.findIndex((one) => one.id === id);
  const from = rowsAt(frame);
  return Array.from({ length: frame[FRAME.ROW_COUNT] as number }, (_, at) => [
    ...frame.slice(from + at * ROW_STRIDE, from + (at + 1) * ROW_STRIDE),
  ])
    .filter((row) => row[ROW.NODE] === node && row[ROW.SORT] === sort)
    .sort((a, b) => (a[2] as number) - (b[2] as number));
}

function cells(simulation: Simulation, id: string, table: string, key: string): readonly unknown[] {
  return insideOf(simulation, id)
    .filter(({ title }) => title === `inside.${table}.title`)
    .flatMap(({ columns, rows }) => rows.map((row) => row[columns.findIndex((one) => one.key === key)]));
}

const column = (rows: readonly (readonly number[])[], at: number): readonly number[] => rows.map((row) => row[at] as number);

describe('rows of a cluster', () => {
  const simulation = runOf(scenarioText('kafka-order-events'));
  simulation.advanceTo(10.0153 * S);
  const layout = new Sampler(simulation).layout;

  it('end the frame', () => {
    const frame = new Sampler(simulation).sample();
    const { gaugeCount, nodes, wires } = layout;
    const [letters, losses, lanes, rows] = [FRAME.LETTER_COUNT, FRAME.LOSS_COUNT, FRAME.LANE_COUNT, FRAME.ROW_COUNT].map(
      (at) => frame[at] as number,
    );
    expect(rows).toBe(3 + 3 + 3);
    expect(frame.length).toBe(frameLength(gaugeCount, nodes.length, wires.length, letters as number, losses, lanes, rows));
  });

  it('are a tape for each partition, with the marks of its log and the offsets of its group', () => {
    const tapes = rowsOf(simulation, 'order-events', ROW_SORT.TAPE);
    expect(column(tapes, TAPE.PARTITION)).toEqual([0, 1, 2]);
    const ends = cells(simulation, 'order-events', 'kafka-topic.partitions', 'high-watermark').map(Number);
    expect(column(tapes, TAPE.HIGH_WATERMARK)).toEqual(ends);
    expect(column(tapes, TAPE.LOG_END)).toEqual(ends);
    const group = layout.nodes.findIndex(({ id }) => id === 'order-processing');
    for (const row of tapes) {
      const [committed, reached] = [TAPE_READER.COMMITTED, TAPE_READER.REACHED].map((at) => row[TAPE.READERS + at] as number);
      expect(row[TAPE.READERS + TAPE_READER.GROUP]).toBe(group);
      expect(Math.max(0, committed as number)).toBeLessThanOrEqual(reached as number);
      expect(reached).toBeLessThanOrEqual(row[TAPE.HIGH_WATERMARK] as number);
    }
    const handedOut = tapes.reduce((sum, row) => sum + (row[TAPE.READERS + TAPE_READER.REACHED] as number), 0);
    expect(handedOut).toBe(
      cells(simulation, 'order-processing', 'kafka-group.lag', 'fetched').reduce<number>((a, b) => a + Number(b), 0),
    );
  });

  it('are the group with its members and what each owns', () => {
    const [group] = rowsOf(simulation, 'order-processing', ROW_SORT.GROUP);
    expect(group?.[GROUP.STATE]).toBe(GROUP_STATE.STABLE);
    expect(group?.[GROUP.GENERATION]).toBe(cells(simulation, 'order-processing', 'kafka-group.state', 'generation')[0]);
    const members = rowsOf(simulation, 'order-processing', ROW_SORT.MEMBER);
    expect(column(members, MEMBER.STANDING)).toEqual([MEMBER_STANDING.STABLE, MEMBER_STANDING.STABLE]);
    const owned = members.flatMap((row) => row.slice(MEMBER.OWNED, MEMBER.OWNED + (row[MEMBER.OWNS] as number)));
    const topic = layout.nodes.findIndex(({ id }) => id === 'order-events');
    expect([...owned].sort()).toEqual([0, 1, 2].map((partition) => topic * PARTITIONS_STRIDE + partition));
    const wires = column(members, MEMBER.WIRE).map((at) => layout.wires[at]?.id);
    expect([...wires].sort()).toEqual(['order-processing-processor-1', 'order-processing-processor-2']);
  });

  it('count the members that own nothing', () => {
    const idle = runOf(scenarioText('kafka-idle-members'));
    idle.advanceTo(20 * S);
    const [group] = rowsOf(idle, 'order-processing', ROW_SORT.GROUP);
    expect([group?.[GROUP.MEMBERS], group?.[GROUP.IDLE]]).toEqual([5, 2]);
  });

  it('are each broker, and one that is down leads all the same what nobody else has', () => {
    const down = runOf(scenarioText('kafka-order-events'));
    expect(down.command({ type: 'setParam', target: 'kafka', field: 'brokersDown', value: '2' }, 'tick')).toEqual([]);
    down.advanceTo(1 * S);
    const brokers = rowsOf(down, 'kafka', ROW_SORT.BROKER);
    expect(column(brokers, BROKER.IS_UP)).toEqual([1, 0, 1]);
    expect(column(brokers, BROKER.LEADS).reduce((a, b) => a + b)).toBeLessThanOrEqual(3);
    // The cluster is not down, and it is told which of its brokers is.
    const stateOf = (): number => {
      const sampler = new Sampler(down);
      const { gaugeCount, nodes } = sampler.layout;
      return sampler.sample()[nodesAt(gaugeCount) + nodes.findIndex(({ id }) => id === 'kafka')] as number;
    };
    expect(stateOf()).toBe(NODE_STATE.UP);
    expect(down.world.notices.since(0).map(({ key, values }) => [key, values.node, values.number])).toContainEqual([
      'notice.crashed.member',
      'kafka',
      2,
    ]);
    down.command({ type: 'setParam', target: 'kafka', field: 'brokersDown', value: '1,2,3' }, 'tick');
    down.advanceTo(2 * S);
    expect(stateOf()).toBe(NODE_STATE.CRASHED);
  });

  it('of a topic with many partitions are the first six, and the others together', () => {
    const many = runOf(scenarioText('kafka-order-events').replace('"partitions": 3', '"partitions": 40'));
    many.advanceTo(10 * S);
    expect(column(rowsOf(many, 'order-events', ROW_SORT.TAPE), TAPE.PARTITION)).toEqual([0, 1, 2, 3, 4, 5]);
    const folds = rowsOf(many, 'order-events', ROW_SORT.FOLD);
    expect(column(folds, FOLD.PARTITIONS).reduce((a, b) => a + b)).toBe(34);
    const records = cells(many, 'order-events', 'kafka-topic.partitions', 'records').map(Number);
    const partitions = cells(many, 'order-events', 'kafka-topic.partitions', 'partition').map(Number);
    const others = records.filter((_, at) => (partitions[at] as number) >= 6).reduce((a, b) => a + b);
    expect(column(folds, FOLD.RECORDS).reduce((a, b) => a + b)).toBe(others);
  });

  it('name the wire of a member by its id', () => {
    expect(placeOf('group-worker-2-0-17')).toEqual(['group-worker-2', 0]);
  });
});
