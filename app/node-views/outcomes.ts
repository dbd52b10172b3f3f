// The last ten attempts of each worker, made from its totals of succeeded, failed and recognised attempts as frames come in. Where several
// ended between two frames their order is not known: the failed ones are spread evenly among them.

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
    append(row.last, processed - row.processed, failed - row.failed);
    row.processed = processed;
    row.failed = failed;
    append(row.last, known - row.known, 0, 'known');
    row.known = known;
    return row.last;
  }
}

function append(last: Outcome[], done: number, failed: number, good: Outcome = 'done'): void {
  const total = done + failed;
  for (let ix = Math.max(0, total - SHOWN); ix < total; ix++) {
    const isFailed = Math.floor(((ix + 1) * failed) / total) > Math.floor((ix * failed) / total);
    last.push(isFailed ? 'failed' : good);
  }
  if (last.length > SHOWN) last.splice(0, last.length - SHOWN);
}
