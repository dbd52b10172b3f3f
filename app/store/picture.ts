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
const EVERY_MS: { readonly [pace in Pace]: number } = { frame: 0, brisk: 100, calm: 250 };

/** How long the picture may go on without a frame before it waits for one. */
const AHEAD_MAX_MS = 120;

interface Entry {
  readonly draw: Drawer;
  readonly everyMs: number;
  dueMs: number;
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
    this.#timeNs = isJump ? next : Math.max(this.#timeNs, next);
    return this.#timeNs;
  }
}

export class PictureLoop {
  readonly #source: PictureSource;
  readonly #entries = new Set<Entry>();
  readonly #clock = new PictureClock();
  #handle: number | null = null;

  constructor(source: PictureSource) {
    this.#source = source;
  }

  /** Registers a drawer and answers with its removal. The loop runs while it has any. */
  add(draw: Drawer, pace: Pace): () => void {
    // Drawers of one pace are spread over the interval, so that they do not all fall into one animation frame.
    const everyMs = EVERY_MS[pace];
    const entry: Entry = { draw, everyMs, dueMs: performance.now() + ((this.#entries.size * 37) % (everyMs || 1)) };
    this.#entries.add(entry);
    this.#handle ??= requestAnimationFrame(this.#tick);
    return () => {
      this.#entries.delete(entry);
    };
  }

  readonly #tick = (wallMs: number): void => {
    this.#handle = this.#entries.size > 0 ? requestAnimationFrame(this.#tick) : null;
    const { frame, layout } = this.#source;
    const picture: Picture = { frame, layout, timeNs: this.#clock.at(this.#source, performance.now()), wallMs };
    for (const entry of this.#entries) {
      if (wallMs < entry.dueMs) continue;
      entry.dueMs = Math.max(entry.dueMs + entry.everyMs, wallMs);
      entry.draw(picture);
    }
  };
}
