import { describe, expect, it } from 'vitest';
import { DELIVERY_CLASSES, FRAME, PUBLISH_CLASSES } from '../../sim-engine/protocol/frame.ts';
import { makesCopies, publishStripOf, stripOf } from './cells.ts';

interface Books {
  sent: number;
  owed: number;
  retrying?: number;
  publish: Partial<Record<(typeof PUBLISH_CLASSES)[number], number>>;
  delivery: Partial<Record<(typeof DELIVERY_CLASSES)[number], number>>;
}
function frameOf({ sent, owed, retrying = 0, publish, delivery }: Books): Float64Array {
  const frame = new Float64Array(FRAME.HEADER_LENGTH);
  frame[FRAME.SENT] = sent;
  frame[FRAME.OWED] = owed;
  frame[FRAME.RETRYING] = retrying;
  PUBLISH_CLASSES.forEach((name, ix) => {
    frame[FRAME.PUBLISH_BOOK + ix] = publish[name] ?? 0;
  });
  DELIVERY_CLASSES.forEach((name, ix) => {
    frame[FRAME.DELIVERY_BOOK + ix] = delivery[name] ?? 0;
  });
  return frame;
}

const ONCE = frameOf({
  sent: 100,
  owed: 88,
  retrying: 3,
  publish: { onTheWire: 5, accepted: 88, refused: 4, unroutable: 1, lost: 2 },
  delivery: {
    waiting: 10,
    delayed: 5,
    onTheWire: 2,
    inFlight: 4,
    processed: 60,
    deadLettered: 3,
    lost: 1,
    dropped: 2,
    expired: 1,
  },
});

describe('the ledger strip', () => {
  it('sums both books where every accepted letter is owed once', () => {
    const strip = stripOf(ONCE, makesCopies(ONCE));
    expect(strip).toMatchObject({ total: 'sent', sum: 100, off: 0 });
    expect(strip.cells).toMatchObject({
      wire: 7,
      waiting: 12,
      work: 4,
      retry: 3,
      done: 60,
      dead: 3,
      lost: 3,
      dropped: 2,
      refused: 4,
    });
  });

  it('says by how much it is off when a letter is missing', () => {
    const frame = ONCE.slice();
    (frame[FRAME.SENT] as number) += 1;
    expect(stripOf(frame, false).off).toBe(-1);
  });

  it('sums the delivery book by itself where copies are made, with the publish book above it', () => {
    const frame = frameOf({
      sent: 10,
      owed: 27,
      publish: { onTheWire: 1, accepted: 9 },
      delivery: { waiting: 7, processed: 20 },
    });
    expect(makesCopies(frame)).toBe(true);
    expect(stripOf(frame, true)).toMatchObject({ total: 'owed', sum: 27, off: 0, cells: { wire: 0, waiting: 7, done: 20 } });
    expect(publishStripOf(frame)).toMatchObject({ sum: 10, off: 0, cells: { wire: 1, accepted: 9 } });
  });
});
