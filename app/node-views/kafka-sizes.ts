// How large the cards of a cluster's parts are, and what fits on them. Pure, and there at once.

import { TAPES_BEFORE_FOLD, TAPES_MAX } from '../../sim-engine/protocol/frame.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { fieldOf } from '../store/params.ts';

export const TOPIC_WIDTH = 256;
/** Where the tapes begin, below the header. */
export const TAPES_TOP = 49;
export const ROW_HEIGHT = 36;
const FOLD_HEIGHT = 20;
const LEGEND_HEIGHT = 22;
const FIGURES_HEIGHT = 46;

const partitionsOf = (node: NodeDocument): number => Number(fieldOf(node, 'partitions'));

/** Partitions that have a tape. */
export function tapesOf(node: NodeDocument): number {
  const partitions = partitionsOf(node);
  return partitions > TAPES_MAX ? TAPES_BEFORE_FOLD : partitions;
}

/** Partitions that are one line together. */
export const foldsOf = (node: NodeDocument): number => partitionsOf(node) - tapesOf(node);

export const tapesHeight = (node: NodeDocument): number => tapesOf(node) * ROW_HEIGHT;

/** A narrow screen has no room but for the tapes. */
export const topicHeight = (node: NodeDocument, isNarrow: boolean): number =>
  TAPES_TOP + tapesHeight(node) + (foldsOf(node) > 0 ? FOLD_HEIGHT : 0) + (isNarrow ? 4 : LEGEND_HEIGHT + FIGURES_HEIGHT);

/** Members that a group's card has room for. */
export const GROUP_ROWS = 4;
export const GROUP_WIDTH = 216;
const STATE_HEIGHT = 40;
const MEMBER_HEIGHT = 21;
export const groupHeight = (isNarrow: boolean): number =>
  TAPES_TOP + STATE_HEIGHT + (isNarrow ? 0 : GROUP_ROWS * MEMBER_HEIGHT + 1) + FIGURES_HEIGHT;
