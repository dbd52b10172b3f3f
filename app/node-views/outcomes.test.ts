import { describe, expect, it } from 'vitest';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import { placesOf } from '../store/readings.ts';
import { Outcomes } from './outcomes.ts';

// Gauges of a service: busy, desk, utilisation, received, processed, failed and others.
const places = placesOf({
  revision: 1,
  nodes: [{ id: 'w', kind: 'service', firstGauge: 0, gaugeCount: 12 }],
  wires: [],
  gaugeCount: 12,
});
function frame(timeNs: number, processed: number, failed: number): Float64Array {
  const numbers = new Float64Array(FRAME.HEADER_LENGTH + 13);
  numbers[FRAME.SIM_TIME_NS] = timeNs;
  numbers[places.gauge('w', 'processed')] = processed;
  numbers[places.gauge('w', 'failed')] = failed;
  return numbers;
}

describe('the last ten attempts', () => {
  it('come in the order in which they ended', () => {
    const outcomes = new Outcomes();
    outcomes.of('w', frame(1, 1, 0), places);
    outcomes.of('w', frame(2, 1, 1), places);
    expect(outcomes.of('w', frame(3, 2, 1), places)).toEqual(['done', 'failed', 'done']);
  });

  it('are never more than ten, with the right share of failures when many end at once', () => {
    const outcomes = new Outcomes();
    const last = outcomes.of('w', frame(1, 800, 200), places);
    expect(last).toHaveLength(10);
    expect(last.filter((outcome) => outcome === 'failed')).toHaveLength(2);
  });

  it('say which letters were recognised and passed over', () => {
    const outcomes = new Outcomes();
    outcomes.of('w', frame(1, 1, 0), places);
    const next = frame(2, 2, 0);
    next[places.gauge('w', 'skipped_work')] = 2;
    expect(outcomes.of('w', next, places)).toEqual(['done', 'done', 'known', 'known']);
    expect(outcomes.of('w', next, places)).toHaveLength(4);

    const many = frame(3, 800, 100);
    many[places.gauge('w', 'skipped_work')] = 100;
    const last = new Outcomes().of('w', many, places);
    expect(last.filter((outcome) => outcome === 'known')).toHaveLength(1);
    expect(last.filter((outcome) => outcome === 'failed')).toHaveLength(1);
  });

  it('begin anew when the run is set back', () => {
    const outcomes = new Outcomes();
    outcomes.of('w', frame(5, 3, 0), places);
    expect(outcomes.of('w', frame(0, 0, 0), places)).toEqual([]);
  });
});
