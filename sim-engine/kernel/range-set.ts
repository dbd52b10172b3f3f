// A set of whole numbers kept as ascending ranges: what is mostly dense and mostly grows at its end costs next to nothing.
// Used for "which messages of this sender have had their effect". Plain state: it is copied with its owner.

export interface RangeSet {
  /** First and last number of each range; ranges never touch. */
  starts: number[];
  ends: number[];
}

export const newRangeSet = (): RangeSet => ({ starts: [], ends: [] });

/** Adds a number; false if it was there already. */
export function addToRanges(set: RangeSet, number: number): boolean {
  const { starts, ends } = set;
  const last = ends.length - 1;
  if (last >= 0 && number === (ends[last] as number) + 1) {
    ends[last] = number;
    return true;
  }
  if (last < 0 || number > (ends[last] as number)) {
    starts.push(number);
    ends.push(number);
    return true;
  }
  const at = rangeAtOrAfter(set, number);
  if (number >= (starts[at] as number)) return false;
  const touchesNext = number === (starts[at] as number) - 1;
  const touchesPrevious = at > 0 && number === (ends[at - 1] as number) + 1;
  if (touchesNext && touchesPrevious) {
    ends[at - 1] = ends[at] as number;
    starts.splice(at, 1);
    ends.splice(at, 1);
  } else if (touchesNext) starts[at] = number;
  else if (touchesPrevious) ends[at - 1] = number;
  else {
    starts.splice(at, 0, number);
    ends.splice(at, 0, number);
  }
  return true;
}

/** Takes a number out; false if it is not there. */
export function removeFromRanges(set: RangeSet, number: number): boolean {
  const { starts, ends } = set;
  const at = rangeAtOrAfter(set, number);
  if (at === starts.length || number < (starts[at] as number)) return false;
  const isFirst = number === starts[at];
  const isLast = number === ends[at];
  if (isFirst && isLast) {
    starts.splice(at, 1);
    ends.splice(at, 1);
  } else if (isFirst) starts[at] = number + 1;
  else if (isLast) ends[at] = number - 1;
  else {
    starts.splice(at + 1, 0, number + 1);
    ends.splice(at, 0, number - 1);
  }
  return true;
}

export function isInRanges(set: RangeSet, number: number): boolean {
  const at = rangeAtOrAfter(set, number);
  return at < set.starts.length && number >= (set.starts[at] as number);
}

/** Index of the first range that ends at or after `number`. */
function rangeAtOrAfter(set: RangeSet, number: number): number {
  let low = 0;
  let high = set.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set.ends[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
