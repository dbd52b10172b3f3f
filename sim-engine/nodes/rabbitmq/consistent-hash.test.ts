// Facts of the hash ring: that terms hash as Erlang's own tests say, and what a ring does as bindings come and go. Where single keys
// land on a real server stands in vectors/rabbitmq/consistent-hash.json.

import { describe, expect, it } from 'vitest';
import { addArc, arcOf, isHashedBy, newRing, removeArc, weightOf } from './consistent-hash.ts';
import { phash2, type Term } from './erlang-hash.ts';
import { type HeaderTable, type HeaderValue, keyedMessage, type RoutedMessage, type Version } from './model.ts';

const atom = (name: string): Term => ({ is: 'atom', name });
const binary = (text: string): Term => ({ is: 'binary', text });
const integer = (value: number): Term => ({ is: 'integer', value });
const float = (value: number): Term => ({ is: 'float', value });
const tuple = (...of: readonly Term[]): Term => ({ is: 'tuple', of });
const list = (...of: readonly Term[]): Term => ({ is: 'list', of });
const string = (text: string): readonly Term[] => [...text].map((character) => integer(character.charCodeAt(0)));

/** From Erlang/OTP's erts/emulator/test/hash_SUITE.erl, phash2 with a range of 2^32. */
const KNOWN: readonly (readonly [string, Term, number])[] = [
  ['[]', list(), 3468870702],
  ['abc', atom('abc'), 26499],
  ['abd', atom('abd'), 26500],
  ['0', integer(0), 3175731469],
  ['1', integer(1), 539485162],
  ['-1', integer(-1), 1117813597],
  ['1 bsl 20', integer(1048576), 1477815345],
  ['-(1 bsl 20)', integer(-1048576), 3076904293],
  ['1 bsl 32', integer(4294967296), 2108323275],
  ['-(1 bsl 32)', integer(-4294967296), 2586067094],
  ['981494972710656', integer(981494972710656), 1622082818],
  ['-981494972710656', integer(-981494972710656), 3367191372],
  ['<<>>', binary(''), 147926629],
  ['<<0>>', binary('\0'), 2914887855],
  ['<<0:32>>', binary('\0\0\0\0'), 2014511533],
  ['<<"abc">>', binary('abc'), 1306188027],
  ['<<"12345678901234567890">>', binary('12345678901234567890'), 3021061640],
  ['0.0', float(0), 423528920],
  ['-0.0', float(-0), 423528920],
  ['3.14', float(3.14), 3731709215],
  ['-3.14', float(-3.14), 1827518724],
  ['[0.0]', list(float(0)), 167906877],
  ['[{}]', list(tuple()), 4050867804],
  ['[<<>>]', list(binary('')), 440873397],
  ['[[]]', list(list()), 499070068],
  ['[abc]', list(atom('abc')), 3112446404],
  ['[a,b,c]', list(atom('a'), atom('b'), atom('c')), 1505666924],
  ['"abc"', list(...string('abc')), 519996486],
  ['"abc"++[1009]', list(...string('abc'), integer(1009)), 290369864],
  ['"abc"++[1009]++"de"', list(...string('abc'), integer(1009), ...string('de')), 4134369195],
  ['"1234567890123456"', list(...string('1234567890123456')), 963649519],
  ['{}', tuple(), 221703996],
  ['{{}}', tuple(tuple()), 2165044361],
  ['{<<>>}', tuple(binary('')), 682464809],
  ['{0.0}', tuple(float(0)), 688441152],
  ['{[]}', tuple(list()), 1775079505],
  ['{abc}', tuple(atom('abc')), 2032039329],
  ['{a,1,{},-3.14}', tuple(atom('a'), integer(1), tuple(), float(-3.14)), 1364396939],
  ['{b,<<>>}', tuple(atom('b'), binary('')), 2702508511],
];

describe('the hash of an Erlang term', () => {
  it.each(KNOWN)('of %s is the one of its own tests', (_, term, hash) => {
    expect(phash2(term)).toBe(hash % 2 ** 27);
  });

  it('takes the bytes of a text in UTF-8, and answers with 27 bits', () => {
    expect(phash2(binary('Scott9'))).toBe(38990304);
    // One, two, three and four bytes: none of them hashes like its own code units.
    const hashes = ['a', 'ü', '日', '😃'].map((text) => phash2(binary(text)));
    expect(new Set(hashes).size).toBe(4);
  });
});

const NO_ARGS: HeaderTable = new Map();
const keyed = (key: string, more: Partial<RoutedMessage> = {}): RoutedMessage => ({ ...keyedMessage(key), ...more });

describe('a hash ring', () => {
  const where = (ring: ReturnType<typeof newRing>, args: HeaderTable = NO_ARGS, version: Version = '4.3', with_ = keyed('k1')) =>
    arcOf(version, args, ring, with_)?.name;

  it('leads nowhere while nothing is bound', () => {
    expect(where(newRing())).toBeUndefined();
  });

  it('counts a destination once, by its first binding, and loses it with any of its bindings', () => {
    const ring = newRing();
    addArc(ring, false, 'a', 2);
    addArc(ring, false, 'a', 7);
    expect([ring.arcs.length, ring.bucketCount]).toEqual([1, 2]);
    // A queue and an exchange of the same name are two destinations.
    addArc(ring, true, 'a', 1);
    expect([ring.arcs.length, ring.bucketCount]).toEqual([2, 3]);
    removeArc(ring, false, 'a');
    expect(ring.arcs.map(({ toExchange }) => toExchange)).toEqual([true]);
    removeArc(ring, false, 'a');
    expect(ring.bucketCount).toBe(1);
  });

  it('takes a positive integer for a weight, from 4.3 on at most 10,000', () => {
    expect(['1', '+3', '007', '10000'].map((key) => weightOf('4.3', key))).toEqual([1, 3, 7, 10000]);
    expect(['0', '-1', '', '1.0', ' 1', 'x', '10001'].map((key) => weightOf('4.3', key))).toEqual(new Array(7).fill(undefined));
    expect(weightOf('4.0', '10001')).toBe(10001);
  });

  it('hashes a header or one of three properties, not both', () => {
    const args = (...pairs: readonly (readonly [string, HeaderValue])[]): HeaderTable => new Map(pairs);
    expect(isHashedBy(NO_ARGS)).toBe(true);
    expect(isHashedBy(args(['hash-header', 'customer']))).toBe(true);
    expect(isHashedBy(args(['hash-property', 'message_id']))).toBe(true);
    expect(isHashedBy(args(['hash-property', 'user_id']))).toBe(false);
    expect(isHashedBy(args(['hash-header', 'customer'], ['hash-property', 'message_id']))).toBe(false);
  });

  it('sends by the header or property alone, whatever the key, and the same text the same way', () => {
    const ring = newRing();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) addArc(ring, false, name, 100);
    const customer: HeaderTable = new Map([['hash-header', 'customer']]);
    const id: HeaderTable = new Map([['hash-property', 'message_id']]);
    for (let n = 0; n < 50; n++) {
      const byKey = where(ring, NO_ARGS, '4.3', keyed(`c${n}`));
      const inHeader = keyed('other', { headers: new Map([['customer', `c${n}`]]) });
      expect(where(ring, customer, '4.3', inHeader)).toBe(byKey);
      expect(where(ring, id, '4.3', keyed('other', { messageId: `c${n}` }))).toBe(byKey);
    }
  });

  it('sends all messages without that header one way', () => {
    const ring = newRing();
    for (const name of ['a', 'b', 'c', 'd']) addArc(ring, false, name, 10);
    const customer: HeaderTable = new Map([['hash-header', 'customer']]);
    const ways = Array.from({ length: 20 }, (_, n) => where(ring, customer, '4.3', keyed(`k${n}`)));
    expect(new Set(ways).size).toBe(1);
  });

  it('hashes the type of a header along up to 3.10, so that the same header goes another way there', () => {
    const ring = newRing();
    for (let i = 0; i < 50; i++) addArc(ring, false, `q${i}`, 100);
    const customer: HeaderTable = new Map([['hash-header', 'customer']]);
    const ways = (version: Version) =>
      Array.from({ length: 20 }, (_, n) =>
        where(ring, customer, version, keyed('', { headers: new Map([['customer', `c${n}`]]) })),
      );
    expect(ways('4.0')).toEqual(ways('4.3'));
    expect(ways('3.10')).not.toEqual(ways('4.3'));
  });
});
