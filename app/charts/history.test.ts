import { describe, expect, it } from 'vitest';
import { DELIVERY_CLASSES, FRAME } from '../../sim-engine/protocol/frame.ts';
import { placesOf } from '../store/readings.ts';
import { quantilesOf, RunHistory } from './history.ts';

// Gauges of a queue: queue_size, ready, in_flight, delayed, oldest_age, redeliveries.
const places = placesOf({
  revision: 1,
  nodes: [{ id: 'q', kind: 'queue', firstGauge: 0, gaugeCount: 6 }],
  wires: [],
  gaugeCount: 6,
});
const MINUTE = 60e9;
const QUEUE = { queues: ['q'] };

function frame(timeNs: number, done: number, latencyNs = Number.NaN, ready = 0): Float64Array {
  const numbers = new Float64Array(FRAME.HEADER_LENGTH + 7);
  numbers[FRAME.LAYOUT_REVISION] = 1;
  numbers[FRAME.SIM_TIME_NS] = timeNs;
  numbers[FRAME.DELIVERY_BOOK + DELIVERY_CLASSES.indexOf('processed')] = done;
  numbers[FRAME.LATENCY_P50_NS] = latencyNs;
  numbers[FRAME.LATENCY_P95_NS] = latencyNs;
  numbers[FRAME.LATENCY_P99_NS] = latencyNs;
  numbers[places.gauge('q', 'ready')] = ready;
  return numbers;
}

describe('what charts remember', () => {
  it('gives the rate of an even run, however many frames it comes in', () => {
    for (const everyNs of [16e6, 100e6, 1e9]) {
      const history = new RunHistory();
      for (let timeNs = 0; timeNs <= 20e9; timeNs += everyNs)
        history.note(frame(timeNs, Math.floor((timeNs / 1e9) * 40)), places, MINUTE, QUEUE);
      expect(history.samples.at(-1)?.done).toBeGreaterThan(39);
      expect(history.samples.at(-1)?.done).toBeLessThan(41);
    }
  });

  it('keeps a bounded number of samples however long the run', () => {
    const history = new RunHistory();
    for (let ix = 0; ix < 5000; ix++) history.note(frame(ix * 1e9, ix), places, MINUTE, QUEUE);
    expect(history.samples.length).toBeLessThanOrEqual(1200);
    expect(history.samples.at(-1)?.timeNs).toBe(4999e9);
  });

  it('begins anew when the run is set back', () => {
    const history = new RunHistory();
    history.note(frame(50e9, 10), places, MINUTE, QUEUE);
    history.note(frame(0, 0), places, MINUTE, QUEUE);
    expect(history.samples.map((sample) => sample.timeNs)).toEqual([0]);
  });

  it('tells what follows anew when the run goes back a little, and keeps what came before', () => {
    const history = new RunHistory();
    for (let s = 0; s <= 20; s++) history.note(frame(s * 1e9, s * 10), places, MINUTE, QUEUE);
    for (let s = 10; s <= 20; s++) history.note(frame(s * 1e9 + 1, 100 + (s - 10) * 30), places, MINUTE, QUEUE);
    const times = history.samples.map((sample) => sample.timeNs);
    expect(times).toEqual([
      ...Array.from({ length: 11 }, (_, s) => s * 1e9),
      ...Array.from({ length: 10 }, (_, s) => (s + 11) * 1e9 + 1),
    ]);
    expect(history.samples[9]?.done).toBeCloseTo(10);
    expect(history.samples.at(-1)?.done).toBeCloseTo(30);
  });

  it('gives a gauge that is asked for later the past it had: a height as it was, a total as its growth', () => {
    const gauges = [
      { node: 'q', gauge: 'ready', isTotal: false },
      { node: 'q', gauge: 'redeliveries', isTotal: true },
    ];
    const asked = (from: number) => {
      const history = new RunHistory();
      for (let s = 0; s <= 10; s++) {
        const now = frame(s * 1e9, 0, Number.NaN, s * 2);
        now[places.gauge('q', 'redeliveries')] = s * s;
        history.note(now, places, MINUTE, s < from ? QUEUE : { ...QUEUE, gauges });
      }
      return history.samples;
    };
    // As if it had been asked for from the beginning.
    expect(asked(7)).toEqual(asked(0));
    expect(asked(7).map((sample) => sample['q ready'])).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    expect(asked(7).at(-1)?.['q redeliveries']).toBeCloseTo((100 - 49) / 3);
  });

  it('says nothing of a gauge for the time in which its node was not there, or that is no longer kept', () => {
    const history = new RunHistory();
    const gauges = [{ node: 'q', gauge: 'ready', isTotal: false }];
    history.note(frame(0, 0), placesOf({ revision: 0, nodes: [], wires: [], gaugeCount: 0 }), MINUTE, QUEUE);
    history.note(frame(1e9, 0, Number.NaN, 4), places, MINUTE, { ...QUEUE, gauges });
    expect(history.samples.map((sample) => sample['q ready'])).toEqual([Number.NaN, 4]);

    // A drawing so large that only the latest can be kept.
    const large = { ...places, letters: 300_000 };
    const long = new RunHistory();
    for (let s = 0; s < 6; s++) {
      const now = new Float64Array(300_000);
      now.set(frame(s * 1e9, 0, Number.NaN, s));
      long.note(now, large, MINUTE, QUEUE);
    }
    long.note(frame(5e9, 0, Number.NaN, 5), large, MINUTE, { ...QUEUE, gauges });
    expect(long.samples.map((sample) => sample['q ready'])).toEqual([Number.NaN, Number.NaN, Number.NaN, 3, 4, 5]);
  });

  it('goes on through an edit, which gives frames another layout', () => {
    const history = new RunHistory();
    history.note(frame(10e9, 100), places, MINUTE, QUEUE);
    const edited = frame(11e9, 140);
    edited[FRAME.LAYOUT_REVISION] = 2;
    history.note(edited, { ...places, revision: 2 }, MINUTE, QUEUE);
    expect(history.samples.map((sample) => sample.timeNs)).toEqual([10e9, 11e9]);
    expect(history.samples[1]?.done).toBe(40);
  });

  it('sums the sizes of the queues it is told of', () => {
    const history = new RunHistory();
    history.note(frame(0, 0, Number.NaN, 23), places, MINUTE, QUEUE);
    expect(history.samples[0]?.ready).toBe(23);
  });

  it('gives exact quantiles when every frame brings one letter', () => {
    const frames = Array.from({ length: 100 }, (_, ix) => ({ timeNs: ix, count: 1, p50: ix + 1, p95: ix + 1, p99: ix + 1 }));
    expect(quantilesOf(frames)).toEqual([50, 95, 99]);
  });

  it('gives the quantiles of the frames when all are alike', () => {
    expect(quantilesOf([1, 2, 3].map((timeNs) => ({ timeNs, count: 1000, p50: 5, p95: 20, p99: 40 })))).toEqual([5, 20, 40]);
  });

  it('has no quantile of nothing', () => {
    expect(quantilesOf([])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});
