// The last ten attempts of each worker, made from its totals of succeeded, failed and recognised attempts as frames come in. Where several
// ended between two frames their order is not known: the failed and the recognised ones are spread evenly among them.

import { FRAME } from '../../sim-engine/protocol/frame.ts';
import type { Places } from '../store/readings.ts';

export type Outcome = 'done' | 'failed' | 'known';
const SHOWN = 10;

interface Row {
  processed: number;
  failed: number;
  known: number;
  readonly last: Outcome[];
}

export class Outcomes {
  readonly #rows = new Map<string, Row>();
  #timeNs = 0;

  /** Outcomes of a worker, oldest first, up to this frame. To be asked with every frame that is drawn. */
  of(node: string, frame: Float64Array, places: Places): readonly Outcome[] {
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    if (timeNs < this.#timeNs) this.#rows.clear();
    this.#timeNs = timeNs;
    const processed = frame[places.gauge(node, 'processed')] ?? 0;
    const failed = frame[places.gauge(node, 'failed')] ?? 0;
    let row = this.#rows.get(node);
    const known = frame[places.gauge(node, 'skipped_work')] ?? 0;
    if (row === undefined || processed < row.processed || failed < row.failed || known < row.known) {
      row = { processed: 0, failed: 0, known: 0, last: [] };
      this.#rows.set(node, row);
    }
    append(row.last, processed - row.processed, failed - row.failed, known - row.known);
    row.processed = processed;
    row.failed = failed;
    row.known = known;
    return row.last;
  }
}

function append(last: Outcome[], done: number, failed: number, known: number): void {
  const worked = done + failed;
  const total = worked + known;
  for (let ix = Math.max(0, total - SHOWN); ix < total; ix++) {
    const knownBefore = Math.floor((ix * known) / total);
    // Of those that were worked on it is this one.
    const at = ix - knownBefore;
    const isKnown = Math.floor(((ix + 1) * known) / total) > knownBefore;
    const isFailed = Math.floor(((at + 1) * failed) / worked) > Math.floor((at * failed) / worked);
    last.push(isKnown ? 'known' : isFailed ? 'failed' : 'done');
  }
  if (last.length > SHOWN) last.splice(0, last.length - SHOWN);
}
