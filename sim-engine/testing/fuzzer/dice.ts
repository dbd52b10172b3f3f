// Chance for the fuzzer: seeded, and no relative of the engine's generator, so that what is drawn for a test never depends on
// what is tested.

export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 0x9e3779b9 + 0x7f4a7c15) >>> 0;
    for (let i = 0; i < 8; i++) this.share();
  }

  /** Uniform in [0, 1): mulberry32 by Tommy Ettinger. */
  share(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  chance(share: number): boolean {
    return this.share() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)] as T;
  }

  /** The same members in any order. */
  shuffled<T>(from: readonly T[]): T[] {
    const left = [...from];
    const out: T[] = [];
    while (left.length > 0) out.push(...left.splice(this.int(0, left.length - 1), 1));
    return out;
  }
}
