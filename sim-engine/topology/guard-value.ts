// Keeps the limits of `read-json.ts` for a document that comes as a value: from the page's store, a link or a command. Walks
// without recursion, so that neither depth nor a value that contains itself can do harm. Knows nothing of meaning.

import type { Problem } from './document.ts';
import { DEPTH_MAX, KEYS_MAX, RESERVED_KEYS, TEXT_MAX, VALUES_MAX } from './limits.ts';
import { inside, isFull, type Place, report, shown } from './problems.ts';

interface Visit {
  readonly value: unknown;
  readonly place: Place | undefined;
  readonly depth: number;
}

/** Adds a problem for everything in `value` that no document text could hold. */
export function guardValue(value: unknown, problems: Problem[], at?: Place): void {
  const pending: Visit[] = [{ value, place: at, depth: 1 }];
  let seen = 0;
  for (let visit = pending.pop(); visit !== undefined && !isFull(problems); visit = pending.pop()) {
    if (++seen > VALUES_MAX) {
      report(problems, 'too-many-values', undefined, { most: VALUES_MAX });
      return;
    }
    if (typeof visit.value !== 'object' || visit.value === null) guardLeaf(visit, problems);
    else if (visit.depth > DEPTH_MAX) {
      report(problems, 'too-deep', visit.place, { most: DEPTH_MAX });
      return;
    } else if (Array.isArray(visit.value)) pushMembers(visit.value, visit, pending);
    else pushKeys(visit.value, visit, pending, problems);
  }
}

function guardLeaf({ value, place }: Visit, problems: Problem[]): void {
  if (typeof value === 'string' && value.length > TEXT_MAX) {
    report(problems, 'text-too-long', place, { length: value.length, most: TEXT_MAX });
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    report(problems, 'not-finite', place, { value: String(value) });
  } else if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    report(problems, 'not-json-value', place, { found: typeof value });
  }
}

function pushMembers(members: readonly unknown[], { place, depth }: Visit, pending: Visit[]): void {
  // From the end, so that problems come in the order of the document. No further than the count of values allows.
  const last = members.length > VALUES_MAX ? VALUES_MAX : members.length - 1;
  for (let i = last; i >= 0; i--) {
    const member: unknown = members[i];
    const id = typeof member === 'object' && member !== null && Object.hasOwn(member, 'id') ? (member as { id: unknown }).id : i;
    pending.push({ value: member, place: inside(place, typeof id === 'string' ? shown(id) : i), depth: depth + 1 });
  }
}

function pushKeys(value: object, { place, depth }: Visit, pending: Visit[], problems: Problem[]): void {
  const keys = Object.keys(value);
  if (keys.length > KEYS_MAX) {
    report(problems, 'too-many-keys', place, { most: KEYS_MAX });
    return;
  }
  for (const key of keys.reverse()) {
    if (RESERVED_KEYS.has(key)) report(problems, 'reserved-key', place, { key });
    else if (key.length > TEXT_MAX) report(problems, 'key-too-long', place, { length: key.length, most: TEXT_MAX });
    else pending.push({ value: (value as { [key: string]: unknown })[key], place: inside(place, key), depth: depth + 1 });
  }
}
