// What a channel remembers of numbered sends: for each sender the latest numbers it accepted, as bits of a ring. A number that has
// left the window is not known any more, and what comes with it counts as new.

import { floor } from '../../kernel/exact-math.ts';

interface SenderNumbers {
  /** Highest number accepted. */
  highest: number;
  /** Bit `number % window`: whether it was accepted, for the numbers above highest - window. */
  seen: Uint32Array;
}

/** Plain state. */
export interface RecentNumbers {
  window: number;
  bySender: Map<number, SenderNumbers>;
}

export const newRecentNumbers = (): RecentNumbers => ({ window: 0, bySender: new Map() });

export function isRemembered({ window, bySender }: RecentNumbers, sender: number, number: number): boolean {
  const numbers = bySender.get(sender);
  if (numbers === undefined || number > numbers.highest || number <= numbers.highest - window) return false;
  return isSet(numbers.seen, number % window);
}

/** Notes an accepted number. The time it takes does not depend on the window, but for gaps between numbers. */
export function rememberNumber({ window, bySender }: RecentNumbers, sender: number, number: number): void {
  if (window === 0) return;
  let numbers = bySender.get(sender);
  if (numbers === undefined) {
    numbers = { highest: 0, seen: new Uint32Array(floor((window + 31) / 32)) };
    bySender.set(sender, numbers);
  }
  if (number <= numbers.highest - window) return;
  if (number > numbers.highest + window) numbers.seen.fill(0);
  else for (let passed = numbers.highest + 1; passed < number; passed++) setBit(numbers.seen, passed % window, false);
  if (number > numbers.highest) numbers.highest = number;
  setBit(numbers.seen, number % window, true);
}

/** A window of another length: what both cover is kept. */
export function resizeWindow(recent: RecentNumbers, window: number): void {
  if (window === recent.window) return;
  const kept: RecentNumbers = { window, bySender: new Map() };
  for (const [sender, { highest }] of recent.bySender) {
    const span = window < recent.window ? window : recent.window;
    for (let number = highest - span + 1; number <= highest; number++) {
      if (number > 0 && isRemembered(recent, sender, number)) rememberNumber(kept, sender, number);
    }
  }
  recent.window = window;
  recent.bySender = kept.bySender;
}

const isSet = (bits: Uint32Array, at: number): boolean => (((bits[at >>> 5] as number) >>> (at & 31)) & 1) === 1;

function setBit(bits: Uint32Array, at: number, isOn: boolean): void {
  const word = bits[at >>> 5] as number;
  const bit = 1 << (at & 31);
  bits[at >>> 5] = isOn ? word | bit : word & ~bit;
}
