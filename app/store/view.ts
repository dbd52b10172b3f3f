// Where a point of the screen lies in the drawing. The canvas says so; whoever lets go of something over it asks.

import type { Position } from '../../sim-engine/topology/document.ts';

type ToDrawing = (screen: Position) => Position | null;
let toDrawing: ToDrawing = () => null;

/** Set by the canvas for as long as it is there. Answers with the removal. */
export function provideView(convert: ToDrawing): () => void {
  toDrawing = convert;
  return () => {
    if (toDrawing === convert) toDrawing = () => null;
  };
}

/** Null where no drawing is under the point. */
export const placeInDrawing: ToDrawing = (screen) => toDrawing(screen);
