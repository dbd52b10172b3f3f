// The one canvas over the drawing, in step with the viewport: once an animation frame it draws what moves, and only if something
// did. Renders itself once.

import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { currentPlaces, pictureLoop, rates, useLab } from '../store/lab.ts';
import type { Picture } from '../store/picture.ts';
import { useTheme } from '../ui/theme.ts';
import { drawScene, lostShownNs, type Scene } from './letters.ts';
import { coloursOf, Sprites } from './sprites.ts';

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

    const draw = ({ frame, timeNs }: Picture): void => {
      const { transform, width, height } = flow.getState();
      const [x, y, zoom] = transform;
      const ratio = devicePixelRatio;
      const now = [frame, timeNs, x, y, zoom, width, height, ratio, latest.current];
      if (now.every((value, ix) => value === drawn[ix])) return;
      drawn = now;
      const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (element.width !== pixelWidth || element.height !== pixelHeight) {
        element.width = pixelWidth;
        element.height = pixelHeight;
      }
      const scale = zoom * ratio;
      if (scale !== spriteScale) {
        sprites = new Sprites(colours, scale);
        spriteScale = scale;
      }
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, pixelWidth, pixelHeight);
      const places = currentPlaces();
      if (frame === null || places === null) return;
      context.setTransform(scale, 0, 0, scale, x * ratio, y * ratio);
      sprites.moveTo(x * ratio, y * ratio);
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
