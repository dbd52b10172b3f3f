// Printing and reading are each other's inverse, and reading equals exact arithmetic.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBytes, parseDuration, printBytes, printDuration } from './units.ts';

const whole = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(),
  fc.nat(100).map((n) => n * 86_400_000_000_000),
  fc.nat(1e6).map((n) => n * 1000),
);

describe('units', () => {
  it('print then parse is the identity for durations', () => {
    fc.assert(
      fc.property(whole, (ns) => {
        expect(parseDuration(printDuration(ns))).toEqual({ ok: true, value: ns });
      }),
    );
  });

  it('print then parse is the identity for sizes', () => {
    fc.assert(
      fc.property(whole, (bytes) => {
        expect(parseBytes(printBytes(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  it('decimals are exact, as in arithmetic with whole numbers', () => {
    fc.assert(
      fc.property(fc.nat(9_000_000), fc.nat(999_999_999), (seconds, ns) => {
        const text = `${seconds}.${String(ns).padStart(9, '0')}s`;
        expect(parseDuration(text)).toEqual({ ok: true, value: seconds * 1_000_000_000 + ns });
      }),
    );
  });

  it('any text is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parsed of [parseDuration(text), parseBytes(text)]) {
          if (parsed.ok) expect(Number.isSafeInteger(parsed.value) && parsed.value >= 0).toBe(true);
        }
      }),
    );
  });
});
