// Which classes of the two books each cell of the ledger sums, so that every cell is a count of letters and the strip adds up.
// Pure functions over a frame.

import {
  DELIVERY_CLASSES,
  type DeliveryClass,
  FRAME,
  PUBLISH_CLASSES,
  type PublishClass,
} from '../../sim-engine/protocol/frame.ts';
import type { LetterClass } from '../../sim-engine/protocol/messages.ts';

/** All classes but one: what was accepted has become letters that stand in the others. */
export type Cell = Exclude<LetterClass, 'accepted'>;

/** Cells that are always there, zero or not. */
const STANDING: readonly Cell[] = ['wire', 'waiting', 'work', 'retry', 'done', 'dead', 'expired', 'lost'];
/** Cells that appear once they have something to say. */
export const PASSING: readonly Cell[] = ['dropped', 'skipped', 'refused', 'unroutable'];
export const CELLS: readonly Cell[] = [...STANDING, ...PASSING];

/** Cells of the publish book when it stands by itself. */
export type PublishCell = 'wire' | 'accepted' | 'refused' | 'unroutable' | 'lost';
export const PUBLISH_CELLS: readonly PublishCell[] = ['wire', 'accepted', 'refused', 'unroutable', 'lost'];

const published = (frame: Float64Array, name: PublishClass): number =>
  frame[FRAME.PUBLISH_BOOK + PUBLISH_CLASSES.indexOf(name)] as number;
const owed = (frame: Float64Array, name: DeliveryClass): number =>
  frame[FRAME.DELIVERY_BOOK + DELIVERY_CLASSES.indexOf(name)] as number;

export interface Strip {
  /** `sent`: one sum over both books. `owed`: copies were made, so the delivery book is summed by itself. */
  readonly total: 'sent' | 'owed';
  readonly sum: number;
  readonly cells: { readonly [cell in Cell]: number };
  /** Sum of the cells less the total: 0 while the books balance. */
  readonly off: number;
}

/** The strip of one frame. `isCopied`: messages are owed more than once or not at all, see `makesCopies`. */
export function stripOf(frame: Float64Array, isCopied: boolean): Strip {
  const retrying = frame[FRAME.RETRYING] as number;
  const ofPublish = (name: PublishClass) => (isCopied ? 0 : published(frame, name));
  const cells = {
    wire: ofPublish('onTheWire') + owed(frame, 'onTheWire'),
    waiting: owed(frame, 'waiting') + owed(frame, 'delayed') - retrying,
    work: owed(frame, 'inFlight'),
    retry: retrying,
    done: owed(frame, 'processed'),
    dead: owed(frame, 'deadLettered'),
    expired: owed(frame, 'expired'),
    lost: ofPublish('lost') + owed(frame, 'lost'),
    dropped: owed(frame, 'dropped'),
    skipped: owed(frame, 'skipped'),
    refused: ofPublish('refused'),
    unroutable: ofPublish('unroutable'),
  };
  const sum = frame[isCopied ? FRAME.OWED : FRAME.SENT] as number;
  const off = CELLS.reduce((total, cell) => total + cells[cell], -sum);
  return { total: isCopied ? 'owed' : 'sent', sum, cells, off };
}

export interface PublishStrip {
  readonly sum: number;
  readonly cells: { readonly [cell in PublishCell]: number };
  readonly off: number;
}

/** The publish book by itself: sent = on the wire + accepted + refused + unroutable + lost. */
export function publishStripOf(frame: Float64Array): PublishStrip {
  const cells = {
    wire: published(frame, 'onTheWire'),
    accepted: published(frame, 'accepted'),
    refused: published(frame, 'refused'),
    unroutable: published(frame, 'unroutable'),
    lost: published(frame, 'lost'),
  };
  const sum = frame[FRAME.SENT] as number;
  return { sum, cells, off: PUBLISH_CELLS.reduce((total, cell) => total + cells[cell], -sum) };
}

/** Whether what was accepted is owed other than exactly once. */
export const makesCopies = (frame: Float64Array): boolean => published(frame, 'accepted') !== frame[FRAME.OWED];
