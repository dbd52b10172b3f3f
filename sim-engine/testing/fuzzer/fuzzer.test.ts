// The fuzzer itself: that a seed is a story told the same way twice, that undo undoes, that it says what it has not reached, and that
// a few of its stories hold. The many are for `npm run fuzz`.

import { describe, expect, it } from 'vitest';
import { editDocument } from '../../simulation/edit-document.ts';
import type { TopologyDocument } from '../../topology/document.ts';
import { validateTopology } from '../../topology/parse.ts';
import { Coverage } from './coverage.ts';
import { Dice } from './dice.ts';
import { drawStory, oppositeOf } from './draw-story.ts';
import { fuzz, replayLine } from './fuzz.ts';

/** Drawn once: to draw one takes longer than to look at it. */
const STORIES = Array.from({ length: 30 }, (_, i) => drawStory(i + 1));

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
const inOrder = ({ nodes, wires }: TopologyDocument) => [[...nodes].sort(byId), [...wires].sort(byId)];

describe('a story of the fuzzer', () => {
  it('follows from its seed alone', () => {
    for (const story of STORIES.slice(0, 10)) expect(drawStory(story.seed)).toEqual(story);
    expect(STORIES[0]).not.toEqual(STORIES[1]);
  });

  it('begins with a drawing that can run, and some are calm', () => {
    for (const { topology } of STORIES) expect(validateTopology(topology)).toEqual([]);
    expect(new Set(STORIES.map(({ mood }) => mood))).toEqual(new Set(['calm', 'cluster', 'wild']));
  });

  it('gives its commands one after another, before its end', () => {
    for (const { script, endNs } of STORIES) {
      const times = script.map(({ atNs }) => atNs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const atNs of times) expect(atNs).toBeLessThan(endNs);
    }
  });

  it('undoes an edit by its opposite, whatever the edit was', () => {
    const edits = new Set<string>();
    for (const { topology, script } of STORIES) {
      let document = topology;
      for (const { command } of script) {
        const after = editDocument(document, command);
        if (after === document) continue;
        edits.add(command.type);
        expect(inOrder(editDocument(after, oppositeOf(document, command)))).toEqual(inOrder(document));
        document = after;
      }
    }
    expect(edits).toEqual(new Set(['setParam', 'addNode', 'removeNode', 'addWire', 'removeWire', 'edit']));
  });
});

describe('the fuzzer', () => {
  it.runIf(process.env.LONG_RUNS === '1')('finds nothing in its first stories, and reaches most of what there is', () => {
    const coverage = new Coverage();
    expect(fuzz(1, 12, coverage).failure).toBeUndefined();
    expect(coverage.missing.filter((name) => /^(kind|wire|field|edit|publish class) /.test(name))).toEqual([]);
    expect(coverage.missing.length).toBeLessThan(8);
  });

  it('names everything that nothing has reached', () => {
    const { missing } = new Coverage();
    const wanted = [
      'kind queue',
      'wire feed',
      'field service.failFirst',
      'field deliver.jitter',
      'edit removeWire',
      'fault stall',
    ];
    expect(missing).toEqual(
      expect.arrayContaining([...wanted, 'packet REDRIVE', 'publish class unroutable', 'delivery class lost']),
    );
  });

  it('gives the line that tells a story again', () => {
    expect(replayLine(7)).toBe('npm run fuzz -- --seeds 1 --seed 7');
    expect(replayLine(7, 'newest-first')).toBe('npm run fuzz -- --seeds 1 --seed 7 --mutant newest-first');
  });

  it('throws its dice evenly, and otherwise for another seed', () => {
    const dice = new Dice(1);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 6000; i++) {
      const side = dice.int(0, 5);
      counts[side] = (counts[side] as number) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(new Dice(1).share()).not.toBe(new Dice(2).share());
    expect([...dice.shuffled([1, 2, 3, 4])].sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });
});
