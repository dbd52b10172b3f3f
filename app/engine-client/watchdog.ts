// Notices that an engine has fallen silent. It asks for a life sign every second and calls out after two and a half without one.
// A page that was itself asleep (hidden tab, closed lid) has heard nothing either and must not blame the engine for it.

const PING_EVERY_MS = 1000;
const SILENCE_MAX_MS = 2500;
/** While the engine was asked for something long. */
const SILENCE_WHEN_PATIENT_MS = 120_000;

export interface WatchdogOptions {
  readonly now: () => number;
  readonly ping: () => void;
  readonly onSilence: () => void;
}

export class Watchdog {
  /** Set while the engine is known to be busy with one long request. */
  isPatient = false;
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
    if (now - this.#heardAt > (this.isPatient ? SILENCE_WHEN_PATIENT_MS : SILENCE_MAX_MS)) {
      this.#options.onSilence();
      return;
    }
    this.#options.ping();
  }
}
