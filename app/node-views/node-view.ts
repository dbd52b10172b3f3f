// What a kind of node may bring for its card: a size, a body of live figures, and letters drawn by the canvas. A kind that brings
// nothing gets a card with its declared gauges.

import type { ComponentType } from 'react';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import type { Places } from '../store/readings.ts';
import type { Mark } from '../ui/letter-marks.ts';

export interface CardProps {
  readonly node: NodeDocument;
  readonly isNarrow: boolean;
}

/** Draws letters on a card, in coordinates of the card. */
export interface Painter {
  mark(mark: Mark, x: number, y: number, scale?: number): void;
  /** A small grey point: an empty place. */
  dot(x: number, y: number): void;
  /** A bar that is filled to `share`, in the colour of a state. */
  bar(x: number, y: number, width: number, height: number, share: number, state: 'waiting' | 'work' | 'dead' | 'retry'): void;
  /** A small grey word that ends at a place: what a bar is measured by. */
  word(word: string, x: number, y: number): void;
}

export interface NodeView {
  size(isNarrow: boolean, node: NodeDocument): { readonly width: number; readonly height: number };
  /** What stands under the name: what the thing is, or its one setting. */
  subline?(node: NodeDocument): string;
  /** At the right end of the header. */
  readonly Aside?: ComponentType<CardProps>;
  readonly Body?: ComponentType<CardProps>;
  /** The one figure of a card that is seen from far away. */
  farFigure?(node: NodeDocument, frame: Float64Array, places: Places): string;
  /** How full or how busy it is, 0 to 1: a bar on such a card. */
  fill?(node: NodeDocument, frame: Float64Array, places: Places): number;
  /** Called with every new frame; must not keep anything of it. */
  paint?(painter: Painter, node: NodeDocument, frame: Float64Array, places: Places, isNarrow: boolean): void;
}
