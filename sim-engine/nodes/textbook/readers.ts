// The readers of a queue: how much room each has stated, and the line in which those who have some wait for their turn.

import { clearRing, type IntRing, newRing, pushRing, removeFromRing, shiftRing, unshiftRing } from '../../kernel/int-ring.ts';
import type { Stateful } from '../../world/actor.ts';

interface ReadersState {
  /** By connection: room it has stated, and whether it stands in the line. */
  credit: number[];
  isInLine: boolean[];
  line: IntRing;
}

export class Readers implements Stateful {
  state: ReadersState = { credit: [], isInLine: [], line: newRing() };

  attach(slot: number): void {
    const { credit, isInLine } = this.state;
    if (credit[slot] === undefined) credit[slot] = 0;
    if (isInLine[slot] === undefined) isInLine[slot] = false;
  }

  /** The wire is gone. */
  detach(slot: number): void {
    const { credit, isInLine, line } = this.state;
    credit[slot] = 0;
    if (!isInLine[slot]) return;
    isInLine[slot] = false;
    removeFromRing(line, slot);
  }

  /** Nobody is known to read any more: each will state its room anew. */
  onCrash(): void {
    const { credit, isInLine, line } = this.state;
    for (let slot = 0; slot < credit.length; slot++) credit[slot] = 0;
    for (let slot = 0; slot < isInLine.length; slot++) isInLine[slot] = false;
    clearRing(line);
  }

  setRoom(slot: number, room: number): void {
    this.state.credit[slot] = room;
    this.join(slot);
  }

  addPlace(slot: number): void {
    this.state.credit[slot] = (this.state.credit[slot] as number) + 1;
    this.join(slot);
  }

  get areWaiting(): boolean {
    return this.state.line.count > 0;
  }

  /** Takes the one that has waited longest out of the line: -1 if it has no room any more. There must be one. */
  next(): number {
    const { credit, isInLine, line } = this.state;
    const slot = shiftRing(line);
    isInLine[slot] = false;
    return (credit[slot] as number) > 0 ? slot : -1;
  }

  /** There was nothing for it: it stays the first. */
  putBack(slot: number): void {
    this.state.isInLine[slot] = true;
    unshiftRing(this.state.line, slot);
  }

  /** The one that was taken out of the line is handed a message: with room left it stands at the end of the line again. */
  takePlace(slot: number): void {
    const { credit, isInLine, line } = this.state;
    const room = (credit[slot] as number) - 1;
    credit[slot] = room;
    if (room <= 0) return;
    isInLine[slot] = true;
    pushRing(line, slot);
  }

  /** Whoever has room stands in the line. */
  private join(slot: number): void {
    const { credit, isInLine, line } = this.state;
    if (isInLine[slot] || (credit[slot] as number) <= 0) return;
    isInLine[slot] = true;
    pushRing(line, slot);
  }
}
