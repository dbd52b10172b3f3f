import { describe, expect, it } from 'vitest';
import { isFarTooMuch, LONG_LINE, type Progress, progressOf, type Seen, START } from './first-steps.ts';

const CALM: Seen = { rate: 2.5, startRate: 2.5, waiting: 0, readers: 3, startReaders: 3, hasLooseWorker: false };

/** The steps that are shown while one thing after another is seen. */
function stepsOf(...all: readonly Partial<Seen>[]): string[] {
  let progress: Progress = START;
  let seen = CALM;
  return all.map((change) => {
    seen = { ...seen, ...change };
    progress = progressOf(progress, seen);
    return progress.step;
  });
}

describe('the first steps', () => {
  it('are for a handful of workers: what is four times as much for each of them is far too much', () => {
    expect(isFarTooMuch({ ...CALM, rate: 9 })).toBe(false);
    expect(isFarTooMuch({ ...CALM, rate: 10 })).toBe(true);
    expect(isFarTooMuch({ ...CALM, rate: 10, readers: 4 })).toBe(false);
    expect(isFarTooMuch({ ...CALM, rate: 50, readers: 8 })).toBe(true);
    expect(isFarTooMuch({ ...CALM, rate: 50, readers: 20 })).toBe(false);
  });

  it('lead from a higher rate over a long line and a worker to a short one', () => {
    expect(
      stepsOf(
        {},
        { rate: 8 },
        { waiting: LONG_LINE },
        { hasLooseWorker: true },
        { hasLooseWorker: false, readers: 4 },
        { waiting: 1 },
      ),
    ).toEqual(['raise', 'more', 'grows', 'wire', 'shares', 'healed']);
  });

  it('say so when one worker more is not enough, and promise nothing before it is seen', () => {
    expect(
      stepsOf(
        { rate: 20, waiting: 30 },
        { readers: 4 },
        { waiting: 35 },
        { waiting: 36 },
        { readers: 8, waiting: 30 },
        { waiting: 24 },
      ),
    ).toEqual(['grows', 'shares', 'shares', 'still', 'shares', 'heals']);
  });

  it('see a long line get shorter although it was shorter once', () => {
    expect(
      stepsOf({ rate: 20, waiting: 90 }, { readers: 4 }, { waiting: 570 }, { waiting: 560 }, { waiting: 530 }, { waiting: 580 }),
    ).toEqual(['grows', 'shares', 'still', 'still', 'heals', 'still']);
  });

  it('call nothing healed that came and went by chance', () => {
    expect(stepsOf({ waiting: LONG_LINE }, { waiting: 0 }, { rate: 8 })).toEqual(['grows', 'raise', 'more']);
  });

  it('take a lower rate for a remedy too', () => {
    expect(stepsOf({ rate: 20, waiting: 30 }, { rate: 1, waiting: 20 }, { waiting: 2 })).toEqual(['grows', 'heals', 'healed']);
  });

  it('ask for nothing that was taken back', () => {
    expect(stepsOf({ rate: 3 }, { rate: 2.5 })).toEqual(['more', 'raise']);
  });

  it('stay healed', () => {
    expect(stepsOf({ rate: 20, waiting: 30 }, { waiting: 0 }, { waiting: 50 }).at(-1)).toBe('healed');
  });
});
