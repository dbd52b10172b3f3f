// The bin of a requester: replies that nobody waited for any more fall into it and stay. Made from a total as frames come in; what it
// knows of is only when each of the last few fell. Falling takes simulated time, as everything that moves.

import { FRAME } from '../../sim-engine/protocol/frame.ts';

/** How long a letter falls, ns of simulated time. */
export const FALL_NS = 450e6;
/** Letters that lie in the bin to be seen; the figure beside it says how many there are. */
export const BIN_LETTERS = 6;

interface Row {
  total: number;
  /** When each of the latest fell, oldest first, at most as many as are shown. */
  readonly fellNs: number[];
}

export class Bins {
  readonly #rows = new Map<string, Row>();
  #timeNs = 0;

  /**
   * How far each letter shown has fallen, from 0 to 1, oldest first: at most BIN_LETTERS. To be asked with every frame that is
   * drawn. The first frame of a run, and of one that was set back, finds its letters lying.
   */
  of(node: string, frame: Float64Array, total: number): readonly number[] {
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    if (timeNs < this.#timeNs) this.#rows.clear();
    this.#timeNs = timeNs;
    let row = this.#rows.get(node);
    if (row === undefined || total < row.total) {
      row = { total, fellNs: new Array<number>(Math.min(total, BIN_LETTERS)).fill(Number.NEGATIVE_INFINITY) };
      this.#rows.set(node, row);
    }
    for (let fallen = Math.max(row.total, total - BIN_LETTERS); fallen < total; fallen++) row.fellNs.push(timeNs);
    if (row.fellNs.length > BIN_LETTERS) row.fellNs.splice(0, row.fellNs.length - BIN_LETTERS);
    row.total = total;
    return row.fellNs.map((fellNs) => Math.min(1, (timeNs - fellNs) / FALL_NS));
  }
}
