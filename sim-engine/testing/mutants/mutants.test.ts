// The planted faults themselves: that each can still be planted, is taken out again, and that the quickest are caught. All of them are
// for `npm run mutants`.

import { describe, expect, it } from 'vitest';
import * as dedup from '../../parts/dedup-window.ts';
import { World } from '../../world/world.ts';
import { fuzz } from '../fuzzer/fuzz.ts';
import { huntByFuzz, huntByVectors } from './hunt.ts';
import { MUTANTS, type Mutant, VECTOR_MUTANTS } from './mutants.ts';
import { replaceFunction, replaceMethod } from './planting.ts';
import { TEST_MUTANTS } from './test-mutants.ts';

const named = (name: string): Mutant => [...MUTANTS, ...VECTOR_MUTANTS].find((mutant) => mutant.name === name) as Mutant;

describe('a planted fault', () => {
  it('can be planted and taken out again, each of them', () => {
    const run = World.prototype.run;
    const { newDedupWindow, checkAndMark } = dedup;
    const all = [...MUTANTS, ...VECTOR_MUTANTS, ...TEST_MUTANTS];
    for (const mutant of all) mutant.plant()();
    expect(World.prototype.run).toBe(run);
    expect(dedup).toMatchObject({ newDedupWindow, checkAndMark });
    expect(MUTANTS.length).toBeGreaterThanOrEqual(10);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('that names a method which is no more fails loudly', () => {
    expect(() => replaceMethod(World.prototype, 'runs', (run) => run)).toThrow('World has no method runs');
  });

  it('that names a function which is no more fails loudly', () => {
    expect(() => replaceFunction(dedup, 'wasSeen', (wasSeen) => wasSeen)).toThrow('there is no function wasSeen');
  });

  it('is caught, told again by its line, and gone afterwards', () => {
    const { caughtBy, replay } = huntByFuzz(named('accepted-twice'), 10);
    expect(caughtBy).toBe('books balance');
    const seed = Number(/--seed (\d+)/.exec(replay as string)?.[1]);
    expect(fuzz(seed, 1).failure).toBeUndefined();
  });

  it('that keeps every law of a run is caught by theory', () => {
    const { caughtBy, message } = huntByVectors(named('a-trace-too-slow'));
    expect(caughtBy).toBe('queueing, exact');
    expect(message).toContain('theory');
  });
});
