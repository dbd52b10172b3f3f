// The whole drawing in small, to look around in a large one. Loaded when it is opened.

import { MiniMap } from '@xyflow/react';
import { text } from '../messages/text.ts';

export function WholeMap() {
  return (
    <MiniMap
      pannable
      zoomable
      ariaLabel={text('canvas.map')}
      nodeBorderRadius={6}
      nodeColor="var(--line-2)"
      maskColor="color-mix(in srgb, var(--ground) 70%, transparent)"
      bgColor="var(--surface)"
    />
  );
}
