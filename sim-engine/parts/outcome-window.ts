// What a guard remembers of the calls it saw: the last so many, or those of the last so many slices of time, with their sums kept
// as they come and go. A call costs the same however long the window is: only slices in which something happened have a cell, and
// each cell is entered once and leaves once. Circuit breakers and retry budgets keep one in their state, which is plain data.

/** The last `cells.length` calls. */
export interface CallWindow {
  total: number;
  failed: number;
  slow: number;
  /** Place of the next call. */
  at: number;
  /** Per call: FAILED and SLOW. */
  cells: Uint8Array;
}

const FAILED = 1;
const SLOW = 2;

export const newCallWindow = (size: number): CallWindow => ({ total: 0, failed: 0, slow: 0, at: 0, cells: new Uint8Array(size) });

export function recordCall(window: CallWindow, isFailed: boolean, isSlow: boolean): void {
  const { cells, at } = window;
  if (window.total === cells.length) {
    const leaving = cells[at] as number;
    window.failed -= leaving & FAILED;
    window.slow -= (leaving & SLOW) >> 1;
  } else window.total++;
  cells[at] = (isFailed ? FAILED : 0) | (isSlow ? SLOW : 0);
  window.at = at + 1 === cells.length ? 0 : at + 1;
  if (isFailed) window.failed++;
  if (isSlow) window.slow++;
}

export function clearCalls(window: CallWindow): void {
  window.total = window.failed = window.slow = window.at = 0;
}

/** Slices of time in which something was recorded, oldest first, in a ring that grows by doubling. */
export interface SliceWindow {
  total: number;
  failed: number;
  slow: number;
  head: number;
  count: number;
  /** What each slice is known by: the number of a slice of the clock, or when it began. */
  starts: Float64Array;
  totals: Int32Array;
  fails: Int32Array;
  slows: Int32Array;
}

/** A power of two. */
const FIRST_SLICES = 4;

export const newSliceWindow = (): SliceWindow => ({
  total: 0,
  failed: 0,
  slow: 0,
  head: 0,
  count: 0,
  starts: new Float64Array(FIRST_SLICES),
  totals: new Int32Array(FIRST_SLICES),
  fails: new Int32Array(FIRST_SLICES),
  slows: new Int32Array(FIRST_SLICES),
});

/** Forgets every slice that began at `last` or before. */
export function expireSlices(window: SliceWindow, last: number): void {
  const mask = window.starts.length - 1;
  while (window.count > 0 && (window.starts[window.head] as number) <= last) {
    window.total -= window.totals[window.head] as number;
    window.failed -= window.fails[window.head] as number;
    window.slow -= window.slows[window.head] as number;
    window.head = (window.head + 1) & mask;
    window.count--;
  }
}

/** Where the newest slice begins; before all time when there is none. */
export function newestSlice(window: SliceWindow): number {
  return window.count === 0
    ? Number.NEGATIVE_INFINITY
    : (window.starts[(window.head + window.count - 1) & (window.starts.length - 1)] as number);
}

/** Counts a call in the slice `start`, which is the newest or follows it. */
export function recordInSlice(window: SliceWindow, start: number, isFailed: boolean, isSlow: boolean): void {
  if (newestSlice(window) !== start) openSlice(window, start);
  const at = (window.head + window.count - 1) & (window.starts.length - 1);
  window.totals[at] = (window.totals[at] as number) + 1;
  window.total++;
  if (isFailed) {
    window.fails[at] = (window.fails[at] as number) + 1;
    window.failed++;
  }
  if (isSlow) {
    window.slows[at] = (window.slows[at] as number) + 1;
    window.slow++;
  }
}

/** An empty newest slice. */
export function openSlice(window: SliceWindow, start: number): void {
  if (window.count === window.starts.length) grow(window);
  const at = (window.head + window.count) & (window.starts.length - 1);
  window.starts[at] = start;
  window.totals[at] = window.fails[at] = window.slows[at] = 0;
  window.count++;
}

export function clearSlices(window: SliceWindow): void {
  window.total = window.failed = window.slow = window.head = window.count = 0;
}

function grow(window: SliceWindow): void {
  const { starts, totals, fails, slows, head, count } = window;
  const size = starts.length * 2;
  window.starts = new Float64Array(size);
  window.totals = new Int32Array(size);
  window.fails = new Int32Array(size);
  window.slows = new Int32Array(size);
  for (let i = 0; i < count; i++) {
    const from = (head + i) & (starts.length - 1);
    window.starts[i] = starts[from] as number;
    window.totals[i] = totals[from] as number;
    window.fails[i] = fails[from] as number;
    window.slows[i] = slows[from] as number;
  }
  window.head = 0;
}
