// Notices that an engine has fallen silent. It asks for a life sign every second and calls out when none came for too long.
// A page that was itself asleep (hidden tab, closed lid) has heard nothing either and must not blame the engine for it.

const PING_EVERY_MS = 1000;

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
  /** One of `SILENCE_MS`, set by its owner, who knows what the engine is at. */
  silenceMaxMs: number = SILENCE_MS.starting;
  readonly #options: WatchdogOptions;
  #heardAt = 0;
  #tickedAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#heardAt = this.#options.now();
    this.#tickedAt = this.#heardAt;
    this.#timer = setInterval(() => this.#tick(), PING_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Any message is a life sign. */
  heard(): void {
    this.#heardAt = this.#options.now();
  }

  #tick(): void {
    const now = this.#options.now();
    const wasAsleep = now - this.#tickedAt > 2 * PING_EVERY_MS;
    this.#tickedAt = now;
    if (wasAsleep) this.#heardAt = now;
    if (now - this.#heardAt > this.silenceMaxMs) {
      this.#options.onSilence();
      return;
    }
    this.#options.ping();
  }
}
