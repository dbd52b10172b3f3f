// A first-in first-out ring of whole numbers that grows by doubling: plain data in one object, so that it can be part of an
// actor's state and is copied with it.

export interface IntRing {
  items: Int32Array;
  head: number;
  count: number;
}

/** `capacity` must be a power of two. */
export const newRing = (capacity = 16): IntRing => ({ items: new Int32Array(capacity), head: 0, count: 0 });

export function pushRing(ring: IntRing, item: number): void {
  if (ring.count === ring.items.length) growRing(ring);
  ring.items[(ring.head + ring.count) & (ring.items.length - 1)] = item;
  ring.count++;
}

/** Puts an item before all others. */
export function unshiftRing(ring: IntRing, item: number): void {
  if (ring.count === ring.items.length) growRing(ring);
  ring.head = (ring.head - 1) & (ring.items.length - 1);
  ring.items[ring.head] = item;
  ring.count++;
}

/** The oldest item, removed. The ring must not be empty. */
export function shiftRing(ring: IntRing): number {
  const item = ring.items[ring.head] as number;
  ring.head = (ring.head + 1) & (ring.items.length - 1);
  ring.count--;
  return item;
}

/** The newest item, removed. The ring must not be empty. */
export function popRing(ring: IntRing): number {
  ring.count--;
  return ring.items[(ring.head + ring.count) & (ring.items.length - 1)] as number;
}

/** The item `at` places behind the head. */
export const peekRing = (ring: IntRing, at: number): number => ring.items[(ring.head + at) & (ring.items.length - 1)] as number;

/** Removes the first occurrence of an item; false if it is not there. Costs a walk. */
export function removeFromRing(ring: IntRing, item: number): boolean {
  for (let i = 0; i < ring.count; i++) {
    if (peekRing(ring, i) !== item) continue;
    for (let j = i; j + 1 < ring.count; j++) {
      ring.items[(ring.head + j) & (ring.items.length - 1)] = peekRing(ring, j + 1);
    }
    ring.count--;
    return true;
  }
  return false;
}

export function clearRing(ring: IntRing): void {
  ring.head = 0;
  ring.count = 0;
}

function growRing(ring: IntRing): void {
  const larger = new Int32Array(ring.items.length * 2);
  for (let i = 0; i < ring.count; i++) larger[i] = peekRing(ring, i);
  ring.items = larger;
  ring.head = 0;
}
