// Two pieces of Erlang that decide where a consistent-hash exchange sends a message: the portable hash of a term (`erlang:phash2/1`)
// and the generator `exs1024` of the module `rand`, seeded from a triple. Written from their descriptions, so that a key lands in the
// same bucket as on the real server; vectors/rabbitmq/consistent-hash.json holds 7 * 60 keys to it. Used by `consistent-hash.ts`.

import { imul } from '../../kernel/exact-math.ts';

/** A term as far as a header can be one. A number without a fraction is an integer unless it says otherwise. */
export type Term =
  | { readonly is: 'atom'; readonly name: string }
  | { readonly is: 'binary'; readonly text: string }
  | { readonly is: 'integer'; readonly value: number }
  | { readonly is: 'float'; readonly value: number }
  | { readonly is: 'tuple'; readonly of: readonly Term[] }
  | { readonly is: 'list'; readonly of: readonly Term[] };

/** `phash2` answers with this many low bits of the hash. */
const PHASH2_MASK = 0x7ffffff;

/** erlang:phash2(Term). */
export const phash2 = (term: Term): number => (hashOf(term, 0) & PHASH2_MASK) >>> 0;

// ------------------------------------------------------------------ the hash of a term

/** The golden ratio in 32 bits; each kind of term mixes in another multiple of it. */
const GOLDEN = 0x9e3779b9;
const salt = (kind: number): number => imul(GOLDEN, kind);
const SMALL = salt(1);
const NIL = salt(2);
const ATOM = salt(3);
const BYTES_OF_LIST = salt(4);
const TUPLE = salt(9);
const BIG_NEGATIVE = salt(10);
const BIG = salt(11);
const FLOAT = salt(12);
const BINARY = salt(13);
/** What the empty list is by itself, and how it is told apart behind other terms. */
const NIL_ALONE = 3468870702;
const NIL_TAG = 2;
/** Integers of 28 bits with their sign are the small ones. */
const SMALL_END = 0x8000000;
const TWO_21 = 0x200000;
const TWO_32 = 0x100000000;

/** The hash of a term after that of all terms before it; 0 = none. */
function hashOf(term: Term, before: number): number {
  switch (term.is) {
    case 'atom':
      return before === 0 ? atomHash(term.name) : mixed(atomHash(term.name), 0, ATOM, before);
    case 'binary':
      return hashOfBytes(utf8(term.text), (BINARY + before) | 0);
    case 'integer':
      return hashOfInteger(term.value, before);
    case 'float':
      return hashOfFloat(term.value, before);
    case 'tuple':
      return term.of.reduce((hash, element) => hashOf(element, hash), mixed(term.of.length, 0, TUPLE, before));
    case 'list':
      return hashOfList(term.of, before);
  }
}

/** Two words mixed into the hash after Bob Jenkins. */
function mixed(first: number, second: number, kind: number, hash: number): number {
  return mix((kind + first) | 0, (kind + second) | 0, hash);
}

/** Bob Jenkins' mixing of 96 bits; the last of the three words. */
function mix(a: number, b: number, c: number): number {
  step(a, b, c);
  return mixC;
}

/** The three words after `step`; kept here, so that hashing makes no objects. */
let mixA = 0;
let mixB = 0;
let mixC = 0;

function step(a: number, b: number, c: number): void {
  a = (a - b - c) ^ (c >>> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >>> 13);
  a = (a - b - c) ^ (c >>> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >>> 5);
  a = (a - b - c) ^ (c >>> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >>> 15);
  mixA = a;
  mixB = b;
  mixC = c;
}

/** Twelve bytes a time; the rest is mixed in with the length, whose place is the lowest byte of the third word. */
function hashOfBytes(bytes: readonly number[], initial: number): number {
  const length = bytes.length;
  if (length === 0) return initial;
  mixA = GOLDEN | 0;
  mixB = GOLDEN | 0;
  mixC = initial;
  let at = 0;
  for (; length - at >= 12; at += 12) {
    step((mixA + word(bytes, at)) | 0, (mixB + word(bytes, at + 4)) | 0, (mixC + word(bytes, at + 8)) | 0);
  }
  const last = length - at > 8 ? word(bytes, at + 8) << 8 : 0;
  return mix((mixA + word(bytes, at)) | 0, (mixB + word(bytes, at + 4)) | 0, (mixC + length + last) | 0);
}

/** Four bytes from `at` on, the lowest first; what lies beyond the end is 0. */
const word = (bytes: readonly number[], at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

/** Integers of up to 28 bits with sign in one word, larger ones by their size in two. */
function hashOfInteger(value: number, before: number): number {
  if (value >= -SMALL_END && value < SMALL_END) {
    const start = value < 0 ? mixed(-value, 0, SMALL, before) : before;
    return mixed(value, 0, SMALL, start);
  }
  const size = value < 0 ? -value : value;
  return mixed((size % TWO_32) | 0, (size / TWO_32) | 0, value < 0 ? BIG_NEGATIVE : BIG, before);
}

const float = new Float64Array(1);
const words = new DataView(float.buffer);

function hashOfFloat(value: number, before: number): number {
  words.setFloat64(0, value === 0 ? 0 : value);
  return mixed(words.getInt32(0), words.getInt32(4), FLOAT, before);
}

/** Small integers at the front go together, four to a word, as the characters of a text do. */
function hashOfList(list: readonly Term[], before: number): number {
  if (list.length === 0) return before === 0 ? NIL_ALONE | 0 : mixed(NIL_TAG, 0, NIL, before);
  let hash = before;
  let gathered = 0;
  let count = 0;
  let at = 0;
  for (; at < list.length; at++) {
    const element = list[at] as Term;
    if (element.is !== 'integer' || element.value < 0 || element.value > 255) break;
    gathered = (gathered << 8) + element.value;
    if (++count < 4) continue;
    hash = mixed(gathered, 0, BYTES_OF_LIST, hash);
    gathered = 0;
    count = 0;
  }
  if (count > 0) hash = mixed(gathered, 0, BYTES_OF_LIST, hash);
  if (at === list.length) return hashOfList([], hash);
  return hashOfList(list.slice(at + 1), hashOf(list[at] as Term, hash));
}

/** The hash of an atom is that of the Dragon Book over its characters. Names of atoms here are plain letters. */
function atomHash(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) {
    hash = (hash << 4) + name.charCodeAt(i);
    const high = hash & 0xf0000000;
    if (high !== 0) hash = hash ^ (high >>> 24) ^ high;
  }
  return hash;
}

function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

// ------------------------------------------------------------------ the generator

/** Xorshift1024*: sixteen words of 64 bits, each in two halves. One draw is asked of it at a time, by one caller. */
const WORDS = 16;
const high = new Int32Array(WORDS);
const low = new Int32Array(WORDS);
let at = 0;
let productHigh = 0;
let productLow = 0;

/** rand:seed_s(exs1024, {Key, Key, Key}): only the lowest 21 bits of the key count. */
export function seedExs1024(key: number): void {
  const seed = (key & (TWO_21 - 1)) + 1;
  const first = BigInt((seed * 2097131) % TWO_21);
  const second = BigInt((seed * 2097133) % TWO_21);
  const third = BigInt((seed * 2097143) % TWO_21);
  const start = (first << 43n) | (second << 22n) | (third << 1n) | 1n;
  let h = Number(start >> 32n) | 0;
  let l = Number(start & 0xffffffffn) | 0;
  // Sixteen draws of xorshift64*, the last of them first.
  for (let i = WORDS - 1; i >= 0; i--) {
    [h, l] = [h ^ (h >>> 12), l ^ ((l >>> 12) | (h << 20))];
    [h, l] = [h ^ ((h << 25) | (l >>> 7)), l ^ (l << 25)];
    [h, l] = [h ^ (h >>> 27), l ^ ((l >>> 27) | (h << 5))];
    multiply(h, l, 0x2545f491, 0x4f6cdd1d);
    high[i] = productHigh;
    low[i] = productLow;
  }
  at = 0;
}

/** The next number of the seeded generator in [0, 1), as rand:uniform_s makes it of 64 bits. */
export function nextExs1024(): number {
  let h0 = high[at] as number;
  let l0 = low[at] as number;
  at = (at + 1) % WORDS;
  let h1 = high[at] as number;
  let l1 = low[at] as number;
  [h1, l1] = [h1 ^ ((h1 << 31) | (l1 >>> 1)), l1 ^ (l1 << 31)];
  [h1, l1] = [h1 ^ (h1 >>> 11), l1 ^ ((l1 >>> 11) | (h1 << 21))];
  [h0, l0] = [h0 ^ (h0 >>> 30), l0 ^ ((l0 >>> 30) | (h0 << 2))];
  h1 ^= h0;
  l1 ^= l0;
  high[at] = h1;
  low[at] = l1;
  multiply(h1, l1, 0x106689d4, 0x5497fdb5);
  return ((productHigh >>> 0) * TWO_32 + (productLow >>> 0)) / (TWO_32 * TWO_32);
}

/** The lower 64 bits of a product of two words of 64, into `productHigh` and `productLow`. */
function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  const p00 = a0 * b0;
  const p10 = a1 * b0 + (p00 - (p00 % 65536)) / 65536;
  const p01 = a0 * b1 + (p10 % 65536);
  const carried = a1 * b1 + (p10 - (p10 % 65536)) / 65536 + (p01 - (p01 % 65536)) / 65536;
  productLow = imul(aLow, bLow);
  productHigh = (carried + imul(aHigh, bLow) + imul(aLow, bHigh)) | 0;
}
