import { describe, expect, it } from 'vitest';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import { placesOf } from '../store/readings.ts';
import { Outcomes } from './outcomes.ts';

// Gauges of a service: busy, desk, utilisation, received, processed, failed.
const places = placesOf({
  revision: 1,
  nodes: [{ id: 'w', kind: 'service', firstGauge: 0, gaugeCount: 6 }],
  wires: [],
  gaugeCount: 6,
});
function frame(timeNs: number, processed: number, failed: number): Float64Array {
  const numbers = new Float64Array(FRAME.HEADER_LENGTH + 7);
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

  it('begin anew when the run is set back', () => {
    const outcomes = new Outcomes();
    outcomes.of('w', frame(5, 3, 0), places);
    expect(outcomes.of('w', frame(0, 0, 0), places)).toEqual([]);
  });
});
