// How the breakers of a run stood over time, by wire: noted from frames as they come in, since this was loaded. What comes and goes
// between two frames is not seen; how often one opened is counted by the engine. A run that goes back in time forgets what is then to come.

import { BREAKER, FRAME, WIRE } from '../../sim-engine/protocol/frame.ts';
import type { Places } from '../store/readings.ts';

/** A breaker stood so from this time on, ns. */
export interface Turn {
  readonly fromNs: number;
  readonly state: number;
}

/** Turns kept of a wire. */
const TURNS_MAX = 400;

export class BreakerHistory {
  readonly #turns = new Map<string, Turn[]>();
  #timeNs = 0;

  /** Takes a frame in; makes nothing while nothing turns. */
  note(frame: Float64Array, places: Places): void {
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    if (timeNs < this.#timeNs) this.#goBack(timeNs);
    this.#timeNs = timeNs;
    for (const wire of places.wireIds) {
      const state = frame[places.wire(wire) + WIRE.BREAKER] as number;
      const turns = this.#turns.get(wire);
      if (state === BREAKER.NONE) {
        if (turns !== undefined) this.#turns.delete(wire);
      } else if (turns === undefined) this.#turns.set(wire, [{ fromNs: timeNs, state }]);
      else if (turns.at(-1)?.state !== state) {
        turns.push({ fromNs: timeNs, state });
        if (turns.length > TURNS_MAX) turns.shift();
      }
    }
  }

  /** Oldest first. */
  of(wire: string): readonly Turn[] {
    return this.#turns.get(wire) ?? [];
  }

  #goBack(timeNs: number): void {
    for (const [wire, turns] of this.#turns) {
      const kept = turns.filter(({ fromNs }) => fromNs <= timeNs);
      if (kept.length === 0) this.#turns.delete(wire);
      else this.#turns.set(wire, kept);
    }
  }
}

/** A stretch of a ribbon, as shares of its width. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly state: number;
}

/** What is seen of the turns between two moments, ns; nothing from before they were noted. */
export function stretches(turns: readonly Turn[], fromNs: number, toNs: number): readonly Stretch[] {
  const spanNs = toNs - fromNs;
  if (spanNs <= 0) return [];
  return turns.flatMap(({ fromNs: begin, state }, ix) => {
    const end = turns[ix + 1]?.fromNs ?? toNs;
    if (end <= fromNs || begin >= toNs) return [];
    return [{ from: Math.max(0, begin - fromNs) / spanNs, to: Math.min(spanNs, end - fromNs) / spanNs, state }];
  });
}
