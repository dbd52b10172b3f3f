import { expect, it } from 'vitest';
import { BREAKER, FRAME, frameLength, WIRE, wiresAt } from '../../sim-engine/protocol/frame.ts';
import { placesOf } from '../store/readings.ts';
import { BreakerHistory, stretches } from './breaker-history.ts';

const PLACES = placesOf({ revision: 1, nodes: [], wires: [{ id: 'ask' }], gaugeCount: 0 });

function frameAt(timeNs: number, state: number): Float64Array {
  const frame = new Float64Array(frameLength(0, 0, 1, 0));
  frame[FRAME.SIM_TIME_NS] = timeNs;
  frame[wiresAt(0, 0) + WIRE.BREAKER] = state;
  return frame;
}

const RUN = [
  [10, BREAKER.CLOSED],
  [20, BREAKER.CLOSED],
  [30, BREAKER.OPEN],
  [40, BREAKER.HALF_OPEN],
  [50, BREAKER.CLOSED],
] as const;

function noted(run: readonly (readonly [number, number])[]): BreakerHistory {
  const history = new BreakerHistory();
  for (const [timeNs, state] of run) history.note(frameAt(timeNs, state), PLACES);
  return history;
}

it('keeps when a breaker turned, and not how often one looked', () => {
  expect(noted(RUN).of('ask')).toEqual([
    { fromNs: 10, state: BREAKER.CLOSED },
    { fromNs: 30, state: BREAKER.OPEN },
    { fromNs: 40, state: BREAKER.HALF_OPEN },
    { fromNs: 50, state: BREAKER.CLOSED },
  ]);
});

it('forgets what lies ahead of a run that has gone back, and a breaker that was taken away', () => {
  const history = noted([...RUN, [35, BREAKER.OPEN]]);
  expect(history.of('ask').map(({ fromNs }) => fromNs)).toEqual([10, 30]);
  history.note(frameAt(36, BREAKER.NONE), PLACES);
  expect(history.of('ask')).toEqual([]);
});

it('is seen through a window of time: what lies outside is cut off, what was not noted is left empty', () => {
  const turns = noted(RUN).of('ask');
  expect(stretches(turns, 35, 45)).toEqual([
    { from: 0, to: 0.5, state: BREAKER.OPEN },
    { from: 0.5, to: 1, state: BREAKER.HALF_OPEN },
  ]);
  expect(stretches(turns, 0, 20)).toEqual([{ from: 0.5, to: 1, state: BREAKER.CLOSED }]);
  expect(stretches(turns, 20, 20)).toEqual([]);
});
