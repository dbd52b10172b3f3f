// Small machines of parts/ once more, the plain way: every fact is kept for ever, and counted or compared anew whenever somebody
// asks; times are whole numbers without a bound.

/** A token bucket in exact fractions of a token. */
export class PlainTokenBucket {
  private readonly rate: bigint;
  private readonly perNs: bigint;
  private readonly burst: bigint;
  /** In parts, of which `perNs` make a token. */
  private level: bigint;
  private atNs: bigint;

  constructor(tokens: number, perNs: number, burst: number, nowNs: number) {
    this.rate = BigInt(tokens);
    this.perNs = BigInt(perNs);
    this.burst = BigInt(burst) * this.perNs;
    this.level = this.burst;
    this.atNs = BigInt(nowNs);
  }

  take(nowNs: number): boolean {
    this.refill(BigInt(nowNs));
    if (this.level < this.perNs) return false;
    this.level -= this.perNs;
    return true;
  }

  /** The first nanosecond at which there is a whole token. */
  nextNs(nowNs: number): number {
    this.refill(BigInt(nowNs));
    if (this.level >= this.perNs) return nowNs;
    const missing = this.perNs - this.level;
    return nowNs + Number((missing + this.rate - 1n) / this.rate);
  }

  /** As many as a float64 can tell of. */
  tokens(nowNs: number): number {
    this.refill(BigInt(nowNs));
    return Number(this.level / this.perNs) + Number(this.level % this.perNs) / Number(this.perNs);
  }

  private refill(nowNs: bigint): void {
    this.level += (nowNs - this.atNs) * this.rate;
    if (this.level > this.burst) this.level = this.burst;
    this.atNs = nowNs;
  }
}

/** A dedup window as a list in order of first seen. */
export class PlainDedupWindow {
  evictedEarly = 0;
  private readonly ttlNs: number;
  private readonly maxCount: number;
  private entries: { readonly id: string; readonly seenNs: number }[] = [];

  constructor(ttlNs: number, maxCount: number) {
    this.ttlNs = ttlNs;
    this.maxCount = maxCount;
  }

  isSeen(nowNs: number, id: string): boolean {
    this.entries = this.entries.filter(({ seenNs }) => nowNs - seenNs <= this.ttlNs);
    return this.entries.some((one) => one.id === id);
  }

  checkAndMark(nowNs: number, id: string): boolean {
    if (this.isSeen(nowNs, id)) return false;
    this.entries.push({ id, seenNs: nowNs });
    if (this.maxCount > 0 && this.entries.length > this.maxCount) {
      this.entries.shift();
      this.evictedEarly++;
    }
    return true;
  }

  count(nowNs: number): number {
    this.isSeen(nowNs, '');
    return this.entries.length;
  }

  forgetAll(): void {
    this.entries = [];
  }
}

/** Open requests as a list of all there ever were. */
export class PlainOpenRequests {
  readonly requests: { readonly deadlineNs: number; fate: 'open' | 'answered' | 'timed out' }[] = [];
  readonly timeouts: number[] = [];

  open(deadlineNs: number): number {
    return this.requests.push({ deadlineNs, fate: 'open' }) - 1;
  }

  advance(nowNs: number): void {
    const due = this.requests
      .map(({ deadlineNs, fate }, number) => ({ deadlineNs, fate, number }))
      .filter(({ deadlineNs, fate }) => fate === 'open' && deadlineNs <= nowNs)
      .sort((a, b) => a.deadlineNs - b.deadlineNs || a.number - b.number);
    for (const { number } of due) {
      (this.requests[number] as { fate: string }).fate = 'timed out';
      this.timeouts.push(number);
    }
  }

  reply(number: number): string {
    const request = this.requests[number];
    if (request === undefined) return 'unknown';
    if (request.fate === 'timed out') return 'late';
    if (request.fate === 'answered') return 'duplicate';
    request.fate = 'answered';
    return 'completed';
  }

  count(fate: string): number {
    return this.requests.filter((one) => one.fate === fate).length;
  }
}
