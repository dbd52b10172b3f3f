// Recorded draws: they prove that a law's draws do not change, not that they are right. That is for distributions.test.ts.

import { expect, it } from 'vitest';
import { Arena } from './arena.ts';
import { Law } from './distributions.ts';
import { KeyLaw, type KeyLawSpec } from './key-law.ts';
import type { LawSpec } from './law-spec.ts';
import { Streams } from './rng.ts';

const LAWS: readonly LawSpec[] = [
  { law: 'constant', value: 1000 },
  { law: 'uniform', low: 1000, high: 9000 },
  { law: 'exponential', mean: 1e6 },
  { law: 'erlang', shape: 4, mean: 1e6 },
  { law: 'hyperexponential', share: 0.2, mean1: 4e6, mean2: 5e5 },
  { law: 'two-point', share: 0.1, value1: 5000, value2: 50 },
  { law: 'normal', mean: 1e6, deviation: 3e5 },
  { law: 'log-normal', mean: 1e6, scv: 3 },
  { law: 'geometric', share: 0.05, unit: 1000 },
];

const KEY_LAWS: readonly KeyLawSpec[] = [
  { law: 'uniform', keys: 1000 },
  { law: 'zipf', keys: 1000, exponent: 1.1 },
  { law: 'weighted', weights: [5, 0, 3, 2] },
];

/** FNV-1a over the 64 bits of each draw. */
function digestOf(draws: Float64Array): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new Uint8Array(draws.buffer)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

it('draws of lengths and of keys stay what they are', () => {
  const streams = new Streams(new Arena());
  const cell = new Float64Array(1);
  const lines: string[] = [];
  for (const spec of LAWS) {
    const law = new Law(spec, streams, streams.open(1, spec.law));
    const draws = Float64Array.from({ length: 20_000 }, () => {
      law.drawInto(cell);
      return cell[0] as number;
    });
    lines.push(`${spec.law}: ${digestOf(draws)} ${draws.slice(0, 3).join(' ')}`);
  }
  for (const spec of KEY_LAWS) {
    const law = new KeyLaw(spec, streams, streams.open(1, `keys ${spec.law}`));
    const draws = Float64Array.from({ length: 20_000 }, () => law.draw());
    lines.push(`keys ${spec.law}: ${digestOf(draws)} ${draws.slice(0, 3).join(' ')}`);
  }
  expect(lines).toMatchInlineSnapshot(`
    [
      "constant: e79b30617a673125 1000 1000 1000",
      "uniform: eb1b3551fcc1c4bc 2277 2028 8692",
      "exponential: c73b21a55cd3106b 1581458 359515 107183",
      "erlang: ae65543146da48e9 674764 1368144 475594",
      "hyperexponential: 055648238f1e5127 616322 71377 24812",
      "two-point: c7659aff49eb4037 5000 5000 50",
      "normal: b54f9b8ec839be81 690650 845917 525341",
      "log-normal: 73465329afce4773 375089 113941 4162603",
      "geometric: 8e6f7ec94bfdb6f5 14000 23000 6000",
      "keys uniform: ee408eaa5220b434 955 865 50",
      "keys zipf: e21aaa45086460d6 275 4 12",
      "keys weighted: b9368fd56fbfd4dd 2 2 2",
    ]
  `);
});
