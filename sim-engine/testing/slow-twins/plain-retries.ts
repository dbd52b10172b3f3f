// Clients that try again at a server that is slow for a while, as plainly as it can be said: one list of what is due, one line, its own
// dice. A slow twin for metastable collapse (docs/semantics/patterns.md, section 3); shares nothing with the engine.

export interface RetryCase {
  /** Requests a second, at random, and what the server can do a second. */
  readonly rate: number;
  readonly serverRate: number;
  /** s that an attempt waits, and how many follow the first. */
  readonly timeoutS: number;
  readonly retries: number;
  /** Retries as a share of requests at most; absent = no limit. */
  readonly budget?: number;
  readonly isNewestFirst?: boolean;
  /** Work older than the time-out is thrown away when its turn comes. */
  readonly dropsOld?: boolean;
  /** From, to, s, and how many times as long work takes that begins then; infinity = none begins. */
  readonly trouble: readonly [fromS: number, toS: number, factor: number];
  readonly untilS: number;
  readonly seed: number;
}

interface Job {
  readonly sentS: number;
  readonly retriesLeft: number;
  isDone: boolean;
}

/** Requests that were answered in time, and attempts that were made, in each whole second. */
export function plainRetries(a: RetryCase): { readonly useful: readonly number[]; readonly attempts: readonly number[] } {
  let state = a.seed >>> 0;
  const chance = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
    mixed ^= mixed >>> 15;
    return ((mixed >>> 0) + 0.5) / 4294967296;
  };
  const gap = (perSecond: number): number => -Math.log(chance()) / perSecond;
  const useful = new Array<number>(a.untilS).fill(0);
  const attempts = new Array<number>(a.untilS).fill(0);
  const line: Job[] = [];
  // Time-outs come in the order in which attempts were sent.
  const waiting: Job[] = [];
  let firstWaiting = 0;
  let arrivalS = gap(a.rate);
  let working: Job | null = null;
  let endsS = Number.POSITIVE_INFINITY;
  let allowance = 1;
  const send = (sentS: number, retriesLeft: number): void => {
    const job = { sentS, retriesLeft, isDone: false };
    attempts[Math.floor(sentS)] = (attempts[Math.floor(sentS)] as number) + 1;
    line.push(job);
    waiting.push(job);
  };
  const begin = (nowS: number): void => {
    const [fromS, toS, factor] = a.trouble;
    while (working === null && line.length > 0) {
      const job = (a.isNewestFirst === true ? line.pop() : line.shift()) as Job;
      if (a.dropsOld === true && nowS - job.sentS >= a.timeoutS) continue;
      working = job;
      const isTrouble = nowS >= fromS && nowS < toS;
      // A server that stands still begins its next work when that is over.
      const startS = isTrouble && factor === Number.POSITIVE_INFINITY ? toS : nowS;
      endsS = startS + gap(a.serverRate) * (isTrouble && factor !== Number.POSITIVE_INFINITY ? factor : 1);
    }
  };
  for (;;) {
    const dueS = firstWaiting < waiting.length ? (waiting[firstWaiting] as Job).sentS + a.timeoutS : Number.POSITIVE_INFINITY;
    const nowS = Math.min(arrivalS, dueS, endsS);
    if (nowS >= a.untilS) return { useful, attempts };
    if (nowS === endsS) {
      const job = working as unknown as Job;
      if (nowS - job.sentS < a.timeoutS) useful[Math.floor(nowS)] = (useful[Math.floor(nowS)] as number) + 1;
      job.isDone = true;
      working = null;
      endsS = Number.POSITIVE_INFINITY;
    } else if (nowS === dueS) {
      const job = waiting[firstWaiting++] as Job;
      const mayRetry = a.budget === undefined || allowance >= 1;
      if (!job.isDone && job.retriesLeft > 0 && mayRetry) {
        allowance--;
        send(nowS, job.retriesLeft - 1);
      }
    } else {
      allowance = Math.min(allowance + (a.budget ?? 0), 10);
      send(nowS, a.retries);
      arrivalS = nowS + gap(a.rate);
    }
    begin(nowS);
  }
}
