// Facts of section 8 of docs/semantics/patterns.md: the trip of the brief, and what stops a projection.

import { describe, expect, it } from 'vitest';
import { appendExpecting, foldEvent, NOTHING_YET, newFold, nextState, resumeFold, TRIP } from './event-fold.ts';

const event = (name: string): number => TRIP.events.indexOf(name);
const state = (name: string): number => TRIP.states.indexOf(name);

describe('a trip', () => {
  it('begins by being requested and may be cancelled until it has started', () => {
    expect(nextState(TRIP, NOTHING_YET, event('trip_requested'))).toBe(state('REQUESTED'));
    expect(nextState(TRIP, NOTHING_YET, event('trip_cancelled'))).toBe(-1);
    const cancellable = TRIP.states.filter((name) => nextState(TRIP, state(name), event('trip_cancelled')) >= 0);
    expect(cancellable.sort((a, b) => (a < b ? -1 : 1))).toEqual(['ACCEPTED', 'ARRIVED', 'REQUESTED']);
  });

  it('has an end: nothing follows completion or cancellation', () => {
    for (const end of ['COMPLETED', 'CANCELLED'])
      for (const name of TRIP.events) expect(nextState(TRIP, state(end), event(name))).toBe(-1);
  });
});

describe('a fold', () => {
  it('P35: stops at an illegal transition without advancing', () => {
    const fold = newFold();
    foldEvent(TRIP, fold, 0, event('trip_requested'));
    expect(foldEvent(TRIP, fold, 1, event('trip_completed'))).toBe('stopped');
    expect(fold).toEqual({ state: state('REQUESTED'), seq: 0, ignored: 0, gapAt: -1, illegalAt: 1 });
    expect(foldEvent(TRIP, fold, 1, event('trip_accepted'))).toBe('stopped');
  });

  it('does not take an event that its table has no name for', () => {
    const fold = newFold();
    expect(foldEvent(TRIP, fold, 0, event('trip_rated'))).toBe('stopped');
    expect(fold.illegalAt).toBe(0);
  });

  it('stops at a gap, and goes on when it reads again from there', () => {
    const fold = newFold();
    foldEvent(TRIP, fold, 0, event('trip_requested'));
    expect(foldEvent(TRIP, fold, 2, event('driver_arrived'))).toBe('stopped');
    expect([fold.gapAt, foldEvent(TRIP, fold, 1, event('trip_accepted'))]).toEqual([1, 'stopped']);
    resumeFold(fold);
    expect([foldEvent(TRIP, fold, 1, event('trip_accepted')), foldEvent(TRIP, fold, 2, event('driver_arrived'))]).toEqual([
      'applied',
      'applied',
    ]);
  });
});

describe('an append', () => {
  it('P34: of two that saw the same end one wins, and the other may look again', () => {
    const stream = { lastSeq: 4 };
    expect([appendExpecting(stream, 4, 2), appendExpecting(stream, 4, 1), stream.lastSeq]).toEqual([true, false, 6]);
    expect([appendExpecting(stream, 6, 1), stream.lastSeq]).toEqual([true, 7]);
  });
});
