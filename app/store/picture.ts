// The page's one animation loop, and the clock of the picture. Between two frames of the engine the picture goes on by itself, so
// that letters glide at any frame rate; it never runs ahead of what the engine could have reached. Islands register drawers with
// a pace of their own. Nothing here enters React.

import { FRAME } from '../../sim-engine/protocol/frame.ts';
import type { FrameLayout } from '../../sim-engine/protocol/messages.ts';

/** What a drawer sees. Frames are read, never kept or written to. */
export interface Picture {
  readonly frame: Float64Array | null;
  readonly layout: FrameLayout | null;
  /** Simulated time to draw, ns: at most a moment past the frame. */
  readonly timeNs: number;
  readonly wallMs: number;
}
export type Drawer = (picture: Picture) => void;

/** Where the loop finds the latest frame. */
export interface PictureSource {
  readonly frame: Float64Array | null;
  readonly frameAtMs: number;
  readonly layout: FrameLayout | null;
  /** Simulated ns a wall ms while it plays, as far as known; 0 while it does not. */
  nsPerMs(): number;
}

/** How often a drawer is called: every animation frame, ten times or four times a second. */
export type Pace = 'frame' | 'brisk' | 'calm';
const BRISK_MS = 100;
const CALM_MS = 250;

/** How long the picture may go on without a frame before it waits for one. */
const AHEAD_MAX_MS = 120;

interface Entry {
  readonly draw: Drawer;
  readonly pace: Pace;
}

export class PictureClock {
  #timeNs = 0;
  #wallMs = 0;

  /** Simulated time to draw at this wall time, gliding towards where the frames say the engine is. */
  at(source: PictureSource, wallMs: number): number {
    const elapsedMs = Math.max(0, Math.min(wallMs - this.#wallMs, 100));
    this.#wallMs = wallMs;
    if (source.frame === null) return 0;
    const frameNs = source.frame[FRAME.SIM_TIME_NS] as number;
    const nsPerMs = source.nsPerMs();
    if (nsPerMs === 0) {
      this.#timeNs = frameNs;
      return frameNs;
    }
    const reachedNs = frameNs + Math.min(wallMs - source.frameAtMs, AHEAD_MAX_MS) * nsPerMs;
    const off = reachedNs - (this.#timeNs + elapsedMs * nsPerMs);
    // A jump (seek, reset, another speed) is taken at once; jitter of a few frames is smoothed away.
    const isJump = Math.abs(off) > 250 * nsPerMs;
    const next = isJump ? reachedNs : this.#timeNs + elapsedMs * nsPerMs + off * 0.15;
    this.#timeNs = isJump ? next : Math.max(this.#timeNs, Math.min(next, frameNs + AHEAD_MAX_MS * nsPerMs));
    return this.#timeNs;
  }
}

export class PictureLoop {
  readonly #source: PictureSource;
  readonly #entries = new Set<Entry>();
  readonly #clock = new PictureClock();
  readonly #beats = new Map<number, number>();
  #handle: number | null = null;

  constructor(source: PictureSource) {
    this.#source = source;
  }

  /** Registers a drawer and answers with its removal. The loop runs while it has any. */
  add(draw: Drawer, pace: Pace): () => void {
    const entry: Entry = { draw, pace };
    this.#entries.add(entry);
    this.#handle ??= requestAnimationFrame(this.#tick);
    return () => {
      this.#entries.delete(entry);
    };
  }

  /** All of one pace draw from the same frame: figures that are read together must belong together. */
  #beat(everyMs: number, wallMs: number): boolean {
    const beat = Math.floor(wallMs / everyMs);
    const isNew = this.#beats.get(everyMs) !== beat;
    this.#beats.set(everyMs, beat);
    return isNew;
  }

  readonly #tick = (wallMs: number): void => {
    this.#handle = this.#entries.size > 0 ? requestAnimationFrame(this.#tick) : null;
    const { frame, layout } = this.#source;
    const picture: Picture = { frame, layout, timeNs: this.#clock.at(this.#source, performance.now()), wallMs };
    const isDue = { frame: true, brisk: this.#beat(BRISK_MS, wallMs), calm: this.#beat(CALM_MS, wallMs) };
    for (const { draw, pace } of this.#entries) if (isDue[pace]) draw(picture);
  };
}
