// Layout of one observation: a Float64Array in a transferred buffer. Header, ledger, oracle, latency, gauges, node states,
// wire counts, letters, losses, lanes, rows. Written by the sampler, read by the app; both by the functions and constants of this file alone.

import { LANE_STRIDE, ROW_STRIDE } from '../world/samples.ts';

export {
  BREAKER,
  BROKER,
  FOLD,
  GROUP,
  GROUP_STATE,
  LANE,
  LANE_HEAD,
  LANE_STRIDE,
  MEMBER,
  MEMBER_STANDING,
  PARTITIONS_STRIDE,
  ROW,
  ROW_SORT,
  ROW_STRIDE,
  ROWS_MAX,
  TAPE,
  TAPE_READER,
  TAPE_READER_STRIDE,
  TAPE_READERS_MAX,
  TAPES_BEFORE_FOLD,
  TAPES_MAX,
} from '../world/samples.ts';

/** Positions in the header. */
export const FRAME = {
  LAYOUT_REVISION: 0,
  SIM_TIME_NS: 1,
  EVENTS: 2,
  /** The digest as two unsigned 32-bit numbers. */
  DIGEST_HI: 3,
  DIGEST_LO: 4,
  /** Messages sent and obligations owed: the totals of the two books. */
  SENT: 5,
  OWED: 6,
  REPEATS: 7,
  /** Oracle. */
  DUP_EFFECTS: 8,
  MISSED_EFFECTS: 9,
  ORDER_BREAKS: 10,
  WASTED_WORK_NS: 11,
  /** Quantiles of the latency of what was processed since the last frame, ns; NaN when nothing was. */
  LATENCY_P50_NS: 12,
  LATENCY_P95_NS: 13,
  LATENCY_P99_NS: 14,
  /** How many gauges, nodes, wires and letters follow. */
  GAUGE_COUNT: 15,
  NODE_COUNT: 16,
  WIRE_COUNT: 17,
  LETTER_COUNT: 18,
  /** Packets that carry messages on all wires now; more than LETTER_COUNT when not every letter is drawn. */
  LETTERS_IN_ALL: 19,
  /** Failed attempts so far (`messages_total{status=failed}`). */
  FAILED: 20,
  /** Retrying: share of `delayed` that waits after a failed attempt. */
  RETRYING: 21,
  /** How many losses follow the letters. */
  LOSS_COUNT: 22,
  /** How many lanes follow the losses. */
  LANE_COUNT: 23,
  /** Publish book from here, in the order of PUBLISH_CLASSES. */
  PUBLISH_BOOK: 24,
  /** Delivery book from here, in the order of DELIVERY_CLASSES. */
  DELIVERY_BOOK: 32,
  /** How many rows follow the lanes: they end the frame. */
  ROW_COUNT: 42,
  HEADER_LENGTH: 48,
} as const;

export const PUBLISH_CLASSES = ['onTheWire', 'accepted', 'refused', 'unroutable', 'lost'] as const;
export const DELIVERY_CLASSES = [
  'waiting',
  'delayed',
  'onTheWire',
  'inFlight',
  'processed',
  'expired',
  'dropped',
  'lost',
  'deadLettered',
  'skipped',
] as const;
export type PublishClass = (typeof PUBLISH_CLASSES)[number];
export type DeliveryClass = (typeof DELIVERY_CLASSES)[number];

/** State of a node in the frame's node section. */
export const NODE_STATE = { UP: 0, CRASHED: 1, STALLED: 2, SLOWED: 3, BLOCKED: 4 } as const;

/**
 * State of a letter on its way: which of the shapes it is drawn as. None is in work there: what is worked on lies on a desk. What
 * is lost is on its way no longer; see LOSS. From QUESTION on it is no letter of the books: what one service asks another, or a store,
 * and the answer, good or not.
 */
export const LETTER_STATE = { WAITING: 0, DONE: 2, TO_RETRY: 3, DEAD: 4, QUESTION: 5, ANSWER: 6, BAD_ANSWER: 7 } as const;

/**
 * Numbers per letter: wire (index into the layout), sent at ns, due at ns, state, direction (1 along the wire, -1 back), and
 * which message it is: its number and its sender (index into the nodes of the layout, -1 once that is no longer drawn). An answer says
 * of no message: its sender is -1.
 */
export const LETTER_STRIDE = 7;
export const LETTER = { WIRE: 0, SENT_AT_NS: 1, DUE_AT_NS: 2, STATE: 3, DIRECTION: 4, NUMBER: 5, SENDER: 6 } as const;

/**
 * Numbers per loss on a wire: wire, lost at ns, how far along the way it had come (0 to 1; NaN = somewhere, the model does not say),
 * and direction, number and sender as of a letter. The newest LOSSES_MAX of the run that are younger than LOSS_KEPT_NS.
 */
export const LOSS_STRIDE = 6;
export const LOSS = { WIRE: 0, AT_NS: 1, SHARE: 2, DIRECTION: 3, NUMBER: 4, SENDER: 5 } as const;
export const LOSS_KEPT_NS = 30e9;

/**
 * Numbers per wire: packets carried forward so far, packets back so far, is it cut, loss share, delay added by a fault in ns; and of
 * a wire on which somebody asks: state of its breaker, calls that wait for an answer, calls that wait until they may go out.
 */
export const WIRE_STRIDE = 8;
export const WIRE = {
  FORWARD: 0,
  BACK: 1,
  IS_CUT: 2,
  LOSS: 3,
  EXTRA_NS: 4,
  BREAKER: 5,
  CALLS_OUT: 6,
  CALLS_WAITING: 7,
} as const;

/** Lanes are drawn for so many of a node; its first ones. */
export const LANES_MAX = 12;

/** Most letters a frame carries; beyond it the app draws density and width. */
export const LETTERS_MAX = 3000;

export const gaugesAt = (): number => FRAME.HEADER_LENGTH;
export const nodesAt = (gauges: number): number => FRAME.HEADER_LENGTH + gauges;
export const wiresAt = (gauges: number, nodes: number): number => nodesAt(gauges) + nodes;
export const lettersAt = (gauges: number, nodes: number, wires: number): number => wiresAt(gauges, nodes) + wires * WIRE_STRIDE;
/** Losses stand behind the letters, lanes behind the losses, rows behind the lanes. */
export const frameLength = (
  gauges: number,
  nodes: number,
  wires: number,
  letters: number,
  losses = 0,
  lanes = 0,
  rows = 0,
): number =>
  lettersAt(gauges, nodes, wires) + letters * LETTER_STRIDE + losses * LOSS_STRIDE + lanes * LANE_STRIDE + rows * ROW_STRIDE;
/** Position of the first row. */
export const rowsAt = (frame: Float64Array): number => frame.length - (frame[FRAME.ROW_COUNT] as number) * ROW_STRIDE;
