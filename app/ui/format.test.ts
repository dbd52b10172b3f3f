import { describe, expect, it } from 'vitest';
import { clock, count, digestOf, digestText, duration, durationText, figure, moment } from './format.ts';

describe('numbers for people', () => {
  it('have commas for thousands', () => {
    expect(count(4297)).toBe('4,297');
  });

  it('show about three figures of a rate, and never round a small one to nothing', () => {
    expect([0, 0.004, 0.8, 13.94, 241.2, 2400].map(figure)).toEqual(['0', '0.004', '0.8', '13.9', '241', '2,400']);
    expect(figure(Number.NaN)).toBe('–');
  });

  it('give a length of time in the unit it reads best in', () => {
    expect([152e6, 4.1e9, 90e9, 180e9, 1500, 7].map(durationText)).toEqual([
      '152 ms',
      '4.1 s',
      '90 s',
      '3 min',
      '1.5 µs',
      '7 ns',
    ]);
    expect(duration(Number.NaN)).toEqual({ figure: '–', unit: '' });
    expect(durationText(0)).toBe('0 s');
  });

  it('show simulated time as a clock and as a moment', () => {
    expect(clock(102_318_999_999)).toEqual({ whole: '00:01:42', fraction: '.318' });
    expect(moment(12_399_000_000)).toBe('0:12.3');
    expect(moment(61_000_000_000)).toBe('1:01.0');
  });

  it('show a digest as 16 hex digits with both halves kept whole', () => {
    expect(digestOf(0x9f3c21ab, 0x0000d415)).toBe('9f3c21ab0000d415');
    expect(digestText('9f3c21ab77e0d415')).toBe('9f3c 21ab 77e0 d415');
  });
});
