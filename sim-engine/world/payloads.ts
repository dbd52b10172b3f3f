// Structured content of packets: lists and names that do not fit into the numbers of a packet, such as the partitions of a fetch or the
// members of a group. Plain data, handed over by number: who sends puts it here, who receives takes it out. Nothing of the books is in it.

import type { Arena, Saveable } from '../kernel/arena.ts';
import { lookUp, type NumberMap, newNumberMap, putIn, takeFrom } from '../kernel/number-map.ts';
import { clonePlain } from '../kernel/plain-state.ts';

const NUMBERS_MASK = 0x3fffffff;

export class Payloads implements Saveable {
  private held: NumberMap<unknown> = newNumberMap();
  private last = 0;

  constructor(arena: Arena) {
    arena.register(this);
  }

  /** How many are on their way. */
  get live(): number {
    return this.held.size;
  }

  /** Answers with the number that goes as `first` of a packet whose type says that it carries content. */
  put(content: unknown): number {
    this.last = (this.last + 1) & NUMBERS_MASK;
    putIn(this.held, this.last, content);
    return this.last;
  }

  take(number: number): unknown {
    return takeFrom(this.held, number);
  }

  /** What the second of two doubled packets carries. */
  copy(number: number): number {
    return this.put(clonePlain(lookUp(this.held, number)));
  }

  save(): unknown {
    return { held: clonePlain(this.held), last: this.last };
  }

  load(saved: unknown): void {
    const copy = saved as { readonly held: NumberMap<unknown>; readonly last: number };
    this.held = clonePlain(copy.held);
    this.last = copy.last;
  }
}
