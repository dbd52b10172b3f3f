// Copies the plain state of an actor: numbers, strings, booleans, null, undefined, arrays, plain objects, Map, Set and typed
// arrays. Anything else is a bug of the kind that keeps it, and is refused by name.

import { AssertionError, assert } from './assert.ts';

/** Deep copy of plain data. Shared references are not kept: plain state is a tree. */
export function clonePlain<T>(value: T): T {
  return clone(value) as T;
}

function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw new AssertionError(`state holds a ${typeof value}`);
    return value;
  }
  if (Array.isArray(value)) {
    const copy = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i++) copy[i] = clone(value[i]);
    return copy;
  }
  if (ArrayBuffer.isView(value)) return (value as Float64Array).slice();
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    for (const [key, held] of value) copy.set(clone(key), clone(held));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    for (const held of value) copy.add(clone(held));
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new AssertionError('state holds an object of a class');
  const copy: Record<string, unknown> = {};
  for (const [key, held] of Object.entries(value)) {
    // Set the plain way, this one name would give the copy another prototype.
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: clone(held), enumerable: true, writable: true, configurable: true });
    else copy[key] = clone(held);
  }
  return copy;
}

/** Whether two trees of plain data say the same. */
export function isSamePlain(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  assert(!(a instanceof Map || a instanceof Set), 'maps and sets are not compared');
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && isSamePlain((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
