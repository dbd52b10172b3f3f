// A press on a letter opens its journey. A press on a wire beside all letters is the wire's alone.

import { useReactFlow } from '@xyflow/react';
import { type MouseEvent, useRef } from 'react';
import { usePicture } from '../store/LiveText.tsx';
import { currentPlaces, useLab } from '../store/lab.ts';
import { openPanel } from '../store/panels.ts';
import type { Picture } from '../store/picture.ts';
import type { WireEdge } from './flow-nodes.ts';
import { letterAt } from './letter-at.ts';
import { lostShownNs } from './letters.ts';

export function useLetterPress(): (event: MouseEvent, wire: WireEdge) => void {
  const { screenToFlowPosition } = useReactFlow();
  const drawn = useRef<Picture | null>(null);
  usePicture('frame', (picture) => {
    drawn.current = picture;
  });
  return (event, { data }) => {
    const { frame = null, layout = null, timeNs = 0 } = drawn.current ?? {};
    const places = currentPlaces();
    if (frame === null || layout === null || places === null || data === undefined) return;
    const point = screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
    const letter = letterAt(point, data.shape, frame, places, layout, timeNs, lostShownNs(useLab.getState().speed));
    if (letter !== null) openPanel({ kind: 'journey', ...letter });
  };
}
