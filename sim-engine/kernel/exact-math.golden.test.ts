// Recorded bits: they prove that results do not change, not that they are right. That is for exact-math.property.test.ts.

import { describe, expect, it } from 'vitest';
import { exp, exp2, ln, tanh } from './exact-math.ts';

const word = new DataView(new ArrayBuffer(8));

function bitsOf(x: number): string {
  word.setFloat64(0, x);
  return word.getBigUint64(0).toString(16).padStart(16, '0');
}

/** FNV-1a over the bits of f at 20,000 points from low to high. */
function digestOf(f: (x: number) => number, low: number, high: number): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i <= 20000; i++) {
    word.setFloat64(0, f(low + ((high - low) * i) / 20000));
    for (let byte = 0; byte < 8; byte++) hash = BigInt.asUintN(64, (hash ^ BigInt(word.getUint8(byte))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

describe('bits of exact math', () => {
  it('single results keep their bits', () => {
    expect([exp(1), exp(-1), exp(0.1), exp(100.5), exp(-740)].map(bitsOf)).toMatchInlineSnapshot(`
      [
        "4005bf0a8b145769",
        "3fd78b56362cef38",
        "3ff1aec7b35a00d4",
        "48ffcc37a76f9e76",
        "0000000000000055",
      ]
    `);
    expect([exp2(0.5), exp2(-0.1), exp2(10.75), exp2(-1060.3)].map(bitsOf)).toMatchInlineSnapshot(`
      [
        "3ff6a09e667f3bcd",
        "3feddb680117ab12",
        "409ae89f995ad3ad",
        "00000000000033fc",
      ]
    `);
    expect([ln(3), ln(10), ln(0.1), ln(1e300), ln(5e-324)].map(bitsOf)).toMatchInlineSnapshot(`
      [
        "3ff193ea7aad030a",
        "40026bb1bbb55516",
        "c0026bb1bbb55515",
        "4085963447f87fb5",
        "c0874385446d71c3",
      ]
    `);
    expect([tanh(0.1), tanh(0.54), tanh(0.56), tanh(1), tanh(15)].map(bitsOf)).toMatchInlineSnapshot(`
      [
        "3fb983d7795f413a",
        "3fdf8d1d668c4aa5",
        "3fe04159e3ace145",
        "3fe85efab514f394",
        "3feffffffffff96a",
      ]
    `);
  });

  it('twenty thousand results of each keep their bits', () => {
    expect(digestOf(exp, -745, 709)).toMatchInlineSnapshot(`"3bb90a160078add9"`);
    expect(digestOf(exp2, -1074, 1023)).toMatchInlineSnapshot(`"0218be3195b67508"`);
    expect(digestOf(ln, 1e-3, 100)).toMatchInlineSnapshot(`"5dcb25c57d139518"`);
    expect(digestOf(tanh, -20, 20)).toMatchInlineSnapshot(`"2b8062ba0e15a07a"`);
  });
});
