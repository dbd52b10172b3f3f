// An autoscaler's card: the plain one, and above its figures the replicas as small places. What draws them is loaded with the first
// autoscaler.

import type { Places } from '../store/readings.ts';
import type { NodeView, Painter } from './node-view.ts';
import { PLAIN_VIEW } from './PlainView.tsx';

const ROW_HEIGHT = 22;

type PaintReplicas = (painter: Painter, node: string, frame: Float64Array, places: Places) => void;

let paintReplicas: PaintReplicas | null = null;
let isAskedFor = false;

function replicas(): PaintReplicas | null {
  if (!isAskedFor) {
    isAskedFor = true;
    import('./replicas.ts').then(
      (loaded) => {
        paintReplicas = loaded.paintReplicas;
      },
      () => {
        isAskedFor = false;
      },
    );
  }
  return paintReplicas;
}

export const AUTOSCALER_VIEW: NodeView = {
  ...PLAIN_VIEW,
  size(isNarrow, node) {
    const { width, height } = PLAIN_VIEW.size(isNarrow, node);
    return { width, height: height + ROW_HEIGHT };
  },
  paint(painter, { id }, frame, places) {
    replicas()?.(painter, id, frame, places);
  },
};
