// Judges patterns/out-of-order-commit: the committed offset after each acknowledgement, by the watermark that the service uses.

import { fetchOffsets, markDone, newCommitWatermark } from '../../parts/commit-watermark.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

export const OUT_OF_ORDER_COMMIT_FORMAT: VectorFormat = {
  key: 'patterns/out-of-order-commit',
  judge(one: VectorCase): Judgement {
    const { fetched, ackOrder } = one.input as { readonly fetched: number; readonly ackOrder: readonly number[] };
    const wanted = (one.expected as { readonly committedAfterEachAck: readonly number[] }).committedAfterEachAck;
    const mark = newCommitWatermark(0);
    fetchOffsets(mark, fetched);
    const found = ackOrder.map((offset) => {
      markDone(mark, offset);
      return mark.committed;
    });
    return { faults: String(found) === String(wanted) ? [] : [`committed ${found}, recorded ${wanted}`] };
  },
};
