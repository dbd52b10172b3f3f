// Letters as small pictures, drawn once for a theme and a scale and then stamped: a letter costs one drawImage, of a bitmap that
// nobody can draw on any more, since a canvas is copied anew each time it is drawn from.

import { MARKS, type Mark, type Stroke } from '../ui/letter-marks.ts';

/** Side of a sprite in px of the drawing, with room for the widest mark. */
const SIDE = 20;

export type Colours = (token: string) => string;

/** Reads colour tokens from the page; cached, since asking the page is slow. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const cache = new Map<string, string>();
  return (token) => {
    let colour = cache.get(token);
    if (colour === undefined) {
      colour = style.getPropertyValue(`--${token}`).trim();
      cache.set(token, colour);
    }
    return colour;
  };
}

export class Sprites {
  /** By size, then by mark: nothing is made for a lookup. */
  readonly #sprites = new Map<number, Map<Mark, ImageBitmap>>();
  readonly #colours: Colours;
  readonly #scale: number;
  #left = 0;
  #top = 0;

  /** `scale`: device pixels a px of the drawing. */
  constructor(colours: Colours, scale: number) {
    this.#colours = colours;
    this.#scale = scale;
  }

  /** Where the drawing's origin lies, in device pixels. */
  moveTo(left: number, top: number): void {
    this.#left = left;
    this.#top = top;
  }

  /** Stamps a mark centred on x, y, in the coordinates of the drawing. On whole device pixels, since half ones blur. */
  stamp(context: CanvasRenderingContext2D, mark: Mark, x: number, y: number, size = 1): void {
    const sprite = this.#sprite(mark, size);
    const scale = this.#scale;
    const side = sprite.width / scale;
    const left = (Math.round(x * scale + this.#left - sprite.width / 2) - this.#left) / scale;
    const top = (Math.round(y * scale + this.#top - sprite.height / 2) - this.#top) / scale;
    context.drawImage(sprite, left, top, side, side);
  }

  #sprite(mark: Mark, size: number): ImageBitmap {
    let ofSize = this.#sprites.get(size);
    if (ofSize === undefined) {
      ofSize = new Map();
      this.#sprites.set(size, ofSize);
    }
    let sprite = ofSize.get(mark);
    if (sprite === undefined) {
      sprite = this.#draw(mark, size);
      ofSize.set(mark, sprite);
    }
    return sprite;
  }

  #draw(mark: Mark, size: number): ImageBitmap {
    const pixels = Math.ceil(SIDE * size * this.#scale);
    const canvas = new OffscreenCanvas(pixels, pixels);
    const context = canvas.getContext('2d');
    if (context === null) return canvas.transferToImageBitmap();
    context.translate(pixels / 2, pixels / 2);
    context.scale(size * this.#scale, size * this.#scale);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    for (const stroke of MARKS[mark]) this.#drawStroke(context, stroke);
    return canvas.transferToImageBitmap();
  }

  #drawStroke(context: OffscreenCanvasRenderingContext2D, { d, fill, stroke, width, dash }: Stroke): void {
    const path = new Path2D(d);
    if (fill !== undefined) {
      context.fillStyle = this.#colours(fill);
      context.fill(path);
    }
    if (stroke !== undefined) {
      context.strokeStyle = this.#colours(stroke);
      context.lineWidth = width ?? 1;
      context.setLineDash([...(dash ?? [])]);
      context.stroke(path);
    }
  }
}
