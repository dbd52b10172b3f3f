// An autoscaler's card: the plain one, and above its figures the replicas as small places. What draws them is loaded with the first
// autoscaler.

import type { NodeView } from './node-view.ts';
import { PLAIN_VIEW } from './PlainView.tsx';

const ROW_HEIGHT = 22;

let replicas: typeof import('./replicas.ts') | 'asked for' | null = null;

function paintReplicas(): typeof import('./replicas.ts').paintReplicas | undefined {
  if (replicas === null) {
    replicas = 'asked for';
    import('./replicas.ts').then(
      (loaded) => {
        replicas = loaded;
      },
      () => {
        replicas = null;
      },
    );
  }
  return typeof replicas === 'string' || replicas === null ? undefined : replicas.paintReplicas;
}

export const AUTOSCALER_VIEW: NodeView = {
  ...PLAIN_VIEW,
  size(isNarrow, node) {
    const { width, height } = PLAIN_VIEW.size(isNarrow, node);
    return { width, height: height + ROW_HEIGHT };
  },
  paint(painter, { id }, frame, places) {
    paintReplicas()?.(painter, id, frame, places);
  },
};
