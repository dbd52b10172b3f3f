// The one canvas over the drawing, in step with the viewport: once an animation frame it draws what moves, and only if something
// did. It is no larger than what is drawn, since every pixel of it is handed on with every picture. Renders itself once.

import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { currentPlaces, pictureLoop, rates, useLab } from '../store/lab.ts';
import type { Picture } from '../store/picture.ts';
import { useTheme } from '../ui/theme.ts';
import { drawScene, lostShownNs, type Scene } from './letters.ts';
import { coloursOf, Sprites } from './sprites.ts';

/** Room around cards and wires for letters, figures on wires and what is told beside them, px of the drawing. */
const PAD = 40;
/** The canvas grows and shrinks by so much, so that it is not made anew with every step of the view. Whole at every usual ratio. */
const TILE = 64;
const tile = (length: number, round: (tiles: number) => number): number => TILE * round(length / TILE);

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
const NOWHERE: Bounds = { left: 0, top: 0, right: 0, bottom: 0 };

/** Around all cards and wires. */
function boundsOf({ cards, shapes }: Scene): Bounds {
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const take = (x: number, y: number) => {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  };
  for (const { box } of cards) {
    take(box.x, box.y);
    take(box.x + box.width, box.y + box.height);
  }
  for (const { points } of shapes.values()) {
    for (let ix = 0; ix < points.length; ix += 2) take(points[ix] as number, points[ix + 1] as number);
  }
  return left <= right ? { left, top, right, bottom } : NOWHERE;
}

export function Overlay({ scene }: { scene: Scene }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(scene);
  const flow = useStoreApi();
  const theme = useTheme((state) => state.theme);

  useEffect(() => {
    latest.current = scene;
  });

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    // Sprites are drawn in the colours of this theme; the effect runs anew when it changes.
    element.dataset.theme = theme;
    const colours = coloursOf(document.documentElement);
    let sprites = new Sprites(colours, 1);
    let spriteScale = 0;
    let drawn: readonly unknown[] = [];
    let measured: unknown = null;
    let bounds = NOWHERE;
    let placed = '';

    const draw = ({ frame, timeNs }: Picture): void => {
      const { transform, width, height } = flow.getState();
      const [x, y, zoom] = transform;
      const ratio = devicePixelRatio;
      const now = [frame, timeNs, x, y, zoom, width, height, ratio, latest.current];
      if (now.every((value, ix) => value === drawn[ix])) return;
      drawn = now;
      if (latest.current.cards !== measured) {
        measured = latest.current.cards;
        bounds = boundsOf(latest.current);
      }
      const left = tile(Math.max(0, x + (bounds.left - PAD) * zoom), Math.floor);
      const top = tile(Math.max(0, y + (bounds.top - PAD) * zoom), Math.floor);
      const right = tile(Math.min(width, x + (bounds.right + PAD) * zoom), Math.ceil);
      const bottom = tile(Math.min(height, y + (bounds.bottom + PAD) * zoom), Math.ceil);
      const place = `${left} ${top} ${right} ${bottom} ${ratio}`;
      if (place !== placed) {
        placed = place;
        element.width = Math.max(1, (right - left) * ratio);
        element.height = Math.max(1, (bottom - top) * ratio);
        element.style.width = `${Math.max(1, right - left)}px`;
        element.style.height = `${Math.max(1, bottom - top)}px`;
        element.style.translate = `${left}px ${top}px`;
      }
      const scale = zoom * ratio;
      if (scale !== spriteScale) {
        sprites = new Sprites(colours, scale);
        spriteScale = scale;
      }
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, element.width, element.height);
      const places = currentPlaces();
      if (frame === null || places === null) return;
      context.setTransform(scale, 0, 0, scale, (x - left) * ratio, (y - top) * ratio);
      sprites.moveTo((x - left) * ratio, (y - top) * ratio);
      drawScene(
        { context, sprites, colours, zoom },
        latest.current,
        frame,
        places,
        rates,
        timeNs,
        lostShownNs(useLab.getState().speed),
      );
    };
    return pictureLoop.add(draw, 'frame');
  }, [flow, theme]);

  return <canvas ref={canvas} className="letters" />;
}
