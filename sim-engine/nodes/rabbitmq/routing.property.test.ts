// Laws of routing: the tree of words against the plain recursive matcher, and the way through many exchanges against asking every
// binding, while bindings, queues and exchanges come and go and the state is copied now and then.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../../kernel/plain-state.ts';
import { type PlainExchange, plainRoute, plainTopicMatch } from '../../testing/slow-twins/plain-routing.ts';
import { bindingId } from './exchange.ts';
import { type BindingSpec, DONE, type RoutedMessage } from './model.ts';
import { addQueue, bind, declareExchange, newRouting, type RoutingState, removeQueue, route, unbind } from './routing.ts';
import type { Targets } from './targets.ts';
import { addPattern, matchTopic, newTopicTrie, removePattern, type TopicNode } from './topic-trie.ts';

/** Few words, so that many keys match; empty ones too, since dots may stand anywhere. */
const word = fc.constantFrom('a', 'b', 'c', '', 'a*');
const key = fc.oneof(
  fc.constant(''),
  fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { minLength: 1, maxLength: 6 }).map((words) => words.join('.')),
);
const pattern = fc.oneof(
  fc.constant(''),
  fc.array(fc.oneof(word, fc.constantFrom('*', '#', '#')), { minLength: 1, maxLength: 6 }).map((words) => words.join('.')),
);

const message = (routingKey: string, cc: readonly string[] = [], bcc: readonly string[] = []): RoutedMessage => ({
  key: routingKey,
  cc,
  bcc,
  headers: null,
  messageId: null,
  correlationId: null,
});

function matched(trie: TopicNode, routingKey: string): readonly string[] {
  const found: Targets[] = [];
  matchTopic(trie, routingKey, found);
  return [...new Set(found.flatMap(({ queues }) => queues.names))].sort();
}

describe('the tree of words of a topic exchange', () => {
  it('matches what the plain matcher matches, whatever was bound and unbound before', () => {
    const act = fc.record({ pattern, queue: fc.constantFrom('p', 'q', 'r'), isRemoval: fc.boolean(), key });
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), (acts) => {
        let trie = newTopicTrie();
        let bound: { readonly pattern: string; readonly queue: string }[] = [];
        for (const one of acts) {
          const there = bound.filter((other) => other.pattern === one.pattern && other.queue === one.queue).length;
          if (one.isRemoval && bound.length > 0) {
            const gone = there > 0 ? one : (bound[bound.length >> 1] as (typeof bound)[number]);
            removePattern(trie, gone.pattern, false, gone.queue);
            const at = bound.findIndex((other) => other.pattern === gone.pattern && other.queue === gone.queue);
            bound = bound.filter((_, i) => i !== at);
          } else {
            addPattern(trie, one.pattern, false, one.queue);
            bound.push(one);
          }
          const plain = bound.filter((other) => plainTopicMatch(other.pattern, one.key)).map(({ queue }) => queue);
          expect(matched(trie, one.key)).toEqual([...new Set(plain)].sort());
          trie = clonePlain(trie);
        }
        for (const one of bound) removePattern(trie, one.pattern, false, one.queue);
        // Nothing is left over of what nobody is bound by any more.
        expect(trie).toEqual(newTopicTrie());
      }),
      { numRuns: 300 },
    );
  });

  it('takes a key through many wildcards without trying them one by one', () => {
    const trie = newTopicTrie();
    addPattern(trie, `${'#.a.'.repeat(20)}b`, false, 'q');
    expect(matched(trie, `${'a.'.repeat(60)}a`)).toEqual([]);
    expect(matched(trie, `${'a.'.repeat(60)}b`)).toEqual(['q']);
  });
});

describe('the way of a message', () => {
  const names = ['x0', 'x1', 'x2', 'x3'];
  const exchanges = fc.tuple(
    ...names.map((name) =>
      fc.record(
        {
          name: fc.constant(name),
          type: fc.constantFrom('direct', 'fanout', 'topic'),
          alternate: fc.constantFrom(...names, 'none'),
        },
        { requiredKeys: ['name', 'type'] },
      ),
    ),
  ) as fc.Arbitrary<PlainExchange[]>;
  const end = fc.oneof(
    fc.record({ destination: fc.constantFrom('p', 'q', 'r', 's'), toExchange: fc.constant(false) }),
    fc.record({ destination: fc.constantFrom(...names), toExchange: fc.constant(true) }),
  );
  // At most two `#`: more are refused.
  const boundKey = fc.constantFrom('', 'a', 'a.b', '*', '#', 'a.#', '#.b', '*.b', '#.a.#');
  const binding: fc.Arbitrary<BindingSpec> = fc
    .tuple(fc.constantFrom(...names), end, boundKey)
    .map(([source, to, bound]) => ({ source, ...to, key: bound, args: new Map() }));
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('bind' as const), binding }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('unbind' as const), binding }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), queue: fc.constantFrom('p', 'q', 'r', 's') }) },
  );
  const routed = fc.record({
    exchange: fc.constantFrom(...names),
    key: fc.constantFrom('', 'a', 'b', 'a.b', 'b.b', 'c.a.b', '#'),
    cc: fc.array(fc.constantFrom('a', 'a.b', 'x'), { maxLength: 2 }),
    bcc: fc.array(fc.constantFrom('a', 'b'), { maxLength: 1 }),
  });

  function declared(all: readonly PlainExchange[]): RoutingState {
    const state = newRouting('4.3');
    for (const { name, type, alternate } of all) {
      const args = new Map(alternate === undefined ? [] : [['alternate-exchange', alternate]]);
      const spec = { name, type, isDurable: true, isAutoDelete: false, isInternal: false, args };
      expect(declareExchange(state, spec)).toBe(DONE);
    }
    for (const queue of ['p', 'q', 'r', 's']) addQueue(state, queue);
    return state;
  }

  it('is that of asking every binding, each queue once (R1), whatever was bound before and in whatever order (R2)', () => {
    fc.assert(
      fc.property(
        exchanges,
        fc.array(act, { maxLength: 30 }),
        fc.array(routed, { minLength: 1, maxLength: 8 }),
        (all, acts, publishes) => {
          let state = declared(all);
          const bound = new Map<string, BindingSpec>();
          for (const one of acts) {
            if (one.do === 'bind') {
              expect(bind(state, one.binding)).toBe(DONE);
              bound.set(bindingId(one.binding), one.binding);
            } else if (one.do === 'unbind') {
              expect(unbind(state, one.binding)).toBe(DONE);
              bound.delete(bindingId(one.binding));
            } else {
              removeQueue(state, one.queue);
              addQueue(state, one.queue);
              for (const [id, { destination, toExchange }] of bound)
                if (!toExchange && destination === one.queue) bound.delete(id);
            }
          }
          state = clonePlain(state);
          const backwards = declared(all);
          for (const one of [...bound.values()].reverse()) bind(backwards, one);
          for (const { exchange, key: routingKey, cc, bcc } of publishes) {
            const plain = plainRoute(all, [...bound.values()], exchange, { key: routingKey, cc, bcc });
            expect(route(state, exchange, message(routingKey, cc, bcc))).toEqual(plain);
            expect(route(backwards, exchange, message(routingKey, cc, bcc))).toEqual(plain);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  /** An exchange `x` of a type, with queues bound to it by these keys. */
  function oneExchange(type: string, bound: readonly (readonly [string, string])[], args: BindingSpec['args'] = new Map()) {
    const state = newRouting('4.3');
    const spec = { name: 'x', type, isDurable: true, isAutoDelete: false, isInternal: false, args };
    expect(declareExchange(state, spec)).toBe(DONE);
    for (const [destination, boundBy] of bound) {
      addQueue(state, destination);
      expect(bind(state, { source: 'x', destination, toExchange: false, key: boundBy, args: new Map() })).toBe(DONE);
    }
    return state;
  }
  const someQueues = fc.uniqueArray(fc.constantFrom('p', 'q', 'r', 's', 't'), { minLength: 1 });

  it('by a fanout exchange leads to each bound queue once (R34)', () => {
    fc.assert(
      fc.property(someQueues, fc.array(key, { minLength: 1, maxLength: 3 }), key, (bound, keys, routingKey) => {
        const state = oneExchange(
          'fanout',
          bound.flatMap((queue) => keys.map((boundBy) => [queue, boundBy] as const)),
        );
        expect(route(state, 'x', message(routingKey, ['a'], ['b']))).toEqual([...bound].sort());
      }),
    );
  });

  it('by a hash ring leads to exactly one queue, the same for the same key (R35)', () => {
    const weighed = someQueues.chain((bound) =>
      fc.tuple(...bound.map((queue) => fc.integer({ min: 1, max: 9 }).map((weight) => [queue, String(weight)] as const))),
    );
    fc.assert(
      fc.property(weighed, fc.array(fc.string(), { minLength: 1, maxLength: 20 }), (bound, keys) => {
        const state = oneExchange('x-consistent-hash', bound);
        const ways = keys.map((routingKey) => route(state, 'x', message(routingKey)));
        for (const way of ways) expect(way).toHaveLength(1);
        expect(keys.map((routingKey) => route(clonePlain(state), 'x', message(routingKey)))).toEqual(ways);
      }),
    );
  });

  it('leads to the alternate exchange only if no binding of the exchange takes it (R36)', () => {
    const bound = fc.array(fc.tuple(fc.constantFrom('p', 'q'), boundKey), { maxLength: 4 });
    fc.assert(
      fc.property(bound, key, (bindings, routingKey) => {
        const state = oneExchange('topic', bindings, new Map([['alternate-exchange', 'strays']]));
        const strays = { name: 'strays', type: 'fanout', isDurable: true, isAutoDelete: false, isInternal: false };
        expect(declareExchange(state, { ...strays, args: new Map() })).toBe(DONE);
        addQueue(state, 'lost');
        bind(state, { source: 'strays', destination: 'lost', toExchange: false, key: '', args: new Map() });
        const isTaken = bindings.some(([, boundBy]) => plainTopicMatch(boundBy, routingKey));
        expect(route(state, 'x', message(routingKey)).includes('lost')).toBe(!isTaken);
      }),
    );
  });
});
