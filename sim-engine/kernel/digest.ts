// The fingerprint of a run: two 32-bit lanes over everything that happens, 16 hex digits. Always on; equal digests mean
// equal runs, bit for bit, wherever they ran.

import type { Arena, Saveable } from './arena.ts';
import { imul } from './exact-math.ts';

export class Digest implements Saveable {
  /** [high, low]: in an array, since a field cannot hold every 32-bit number without boxing it. */
  private readonly lanes = new Int32Array([0x6a09e667, 0xbb67ae85]);

  constructor(arena: Arena) {
    arena.register(this);
  }

  /**
   * Mixes one event in. Its time, in a cell, is whole and below 2^53 ns; it is split into two words. The two lanes differ in order and
   * constants, so that what collides in one does not in the other.
   */
  mix(timeCell: Float64Array, who: number, what: number, first: number, count: number): void {
    const lanes = this.lanes;
    const timeNs = timeCell[0] as number;
    const timeLow = timeNs | 0;
    const word =
      timeLow ^
      imul(who | 0, 0x9e3779b1) ^
      imul(what | 0, 0x7feb352d) ^
      imul(((timeNs * 2.3283064365386963e-10) | 0) ^ count, 0x2545f491);
    let high = imul((lanes[0] as number) ^ word, 0x85ebca6b);
    high = ((high << 13) | (high >>> 19)) ^ first;
    let low = imul((lanes[1] as number) ^ first ^ (word >>> 15), 0xcc9e2d51);
    low = (((low << 15) | (low >>> 17)) + word) | 0;
    high = (imul(high, 5) + 0xe6546b64) | 0;
    lanes[0] = high;
    lanes[1] = low + high;
  }

  /** The digest as two unsigned words, for frames. */
  get words(): readonly [number, number] {
    const [high, low] = this.lanes as unknown as [number, number];
    return [scramble(high ^ (low >>> 9)) >>> 0, scramble(low + imul(high, 0x27d4eb2f)) >>> 0];
  }

  /** 16 hex digits. */
  toString(): string {
    const [high, low] = this.words;
    return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
  }

  save(): unknown {
    return this.lanes.slice();
  }

  load(saved: unknown): void {
    this.lanes.set(saved as Int32Array);
  }
}

function scramble(value: number): number {
  let h = value;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
