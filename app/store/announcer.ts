// What is told to people who hear the page: politely, one sentence at a time and at most one in two seconds, so that a voice can end
// what it began. News of a topic takes the place of what still waits of the same topic. Knows no page and no clock of its own.

/** The least time between two sentences, wall ms. */
export const ANNOUNCE_MS = 2_000;
/** Of more topics than this the oldest is old news. */
const WAITING_MAX = 4;

export class Announcer {
  /** By topic, oldest first. */
  readonly #waiting = new Map<string, string>();
  #lastMs = Number.NEGATIVE_INFINITY;

  tell(topic: string, sentence: string): void {
    if (sentence === '') {
      this.#waiting.delete(topic);
      return;
    }
    this.#waiting.set(topic, sentence);
    if (this.#waiting.size > WAITING_MAX) this.#waiting.delete(this.#waiting.keys().next().value as string);
  }

  /** The sentence whose turn it is now; null while there is none, or while the one before is still being heard. */
  take(nowMs: number): string | null {
    if (nowMs - this.#lastMs < ANNOUNCE_MS) return null;
    const next = this.#waiting.entries().next().value;
    if (next === undefined) return null;
    const [topic, sentence] = next;
    this.#waiting.delete(topic);
    this.#lastMs = nowMs;
    return sentence;
  }
}

export const announcer = new Announcer();
