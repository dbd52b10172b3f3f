// Where things stand on the tape of a partition: the newest records as cells, the marks of the log, how far each group has come. Pure; drawn
// by `KafkaTopicBody`.

import { TAPE, TAPE_READER, TAPE_READER_STRIDE, TAPE_READERS_MAX } from '../../sim-engine/protocol/frame.ts';

/** Of one cell, px. */
export const PITCH = 9;
/** Cells of a tape below the high watermark; above it there is room for a few more. */
export const CELLS = 14;
const HIDDEN_CELLS = 2;

export interface TapeReader {
  /** Which node of the layout the group is. */
  readonly group: number;
  /** Ends of what is committed and of what was handed out, in cells from the left. */
  readonly committed: number;
  readonly reached: number;
  /** Where its flag stands, in cells; null while it has committed nothing. */
  readonly flag: number | null;
  /** What it has committed lies further back than the tape shows. */
  readonly isBehind: boolean;
}

export interface Tape {
  readonly partition: number;
  readonly leader: number;
  readonly isUp: boolean;
  readonly logStart: number;
  readonly highWatermark: number;
  readonly logEnd: number;
  /** First cell with a record, and end of the last one that can be read, in cells from the left. */
  readonly from: number;
  readonly end: number;
  /** Cells above the high watermark. */
  readonly hidden: number;
  /** There are older records than the tape shows. */
  readonly isFolded: boolean;
  readonly readers: readonly TapeReader[];
}

/** The tape that stands at a place of a frame. The high watermark is always at the same place. */
export function tapeAt(frame: Float64Array, at: number): Tape {
  const number = (offset: number): number => frame[at + offset] as number;
  const [logStart, highWatermark, logEnd] = [number(TAPE.LOG_START), number(TAPE.HIGH_WATERMARK), number(TAPE.LOG_END)];
  const first = highWatermark - CELLS;
  const cell = (offset: number): number => Math.max(Math.max(0, logStart - first), Math.min(CELLS, offset - first));
  const readers: TapeReader[] = [];
  for (let reader = 0; reader < TAPE_READERS_MAX; reader++) {
    const from = TAPE.READERS + reader * TAPE_READER_STRIDE;
    const group = number(from + TAPE_READER.GROUP);
    if (group < 0) continue;
    const committed = number(from + TAPE_READER.COMMITTED);
    readers.push({
      group,
      committed: cell(committed),
      reached: cell(Math.max(committed, number(from + TAPE_READER.REACHED))),
      flag: committed < 0 ? null : cell(committed),
      isBehind: committed >= 0 && committed < Math.max(first, logStart),
    });
  }
  return {
    partition: number(TAPE.PARTITION),
    leader: number(TAPE.LEADER),
    isUp: number(TAPE.IS_UP) === 1,
    logStart,
    highWatermark,
    logEnd,
    from: cell(logStart),
    end: CELLS,
    hidden: Math.min(HIDDEN_CELLS, logEnd - highWatermark),
    isFolded: logStart < first,
    readers,
  };
}
