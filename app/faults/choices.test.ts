import { describe, expect, it, vi } from 'vitest';
import type { LoggedCommand } from '../../sim-engine/protocol/messages.ts';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { type Act, marksOf } from '../store/faults.ts';
import { choicesFor, runningAt } from './choices.ts';

// What is asked here is worked out without an engine, and importing the lab would open one.
vi.mock('../store/lab.ts', () => ({ client: {}, useLab: {} }));

const S = 1e9;
const TOPOLOGY = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'web', kind: 'sender' },
    { id: 'orders', kind: 'queue' },
    { id: 'dead', kind: 'dead-letter-queue' },
  ],
  wires: [
    { id: 'in', kind: 'publish', from: 'web', to: 'orders' },
    { id: 'gives-up', kind: 'dead-letter', from: 'orders', to: 'dead' },
  ],
} as TopologyDocument;

const at = (seconds: number, command: LoggedCommand['command']): LoggedCommand => ({ atNs: seconds * S, command });
const types = (acts: readonly Act[] | null) => [...new Set(acts?.map((act) => act.type))];

describe('the fault menu', () => {
  it('offers each kind what it knows', () => {
    expect(types(choicesFor(TOPOLOGY, 'web', []))).toEqual(['crash', 'slow', 'stall', 'burst', 'poison']);
    expect(types(choicesFor(TOPOLOGY, 'orders', []))).toEqual(['crash', 'slow', 'stall']);
    expect(types(choicesFor(TOPOLOGY, 'dead', []))).toEqual(['crash', 'slow', 'stall', 'redrive']);
    expect(types(choicesFor(TOPOLOGY, 'in', []))).toEqual(['cut', 'delay', 'lose']);
  });

  it('offers nothing for a wire that cannot fail, or for what is not drawn', () => {
    expect(choicesFor(TOPOLOGY, 'gives-up', [])).toBeNull();
    expect(choicesFor(TOPOLOGY, 'nobody', [])).toBeNull();
  });

  it('puts what ends a fault first, and asks nothing of a node that is down', () => {
    const choices = choicesFor(TOPOLOGY, 'web', [
      { type: 'crash', node: 'web' },
      { type: 'crash', node: 'orders' },
    ]) as Act[];
    expect(choices[0]).toEqual({ type: 'restart', node: 'web' });
    expect(types(choices)).toEqual(['restart', 'slow', 'poison']);
    const slowed = choicesFor(TOPOLOGY, 'in', [{ type: 'delay', wire: 'in', extraNs: S }]) as Act[];
    expect(slowed[0]).toEqual({ type: 'delay', wire: 'in', extraNs: 0 });
  });
});

describe('marks of what was done', () => {
  it('end by themselves, by their opposite, or by another of their kind, whichever is first', () => {
    const marks = marksOf(
      [at(7, { type: 'cut', wire: 'in', forNs: 2 * S })],
      [
        at(1, { type: 'crash', node: 'web', forNs: 5 * S }),
        at(2, { type: 'setParam', target: 'web', field: 'rate', value: 3 }),
        at(3, { type: 'restart', node: 'web' }),
        at(4, { type: 'slow', node: 'orders', factor: 3 }),
        at(5, { type: 'slow', node: 'orders', factor: 5, forNs: S }),
        at(6, { type: 'crash', node: 'web' }),
      ],
      10,
    );
    expect(marks.map(({ command, endNs, index }) => [command.type, endNs === null ? null : endNs / S, index])).toEqual([
      ['crash', 3, 10],
      ['restart', null, 12],
      ['slow', 5, 13],
      ['slow', 6, 14],
      ['crash', null, 15],
      ['cut', 9, null],
    ]);
    const running = (seconds: number) => runningAt(marks, seconds * S).map((act) => act.type);
    expect(running(2)).toEqual(['crash']);
    expect(running(3)).toEqual([]);
    expect(running(5.5)).toEqual(['slow']);
    expect(running(8)).toEqual(['crash', 'cut']);
    expect(running(100)).toEqual(['crash']);
  });

  it('of a stall end with it, and those that happen once never run', () => {
    const marks = marksOf(
      [],
      [
        at(1, { type: 'stall', node: 'web', forNs: S }),
        at(2, { type: 'burst', node: 'web', count: 5 }),
        at(3, { type: 'redrive', node: 'dead' }),
      ],
      0,
    );
    expect(marks.map(({ endNs }) => endNs)).toEqual([2 * S, null, null]);
    expect(runningAt(marks, 1.5 * S).length).toBe(1);
    expect(runningAt(marks, 5 * S)).toEqual([]);
  });
});
