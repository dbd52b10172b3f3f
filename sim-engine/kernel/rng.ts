// Named streams of randomness: one sfc32 generator per (seed, name), so that an added node shifts nobody's draws and
// renaming or moving one shifts nothing. The name is built of document ids and purposes, never of positions.

import type { Arena } from './arena.ts';
import { i32, Table } from './arena.ts';
import { imul } from './exact-math.ts';
import type { StreamIx } from './ids.ts';

const WARM_UP_ROUNDS = 15;
const TWO_TO_MINUS_32 = 1 / 4294967296;

/** sfc32 by Chris Doty-Humphrey (PractRand): 128 bits of state, a counter among them, so every period is at least 2^32. */
export class Streams extends Table {
  /** a, b, c and the counter of each stream, side by side. */
  private words = i32(4);

  constructor(arena: Arena) {
    super(64);
    this.allocate(arena);
  }

  private byName = new Map<string, StreamIx>();

  /**
   * The stream of this name, begun if it is new. The same seed and name give the same draws for ever. `seed`: whole number
   * from 0 to 2^53, the same for all streams of a run.
   */
  open(seed: number, name: string): StreamIx {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const ix = this.slots.alloc();
    this.byName.set(name, ix as StreamIx);
    const hash = hashName(seed, name);
    this.words.set([...hash, 1], ix << 2);
    for (let i = 0; i < WARM_UP_ROUNDS; i++) this.u32(ix as StreamIx);
    return ix as StreamIx;
  }

  /** The same, named after who draws from it and what for. */
  openFor(seed: number, owner: string, purpose: string): StreamIx {
    return this.open(seed, `${owner}\n${purpose}`);
  }

  /** The next 32 random bits, as an unsigned number. */
  u32(ix: StreamIx): number {
    return this.bits(ix) >>> 0;
  }

  /** The next 32 random bits, as a signed number: one that is never boxed on its way out of a call. */
  bits(ix: StreamIx): number {
    const words = this.words;
    const at = ix << 2;
    const b = words[at + 1] as number;
    const c = words[at + 2] as number;
    const counter = words[at + 3] as number;
    const out = ((((words[at] as number) + b) | 0) + counter) | 0;
    words[at] = b ^ (b >>> 9);
    words[at + 1] = (c + (c << 3)) | 0;
    words[at + 2] = (((c << 21) | (c >>> 11)) + out) | 0;
    words[at + 3] = (counter + 1) | 0;
    return out;
  }

  override save(): unknown {
    return { columns: super.save(), names: [...this.byName] };
  }

  override load(saved: unknown): void {
    const copy = saved as { columns: unknown; names: [string, StreamIx][] };
    super.load(copy.columns);
    this.byName = new Map(copy.names);
  }

  /** Uniform in the open interval (0, 1), 32 bits fine. */
  uniform(ix: StreamIx): number {
    return ((this.bits(ix) >>> 0) + 0.5) * TWO_TO_MINUS_32;
  }
}

/** Three words from seed and name: multiply-and-rotate over the UTF-16 code units, each word with its own constants. */
function hashName(seed: number, name: string): readonly [number, number, number] {
  const low = seed | 0;
  const high = (seed / 4294967296) | 0;
  let x = 0x9e3779b9 ^ low;
  let y = 0x85ebca6b ^ high;
  let z = 0xc2b2ae35 ^ name.length;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    x = rotate(imul(x ^ unit, 0xcc9e2d51), 15);
    y = rotate(imul(y ^ x ^ unit, 0x1b873593), 13);
    z = rotate(imul(z ^ y ^ unit, 0xe6546b64), 17);
  }
  return [finish(x ^ rotate(z, 7)), finish(y ^ rotate(x, 11)), finish(z ^ rotate(y, 19) ^ low ^ imul(high, 0x27d4eb2f))];
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

function finish(value: number): number {
  let h = value;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
