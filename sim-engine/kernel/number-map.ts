// A map from whole numbers that are not negative to values, for places where few are held at a time but very many come and go: it makes
// no garbage, where a Map leaves its old tables behind. Plain data in one object, so that it can be part of an actor's state and is
// copied with it.

import { imul } from './exact-math.ts';

export interface NumberMap<T> {
  /** By slot; -1 = free. */
  keys: Float64Array;
  values: (T | null)[];
  /** When each was put in. */
  serials: Float64Array;
  size: number;
  puts: number;
}

const FREE = -1;
const LEAST_SLOTS = 8;

export const newNumberMap = <T>(): NumberMap<T> => ({
  keys: new Float64Array(LEAST_SLOTS).fill(FREE),
  values: new Array<T | null>(LEAST_SLOTS).fill(null),
  serials: new Float64Array(LEAST_SLOTS),
  size: 0,
  puts: 0,
});

/** Where a key would like to be. */
function homeOf(key: number, mask: number): number {
  const mixed = imul(key, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & mask;
}

function slotOf({ keys }: NumberMap<unknown>, key: number): number {
  const mask = keys.length - 1;
  for (let slot = homeOf(key, mask); ; slot = (slot + 1) & mask) {
    if (keys[slot] === key) return slot;
    if (keys[slot] === FREE) return -1;
  }
}

export function lookUp<T>(map: NumberMap<T>, key: number): T | undefined {
  const slot = slotOf(map, key);
  return slot < 0 ? undefined : (map.values[slot] as T);
}

/** Puts a value under a key; in place of another it stands where that stood. */
export function putIn<T>(map: NumberMap<T>, key: number, value: T): void {
  const slot = slotOf(map, key);
  if (slot >= 0) {
    map.values[slot] = value;
    return;
  }
  if ((map.size + 1) * 2 > map.keys.length) grow(map);
  place(map, key, value, map.puts++);
  map.size++;
}

function place<T>({ keys, serials, values }: NumberMap<T>, key: number, value: T, serial: number): void {
  const mask = keys.length - 1;
  let slot = homeOf(key, mask);
  while (keys[slot] !== FREE) slot = (slot + 1) & mask;
  keys[slot] = key;
  values[slot] = value;
  serials[slot] = serial;
}

function grow<T>(map: NumberMap<T>): void {
  const { keys, serials, values } = map;
  const slots = keys.length * 2;
  map.keys = new Float64Array(slots).fill(FREE);
  map.values = new Array<T | null>(slots).fill(null);
  map.serials = new Float64Array(slots);
  for (let slot = 0; slot < keys.length; slot++) {
    if (keys[slot] !== FREE) place(map, keys[slot] as number, values[slot] as T, serials[slot] as number);
  }
}

/** The value under a key, removed. */
export function takeFrom<T>(map: NumberMap<T>, key: number): T | undefined {
  const slot = slotOf(map, key);
  if (slot < 0) return undefined;
  const value = map.values[slot] as T;
  map.size--;
  closeGap(map, slot);
  return value;
}

/** Moves those behind a slot forward that could not have what they wanted, so that nobody is looked for past a gap. */
function closeGap({ keys, serials, values }: NumberMap<unknown>, start: number): void {
  const mask = keys.length - 1;
  let gap = start;
  for (let slot = (gap + 1) & mask; keys[slot] !== FREE; slot = (slot + 1) & mask) {
    const home = homeOf(keys[slot] as number, mask);
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    keys[gap] = keys[slot] as number;
    values[gap] = values[slot];
    serials[gap] = serials[slot] as number;
    gap = slot;
  }
  keys[gap] = FREE;
  values[gap] = null;
}

/** Keys in the order in which they were put in. */
export function keysOf({ keys, serials }: NumberMap<unknown>): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < keys.length; slot++) if (keys[slot] !== FREE) slots.push(slot);
  slots.sort((a, b) => (serials[a] as number) - (serials[b] as number));
  return slots.map((slot) => keys[slot] as number);
}

/** Values in the order in which they were put in. */
export const valuesOf = <T>(map: NumberMap<T>): T[] => keysOf(map).map((key) => lookUp(map, key) as T);

export function clearNumbers(map: NumberMap<unknown>): void {
  if (map.size === 0) return;
  map.keys.fill(FREE);
  map.values.fill(null);
  map.size = 0;
}
