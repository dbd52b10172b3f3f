import { describe, expect, it } from 'vitest';
import { FRAME, frameLength, LETTER, LETTER_STRIDE, lettersAt } from '../../sim-engine/protocol/frame.ts';
import { placesOf } from '../store/readings.ts';
import type { WireShape } from './geometry.ts';
import { letterAt } from './letter-at.ts';

const LAYOUT = {
  revision: 1,
  nodes: [
    { id: 'web', kind: 'sender', firstGauge: 0, gaugeCount: 0 },
    { id: 'orders', kind: 'queue', firstGauge: 0, gaugeCount: 0 },
  ],
  wires: [{ id: 'in' }, { id: 'out' }],
  gaugeCount: 0,
};
const places = placesOf(LAYOUT);
// A straight line from (0, 0) to (100, 0).
const shape = {
  id: 'in',
  points: Float32Array.from({ length: 98 }, (_, ix) => (ix % 2 === 0 ? (ix / 2 / 48) * 100 : 0)),
} as unknown as WireShape;

interface Letter {
  readonly wire: number;
  readonly number: number;
  readonly due: number;
  readonly direction?: number;
  readonly sender?: number;
}
function frameOf(letters: readonly Letter[]): Float64Array {
  const frame = new Float64Array(frameLength(0, 2, 2, letters.length));
  frame[FRAME.LETTER_COUNT] = letters.length;
  frame[FRAME.LETTERS_IN_ALL] = letters.length;
  letters.forEach(({ wire, number, due, direction = 1, sender = 0 }, ix) => {
    const at = lettersAt(0, 2, 2) + ix * LETTER_STRIDE;
    frame[at + LETTER.WIRE] = wire;
    frame[at + LETTER.SENT_AT_NS] = due - 100;
    frame[at + LETTER.DUE_AT_NS] = due;
    frame[at + LETTER.DIRECTION] = direction;
    frame[at + LETTER.NUMBER] = number;
    frame[at + LETTER.SENDER] = sender;
  });
  return frame;
}
const at = (x: number, letters: readonly Letter[], timeNs: number) =>
  letterAt({ x, y: 3 }, shape, frameOf(letters), places, LAYOUT, timeNs);

describe('a press on a wire', () => {
  it('means the letter drawn nearest to it', () => {
    // At time 100 they stand at 50 and 70.
    const letters = [
      { wire: 0, number: 1, due: 150 },
      { wire: 0, number: 2, due: 130 },
    ];
    expect(at(52, letters, 100)).toEqual({ sender: 'web', number: 1 });
    expect(at(66, letters, 100)).toEqual({ sender: 'web', number: 2 });
    expect(at(20, letters, 100)).toBeNull();
    // Later they are elsewhere, and in the end nowhere.
    expect(at(80, letters, 130)).toEqual({ sender: 'web', number: 1 });
    expect(at(52, letters, 200)).toBeNull();
  });

  it('finds what comes back from the other end, and nothing of another wire or of a sender that is gone', () => {
    expect(at(20, [{ wire: 0, number: 3, due: 120, direction: -1 }], 100)).toEqual({ sender: 'web', number: 3 });
    expect(at(50, [{ wire: 1, number: 4, due: 150 }], 100)).toBeNull();
    expect(at(50, [{ wire: 0, number: 5, due: 150, sender: -1 }], 100)).toBeNull();
  });

  it('means no letter where width stands for them', () => {
    const frame = frameOf([{ wire: 0, number: 1, due: 150 }]);
    frame[FRAME.LETTERS_IN_ALL] = 5000;
    expect(letterAt({ x: 50, y: 0 }, shape, frame, places, LAYOUT, 100)).toBeNull();
  });
});
