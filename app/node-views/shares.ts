// A share that the engine gives as it is at this very moment (a worker with one place is either busy or not), levelled over the last
// seconds so that it can be read.

import { FRAME } from '../../sim-engine/protocol/frame.ts';

/** Simulated time after which a change has come through to two thirds. */
const LEVELLING_NS = 3e9;

interface Entry {
  timeNs: number;
  share: number;
}

export class Shares {
  readonly #entries = new Map<string, Entry>();

  /** The levelled share of a node; may be asked any number of times for one frame. */
  of(node: string, frame: Float64Array, place: number): number {
    const now = frame[place] ?? 0;
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    const entry = this.#entries.get(node);
    if (entry === undefined || timeNs < entry.timeNs) {
      this.#entries.set(node, { timeNs, share: now });
      return now;
    }
    const weight = 1 - Math.exp((entry.timeNs - timeNs) / LEVELLING_NS);
    entry.share += (now - entry.share) * weight;
    entry.timeNs = timeNs;
    return entry.share;
  }
}
