// Durations and sizes as people write them.

import { describe, expect, it } from 'vitest';
import { parseBytes, parseDuration, printBytes, printDuration } from './units.ts';

describe('a duration', () => {
  it.each([
    ['7ns', 7],
    ['10us', 10_000],
    ['10µs', 10_000],
    ['250ms', 250_000_000],
    ['1.5s', 1_500_000_000],
    ['2min', 120_000_000_000],
    ['1h', 3_600_000_000_000],
    ['1d', 86_400_000_000_000],
    ['0s', 0],
    ['0.000000001s', 1],
    ['1.1s', 1_100_000_000],
    ['2 min', 120_000_000_000],
    ['9007199254740991ns', Number.MAX_SAFE_INTEGER],
  ])('%s is read exactly', (text, ns) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ns });
  });

  it.each(['', 's', '5', '-1s', '+1s', '1e3s', '1.s', '.5s', '1s1', 'one second', '1 s s', '1m', '1S', '1,5s', '١s', '\n1s'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toEqual({ ok: false, fault: 'malformed' });
    },
  );

  it('is refused rather than rounded', () => {
    expect(parseDuration('0.5ns')).toEqual({ ok: false, fault: 'too-fine' });
    expect(parseDuration('1.0000000001s')).toEqual({ ok: false, fault: 'too-fine' });
    expect(parseDuration('1.0000000000s')).toEqual({ ok: true, value: 1_000_000_000 });
  });

  it('is refused beyond 2^53 ns', () => {
    expect(parseDuration('9007199254740992ns')).toEqual({ ok: false, fault: 'too-large' });
    expect(parseDuration('99999999999999999999d')).toEqual({ ok: false, fault: 'too-large' });
    expect(parseDuration('200.5d')).toEqual({ ok: false, fault: 'too-large' });
  });

  it('is printed as one would write it', () => {
    const printed = [0, 7, 1_250, 250_000_000, 1_500_000_000, 60_000_000_000, 90_000_000_000, 86_400_000_000_000, 1_234_567];
    expect(printed.map(printDuration)).toEqual(['0s', '7ns', '1.25us', '250ms', '1.5s', '1min', '90s', '1d', '1234.567us']);
  });
});

describe('a size', () => {
  it('is read with units of a thousand and of 1024', () => {
    expect(['10KB', '10kB', '1KiB', '1.5MB', '7B', '2GB', '1MB/s'].map((text) => parseBytes(text))).toEqual(
      [10_000, 10_000, 1_024, 1_500_000, 7, 2_000_000_000, 1_000_000].map((value) => ({ ok: true, value })),
    );
  });
  it('needs a unit, and whole bytes', () => {
    expect(parseBytes('10')).toEqual({ ok: false, fault: 'malformed' });
    expect(parseBytes('0.5B')).toEqual({ ok: false, fault: 'too-fine' });
  });
  it('is printed as one would write it', () => {
    expect([0, 999, 1_000, 1_500_000, 1_234_567].map(printBytes)).toEqual(['0B', '999B', '1KB', '1.5MB', '1234.567KB']);
  });
});
