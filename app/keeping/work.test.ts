import { describe, expect, it } from 'vitest';
import orderPipeline from '../../sim-engine/scenarios/order-pipeline.json?raw';
import type { Drawing } from '../store/drawing.ts';
import { readWork, type Work, writeWork } from './work.ts';

const START = JSON.parse(orderPipeline) as Drawing;
const WORK: Work = {
  start: START,
  now: { ...START, name: 'renamed' } as Drawing,
  seed: 9,
  log: [
    { atNs: 1e9, command: { type: 'setParam', target: 'checkout', field: 'rate', value: 30 } },
    { atNs: 2e9, command: { type: 'crash', node: 'worker-1', forNs: 5e9 } },
  ],
  isAhead: false,
  speed: 2,
  atNs: 12_345_678_901,
  events: 4711,
  digest: '0123456789abcdef',
  engineRevision: 3,
};
const VALUE = JSON.parse(writeWork({ ...WORK, now: START })) as { readonly [part: string]: unknown };
const problemsOf = (value: unknown) => {
  const read = readWork(typeof value === 'string' ? value : JSON.stringify(value));
  return read.ok ? [] : read.problems;
};

describe('a run as text', () => {
  it('is read back as it was written, a drawing that was only renamed included', () => {
    const scenario = { ...START, title: 'Renamed' } as Drawing;
    expect(readWork(writeWork({ ...WORK, now: scenario }))).toEqual({ ok: true, value: { ...WORK, now: scenario } });
  });

  it('says the drawing once where nothing was changed, and as fast as it goes is a speed', () => {
    const unchanged = { ...WORK, now: START, speed: Number.POSITIVE_INFINITY, isAhead: true };
    const source = writeWork(unchanged);
    expect(source.split('"checkout"').length).toBe(JSON.stringify(START).split('"checkout"').length + 1);
    expect(readWork(source)).toEqual({ ok: true, value: unchanged });
  });

  it('is refused as a whole for the first thing in it that is not right, with its place and a remedy', () => {
    const cases: readonly [string, unknown, string][] = [
      ['no JSON', '{"format":', 'line 1'],
      ['a bare scenario', START, 'the whole run'],
      ['a list', [VALUE], 'the whole run'],
      ['a number', 7, 'the whole run'],
      ['another seed', { ...VALUE, seed: -1 }, 'seed'],
      ['a moment in words', { ...VALUE, atNs: '12 s' }, 'atNs'],
      ['a moment beyond all time', { ...VALUE, atNs: 9e18 }, 'atNs'],
      ['a count that is none', { ...VALUE, events: 0.5 }, 'events'],
      ['a digest that is a script', { ...VALUE, digest: '<script>alert(1)</script>' }, 'digest'],
      ['a speed of 0', { ...VALUE, speed: 0 }, 'speed'],
      ['a log that is no list', { ...VALUE, log: { length: 1 } }, 'log'],
      ['a log of words', { ...VALUE, log: ['crash worker-1'] }, 'log › command 1'],
      ['a log that goes back in time', { ...VALUE, log: [...WORK.log].reverse() }, 'log › command 2'],
      [
        'an unknown command',
        { ...VALUE, log: [WORK.log[0], { atNs: 2e9, command: { type: 'eval', code: '1' } }] },
        'log › command 2',
      ],
      [
        'a drawing of the wrong kind',
        { ...VALUE, start: { format: 'broker-lab/topology', version: 1, nodes: 3, wires: [] } },
        'start',
      ],
      [
        'a present drawing with a bad place',
        { ...VALUE, now: { ...START, topology: { ...topologyWith({ x: 'left', y: 0 }) } } },
        'now',
      ],
    ];
    for (const [what, value, place] of cases) {
      const [problem] = problemsOf(value);
      expect(problem?.place, what).toContain(place);
      expect(problem?.sentence, what).toMatch(/\.$/);
      expect(problem?.remedy, what).toMatch(/\.$/);
    }
  });

  it('of a newer version is refused with the advice to reload', () => {
    const [problem] = problemsOf({ ...VALUE, version: 2 });
    expect(problem?.sentence).toContain('newer');
    expect(problem?.remedy).toContain('Reload');
    expect(problemsOf({ ...VALUE, version: 'one' })[0]?.sentence).toContain('does not say');
  });

  it('cannot smuggle in what objects inherit from', () => {
    const smuggled = JSON.stringify(VALUE).replace('"seed":9', '"seed":9,"__proto__":{"isHurt":true}');
    expect(problemsOf(smuggled)).toHaveLength(1);
    expect('isHurt' in {}).toBe(false);
  });
});

function topologyWith(position: unknown) {
  const { topology } = START as unknown as { topology: { nodes: readonly object[] } };
  return { ...topology, nodes: topology.nodes.map((node, ix) => (ix === 0 ? { ...node, position } : node)) };
}
