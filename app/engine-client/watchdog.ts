// Notices that an engine has fallen silent. It asks for a life sign every second and calls out when none came for too long.
// A page that was itself asleep (hidden tab, closed lid) has heard nothing either and must not blame the engine for it.

const PING_EVERY_MS = 1000;
/** A life sign that was asked for should have come by then. */
const OVERDUE_MS = 1300;

/** For how long an engine may be silent, ms. */
export const SILENCE_MS = {
  usual: 2500,
  /** It reads and builds a large drawing in one go. What takes longer it does in slices, with life signs in between. */
  loading: 8000,
  /** Its script is still on the way, over a slow line perhaps. */
  starting: 120_000,
} as const;

export interface WatchdogOptions {
  readonly now: () => number;
  readonly ping: () => void;
  readonly onSilence: () => void;
}

export class Watchdog {
  readonly #options: WatchdogOptions;
  #silenceMaxMs: number = SILENCE_MS.starting;
  #heardAt = 0;
  #tickedAt = 0;
  /** Whether it was asleep since it heard the engine last: that excuses one silence, not every one. */
  #hasExcused = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#silenceMaxMs = SILENCE_MS.starting;
    this.#heardAt = this.#options.now();
    this.#tickedAt = this.#heardAt;
    this.#hasExcused = false;
    this.#timer = setInterval(() => this.#tick(), PING_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * How long it may be silent from now on: one of `SILENCE_MS`, named by the owner, who knows what the engine is at. More time
   * is for one that still answers; what is asked of one that owes a life sign already may be asked of the dead.
   */
  allow(silenceMaxMs: number): void {
    const isOverdue = this.#options.now() - this.#heardAt > OVERDUE_MS;
    if (silenceMaxMs <= this.#silenceMaxMs || !isOverdue) this.#silenceMaxMs = silenceMaxMs;
  }

  /** Any message is a life sign. */
  heard(): void {
    this.#hasExcused = false;
    this.#heardAt = this.#options.now();
  }

  #tick(): void {
    const now = this.#options.now();
    const wasAsleep = now - this.#tickedAt > 2 * PING_EVERY_MS;
    this.#tickedAt = now;
    if (wasAsleep && !this.#hasExcused) {
      this.#hasExcused = true;
      this.#heardAt = now;
    }
    if (now - this.#heardAt > this.#silenceMaxMs) {
      this.#options.onSilence();
      return;
    }
    this.#options.ping();
  }
}
