// The last things that got lost on links, in a ring: what, when and where, so that a picture can show it for a moment. Watching
// only: nothing a model does depends on it, and the digest never sees it.

import type { Arena, Saveable } from '../kernel/arena.ts';

/** Losses kept: the oldest make room. Every checkpoint copies them, so they are few. */
export const LOSSES_MAX = 64;
/** Numbers of a loss besides time and place: link, sender, number. */
const COLUMNS = 3;

export class Losses implements Saveable {
  /** Of the loss `ix`, at `ix % LOSSES_MAX`: when it happened, and how far along the link, 0 to 1; NaN where the model does not say. */
  readonly atNs = new Float64Array(LOSSES_MAX);
  readonly share = new Float64Array(LOSSES_MAX);
  private readonly rows = new Uint32Array(LOSSES_MAX * COLUMNS);
  /** Losses so far. */
  written = 0;

  constructor(arena: Arena) {
    arena.register(this);
  }

  write(now: Float64Array, link: number, share: number, sender: number, number: number): void {
    const entry = this.written % LOSSES_MAX;
    this.atNs[entry] = now[0] as number;
    this.share[entry] = share;
    this.rows[entry * COLUMNS] = link;
    this.rows[entry * COLUMNS + 1] = sender;
    this.rows[entry * COLUMNS + 2] = number;
    this.written++;
  }

  link(entry: number): number {
    return this.rows[entry * COLUMNS] as number;
  }
  /** Actor that sent the message. */
  sender(entry: number): number {
    return this.rows[entry * COLUMNS + 1] as number;
  }
  /** Its number among those of its sender. */
  number(entry: number): number {
    return this.rows[entry * COLUMNS + 2] as number;
  }

  save(): unknown {
    const { written } = this;
    const copy: Copy = { written, atNs: this.atNs.slice(), share: this.share.slice(), rows: this.rows.slice() };
    return copy;
  }

  load(saved: unknown): void {
    const copy = saved as Copy;
    this.written = copy.written;
    this.atNs.set(copy.atNs);
    this.share.set(copy.share);
    this.rows.set(copy.rows);
  }
}

interface Copy {
  readonly written: number;
  readonly atNs: Float64Array<ArrayBuffer>;
  readonly share: Float64Array<ArrayBuffer>;
  readonly rows: Uint32Array<ArrayBuffer>;
}
