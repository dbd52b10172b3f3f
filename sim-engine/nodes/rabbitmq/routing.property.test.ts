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
});
