// What a sighted person would notice on the canvas: a line that grows, and is empty again; letters that die. Told from what a frame
// says of each queue, compared with what was said of it before. Pure.

/** What is read of a frame. */
export interface Seen {
  readonly timeNs: number;
  /** Letters waiting, by id of the queue. */
  readonly waiting: ReadonlyMap<string, number>;
  /** Dead letters so far. */
  readonly dead: number;
}

export type News =
  | { readonly kind: 'grows'; readonly queue: string; readonly count: number }
  | { readonly kind: 'empty'; readonly queue: string }
  /** Letters have died: so many there are now, so that the newest word of it holds whatever was not heard. */
  | { readonly kind: 'dead'; readonly count: number };

/** A line that is worth a word, in letters; the next word is due when it is twice as long. */
const LONG = 10;

export class Watch {
  /** Length of each line when it was last told of; 0 once it was empty again. */
  readonly #told = new Map<string, number>();
  #dead: number | null = null;
  #timeNs = 0;

  /** What is new in this frame. The first one, and one from before the last, as after a reset, only say where things stand. */
  take({ timeNs, waiting, dead }: Seen): readonly News[] {
    const isAnew = this.#dead === null || timeNs < this.#timeNs;
    if (isAnew) this.#told.clear();
    const haveDied = !isAnew && dead > (this.#dead ?? 0);
    this.#dead = dead;
    this.#timeNs = timeNs;
    const news: News[] = haveDied ? [{ kind: 'dead', count: dead }] : [];
    for (const [queue, count] of waiting) {
      const told = this.#told.get(queue) ?? 0;
      if (count >= Math.max(LONG, told * 2)) {
        this.#told.set(queue, count);
        if (!isAnew) news.push({ kind: 'grows', queue, count });
      } else if (count === 0 && told > 0) {
        this.#told.set(queue, 0);
        news.push({ kind: 'empty', queue });
      }
    }
    return news;
  }
}
