// Rates of what only ever grows, through edits of the drawing and across runs.

import { describe, expect, test } from 'vitest';
import { FRAME, lettersAt } from '../../sim-engine/protocol/frame.ts';
import type { FrameLayout } from '../../sim-engine/protocol/messages.ts';
import { type Places, placesOf, Rates } from './readings.ts';

// Gauges of a sender: sent, held_back.
const layoutOf = (revision: number, senders: readonly string[], wires: readonly string[]): FrameLayout => ({
  revision,
  nodes: senders.map((id, ix) => ({ id, kind: 'sender', firstGauge: ix * 2, gaugeCount: 2 })),
  wires: wires.map((id) => ({ id })),
  gaugeCount: senders.length * 2,
});

function frameOf(places: Places, layout: FrameLayout, timeS: number, numbers: ReadonlyMap<number, number>): Float64Array {
  const frame = new Float64Array(lettersAt(layout.gaugeCount, layout.nodes.length, layout.wires.length));
  frame[FRAME.SIM_TIME_NS] = timeS * 1e9;
  frame[FRAME.LAYOUT_REVISION] = places.revision;
  for (const [at, value] of numbers) frame[at] = value;
  return frame;
}

describe('a rate', () => {
  const layout = layoutOf(1, ['shop'], ['w1', 'w2']);
  const before = placesOf(layout);
  const first = frameOf(
    before,
    layout,
    10,
    new Map([
      [before.gauge('shop', 'sent'), 100],
      [before.wire('w2') + 1, 40],
    ]),
  );

  test('goes on through an edit that moves every number of the frame', () => {
    const rates = new Rates();
    rates.note(first, before);
    const edited = layoutOf(2, ['extra', 'shop'], ['w0', 'w1', 'w2']);
    const after = placesOf(edited);
    const later = frameOf(
      after,
      edited,
      12,
      new Map([
        [after.gauge('shop', 'sent'), 106],
        [after.wire('w2') + 1, 44],
        [after.gauge('extra', 'sent'), 8],
      ]),
    );
    rates.note(later, after);
    expect(rates.at(later, after.gauge('shop', 'sent'))).toBe(3);
    expect(rates.at(later, after.wire('w2') + 1)).toBe(2);
    // New since then: it had sent nothing before.
    expect(rates.at(later, after.gauge('extra', 'sent'))).toBe(4);
  });

  test('is never negative where a node was removed and brought back', () => {
    const rates = new Rates();
    rates.note(first, before);
    const later = frameOf(before, layout, 11, new Map([[before.gauge('shop', 'sent'), 2]]));
    rates.note(later, before);
    expect(rates.at(later, before.gauge('shop', 'sent'))).toBe(0);
  });

  test('begins anew with another run', () => {
    const rates = new Rates();
    rates.note(first, before);
    const start = frameOf(before, layout, 0, new Map());
    rates.note(start, before);
    expect(rates.at(start, before.gauge('shop', 'sent'))).toBeNaN();
    const later = frameOf(before, layout, 2, new Map([[before.gauge('shop', 'sent'), 8]]));
    rates.note(later, before);
    expect(rates.at(later, before.gauge('shop', 'sent'))).toBe(4);
  });
});
