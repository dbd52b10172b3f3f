// Streams of randomness against their slow twin in whole numbers without end, which is held to published draws of sfc32.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSfc32, plainStream } from '../testing/slow-twins/plain-sfc32.ts';
import { chiSquareDeviations, countsByShare } from '../testing/slow-twins/statistics.ts';
import { Arena } from './arena.ts';
import { Streams } from './rng.ts';

const seeds = fc.oneof(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 0, max: 100 }));
const names = fc.string({ unit: 'binary', maxLength: 60 });

describe('the slow twin', () => {
  it('draws what others have published of sfc32', () => {
    // Seed 12345 as PractRand's 64-bit seeding does it: state (0, 12345, 0, 1) and 12 draws thrown away. The numbers are those of
    // sfc32_test.go in github.com/maloquacious/prng.
    const draw = plainSfc32(0n, 12345n, 0n, 1n);
    for (let i = 0; i < 12; i++) draw();
    expect(Array.from({ length: 10 }, () => draw())).toEqual([
      235160590, 2967261163, 116171463, 2882324903, 362604721, 4227106926, 1933307004, 1608300071, 2256615412, 2701957640,
    ]);
  });
});

describe('a stream', () => {
  it('draws what its twin draws, whatever seed and name', () => {
    fc.assert(
      fc.property(seeds, names, (seed, name) => {
        const streams = new Streams(new Arena());
        const stream = streams.open(seed, name);
        const twin = plainStream(seed, name);
        for (let i = 0; i < 40; i++) expect(streams.u32(stream)).toBe(twin());
      }),
      { numRuns: 300 },
    );
  });

  it('goes on as its twin does for a hundred thousand draws', () => {
    const streams = new Streams(new Arena());
    const stream = streams.open(7, 'checkout\narrivals');
    const twin = plainStream(7, 'checkout\narrivals');
    for (let i = 0; i < 100_000; i++) if (streams.u32(stream) !== twin()) expect(i).toBe('equal');
    expect(streams.u32(stream)).toBe(twin());
  });

  it('is nobody else: draws of many streams in any order are those of each alone, also after a copy and a return', () => {
    const step = fc.oneof(
      { weight: 10, arbitrary: fc.record({ do: fc.constant('draw' as const), of: fc.nat({ max: 99 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'put back' as const) }) },
    );
    fc.assert(
      fc.property(seeds, fc.array(step, { maxLength: 300 }), (seed, story) => {
        const arena = new Arena();
        const streams = new Streams(arena);
        let drawn = new Map<number, number>();
        let copy = { arena: arena.save(), drawn: new Map(drawn) };
        for (const move of story) {
          if (move.do === 'draw') {
            const already = drawn.get(move.of) ?? 0;
            const twin = plainStream(seed, `node ${move.of}`);
            for (let i = 0; i < already; i++) twin();
            expect(streams.u32(streams.open(seed, `node ${move.of}`))).toBe(twin());
            drawn.set(move.of, already + 1);
          } else if (move.do === 'copy') copy = { arena: arena.save(), drawn: new Map(drawn) };
          else {
            arena.load(copy.arena);
            drawn = new Map(copy.drawn);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of another name, or of another seed, has nothing in common', () => {
    const first = (seed: number, name: string): readonly number[] => {
      const streams = new Streams(new Arena());
      const stream = streams.open(seed, name);
      return Array.from({ length: 3 }, () => streams.u32(stream));
    };
    fc.assert(
      fc.property(seeds, seeds, names, names, (seed, otherSeed, name, otherName) => {
        if (name !== otherName) expect(first(seed, name)).not.toEqual(first(seed, otherName));
        if (seed !== otherSeed) expect(first(seed, name)).not.toEqual(first(otherSeed, name));
      }),
      { numRuns: 500 },
    );
    expect(first(1, 'ab')).not.toEqual(first(1, 'ba'));
    expect(first(2 ** 32, 'a')).not.toEqual(first(0, 'a'));
  });
});

describe('uniform draws', () => {
  it('lie strictly between 0 and 1, all over, one independent of the next', () => {
    const streams = new Streams(new Arena());
    const stream = streams.open(3, 'uniform');
    const draws = Float64Array.from({ length: 200_000 }, () => streams.uniform(stream));
    expect(
      Math.abs(
        chiSquareDeviations(
          countsByShare(draws, (u) => u, 1000),
          new Array(1000).fill(200),
        ),
      ),
    ).toBeLessThan(5);
    const pairs = new Array<number>(900).fill(0);
    for (let i = 0; i + 1 < draws.length; i += 2) {
      const cell = Math.floor((draws[i] as number) * 30) * 30 + Math.floor((draws[i + 1] as number) * 30);
      pairs[cell] = (pairs[cell] as number) + 1;
    }
    expect(Math.abs(chiSquareDeviations(pairs, new Array(900).fill(100_000 / 900)))).toBeLessThan(5);
  });

  it('are never 0 and never 1, at either end of the 32 bits', () => {
    const streams = new Streams(new Arena());
    const stream = streams.open(1, 'ends');
    streams.bits = () => 0;
    expect(streams.uniform(stream)).toBe(2 ** -33);
    streams.bits = () => -1;
    expect(streams.uniform(stream)).toBe(1 - 2 ** -33);
  });
});
