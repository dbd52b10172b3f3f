import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isCommand } from '../../sim-engine/simulation/command-shape.ts';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import type { Act } from '../store/faults.ts';
import { choicesFor } from './choices.ts';
import { actFrom, beginnings, enteredFrom, PARTS } from './own-values.ts';

// What is asked here is worked out without an engine, and importing the lab would open one.
vi.mock('../store/lab.ts', () => ({ client: {}, useLab: {} }));

const TOPOLOGY = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'web', kind: 'sender' },
    { id: 'orders', kind: 'queue' },
  ],
  wires: [{ id: 'in', kind: 'publish', from: 'web', to: 'orders' }],
} as TopologyDocument;
const of = (id: string, running: readonly Act[] = []) => beginnings(choicesFor(TOPOLOGY, id, running) ?? []);
const ALL = [...of('web'), ...of('in')];
const like = (type: string) => ALL.find((act) => act.type === type) as (typeof ALL)[number];

describe('a fault with values of one’s own', () => {
  it('can be every fault that the menus begin, and no end of one', () => {
    expect(new Set(ALL.map(({ type }) => type))).toEqual(new Set(Object.keys(PARTS)));
    const slowed: Act = { type: 'slow', node: 'web', factor: 3 };
    expect(of('web', [slowed]).find(({ type }) => type === 'slow')).toEqual({
      type: 'slow',
      node: 'web',
      factor: 3,
      forNs: 10e9,
    });
  });

  it('is the choice it began from as long as nothing is changed', () => {
    for (const act of ALL) expect(actFrom(act, enteredFrom(act))).toEqual(act);
  });

  it('takes what is written, and lasts until it is ended where nothing is', () => {
    expect(actFrom(like('crash'), { for: '7.5 s' })).toEqual({ type: 'crash', node: 'web', forNs: 7.5e9 });
    expect(actFrom(like('crash'), { for: ' ' })).toEqual({ type: 'crash', node: 'web' });
    expect(actFrom(like('slow'), { factor: '0.5', for: '' })).toEqual({ type: 'slow', node: 'web', factor: 0.5 });
    expect(actFrom(like('lose'), { share: '33', for: '1min' })).toEqual({ type: 'lose', wire: 'in', share: 0.33, forNs: 60e9 });
    expect(actFrom(like('burst'), { count: '70', over: '' })).toEqual({ type: 'burst', node: 'web', count: 70 });
  });

  it('says which parts cannot be taken', () => {
    expect(actFrom(like('stall'), { for: '' })).toEqual(['for']);
    expect(actFrom(like('slow'), { factor: '1', for: '5' })).toEqual(['factor', 'for']);
    expect(actFrom(like('delay'), { extra: '0s', for: '' })).toEqual(['extra']);
    expect(actFrom(like('lose'), { share: '101', for: '' })).toEqual(['share']);
    expect(actFrom(like('burst'), { count: '1.5', over: 'soon' })).toEqual(['count', 'over']);
  });

  it('is a command that the engine reads, or is not taken, whatever is written', () => {
    const words = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.double({ noNaN: true }).map(String),
      fc.integer({ min: -5, max: 2e7 }).map(String),
      fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom('ns', 'ms', 's', 'h', 'd')).map((parts) => parts.join(' ')),
    );
    const entered = fc.record({ factor: words, share: words, extra: words, count: words, over: words, for: words });
    fc.assert(
      fc.property(fc.constantFrom(...ALL), entered, (act, written) => {
        const taken = actFrom(act, written);
        expect(Array.isArray(taken) || isCommand(taken)).toBe(true);
      }),
    );
  });
});
