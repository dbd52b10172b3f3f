// Facts of exchanges and bindings (semantics/rabbitmq.md 2): which declarations are refused and how, what goes with what, and how
// headers compare. What a whole topology routes is recorded in vectors/rabbitmq/routing.json.

import { describe, expect, it } from 'vitest';
import { matchHeaders } from './headers-match.ts';
import {
  ACCESS_REFUSED,
  type BindingSpec,
  COMMAND_INVALID,
  DONE,
  type ExchangeSpec,
  type HeaderTable,
  type HeaderValue,
  keyedMessage,
  NOT_FOUND,
  PRECONDITION_FAILED,
} from './model.ts';
import {
  addQueue,
  bind,
  checkExchange,
  declareExchange,
  deleteExchange,
  newRouting,
  publishRefusal,
  type RoutingState,
  removeQueue,
  restartRouting,
  route,
  setPolicyAlternate,
  unbind,
} from './routing.ts';

const table = (object: { readonly [name: string]: HeaderValue } = {}): HeaderTable => new Map(Object.entries(object));
const exchange = (name: string, type: string, more: Partial<ExchangeSpec> = {}): ExchangeSpec => ({
  name,
  type,
  isDurable: true,
  isAutoDelete: false,
  isInternal: false,
  args: table(),
  ...more,
});
const toQueue = (source: string, destination: string, key = '', args = table()): BindingSpec => ({
  source,
  destination,
  toExchange: false,
  key,
  args,
});
const toExchange = (source: string, destination: string, key = ''): BindingSpec => ({
  source,
  destination,
  toExchange: true,
  key,
  args: table(),
});

function routing(...specs: readonly ExchangeSpec[]): RoutingState {
  const state = newRouting('4.3');
  for (const spec of specs) expect(declareExchange(state, spec)).toBe(DONE);
  for (const queue of ['a', 'b']) addQueue(state, queue);
  return state;
}

describe('an exchange', () => {
  it('may be declared again as it is, and not otherwise; of its arguments only the alternate exchange is compared', () => {
    const state = routing(exchange('x', 'topic', { args: table({ 'alternate-exchange': 'y', note: 'old' }) }));
    const again = (more: Partial<ExchangeSpec>, type = 'topic') =>
      declareExchange(state, exchange('x', type, { args: table({ 'alternate-exchange': 'y' }), ...more }));
    expect(again({})).toBe(DONE);
    expect(again({}, 'fanout')).toBe(PRECONDITION_FAILED);
    expect(again({ isDurable: false })).toBe(PRECONDITION_FAILED);
    expect(again({ isInternal: true })).toBe(PRECONDITION_FAILED);
    expect(again({ isAutoDelete: true })).toBe(PRECONDITION_FAILED);
    expect(again({ args: table() })).toBe(PRECONDITION_FAILED);
    expect(again({ args: table({ 'alternate-exchange': 'z' }) })).toBe(PRECONDITION_FAILED);
  });

  it('has no reserved name, unless it is one of those that are there', () => {
    const state = routing();
    expect(declareExchange(state, exchange('amq.mine', 'topic'))).toBe(ACCESS_REFUSED);
    expect(declareExchange(state, exchange('amq.topic', 'topic'))).toBe(DONE);
    expect(declareExchange(state, exchange('', 'direct'))).toBe(ACCESS_REFUSED);
    expect(deleteExchange(state, 'amq.topic', false)).toBe(ACCESS_REFUSED);
    expect(deleteExchange(state, '', false)).toBe(ACCESS_REFUSED);
  });

  it('is of a type the server knows: else the channel closes, in 3.10 the connection', () => {
    expect(declareExchange(newRouting('4.3'), exchange('x', 'nonsense'))).toBe(PRECONDITION_FAILED);
    expect(declareExchange(newRouting('4.0'), exchange('x', 'nonsense'))).toBe(PRECONDITION_FAILED);
    expect(declareExchange(newRouting('3.10'), exchange('x', 'nonsense'))).toBe(COMMAND_INVALID);
    expect(declareExchange(newRouting('4.3'), exchange('x', 'direct', { args: table({ 'alternate-exchange': 1 }) }))).toBe(
      PRECONDITION_FAILED,
    );
  });

  it('that is internal takes no publish, and one that is not there neither', () => {
    const state = routing(exchange('in', 'fanout', { isInternal: true }));
    expect(publishRefusal(state, 'in')).toBe(ACCESS_REFUSED);
    expect(publishRefusal(state, 'nowhere')).toBe(NOT_FOUND);
    expect(publishRefusal(state, '')).toBe(DONE);
    expect([checkExchange(state, ''), checkExchange(state, 'in'), checkExchange(state, 'nowhere')]).toEqual([
      ACCESS_REFUSED,
      DONE,
      NOT_FOUND,
    ]);
    expect(route(state, 'nowhere', keyedMessage('a'))).toEqual([]);
  });

  it('may be deleted if unused while bindings lead to it and none from it', () => {
    const state = routing(exchange('x', 'fanout'), exchange('y', 'fanout'));
    bind(state, toExchange('x', 'y'));
    bind(state, toQueue('x', 'a'));
    expect(deleteExchange(state, 'x', true)).toBe(PRECONDITION_FAILED);
    expect(deleteExchange(state, 'y', true)).toBe(DONE);
    expect(route(state, 'x', keyedMessage(''))).toEqual(['a']);
    expect(deleteExchange(state, 'x', false)).toBe(DONE);
    expect(deleteExchange(state, 'x', false)).toBe(DONE);
  });

  it('that is auto-delete goes with its last binding, and takes those along that led nowhere else', () => {
    const isAutoDelete = { isAutoDelete: true };
    const state = routing(
      exchange('x', 'fanout', isAutoDelete),
      exchange('y', 'fanout', isAutoDelete),
      exchange('z', 'fanout', isAutoDelete),
    );
    bind(state, toExchange('x', 'y'));
    bind(state, toExchange('y', 'z'));
    bind(state, toQueue('z', 'a'));
    removeQueue(state, 'a');
    for (const name of ['x', 'y', 'z']) expect([name, checkExchange(state, name)]).toEqual([name, NOT_FOUND]);
    expect(state.incoming.size).toBe(0);
  });

  it('that is auto-delete stays while it never had a binding', () => {
    const state = routing(exchange('x', 'fanout', { isAutoDelete: true }));
    unbind(state, toQueue('x', 'a'));
    expect(checkExchange(state, 'x')).toBe(DONE);
    bind(state, toQueue('x', 'a'));
    bind(state, toQueue('x', 'b'));
    unbind(state, toQueue('x', 'a'));
    expect(checkExchange(state, 'x')).toBe(DONE);
    unbind(state, toQueue('x', 'b'));
    expect(checkExchange(state, 'x')).toBe(NOT_FOUND);
  });

  it('that is not durable survives a restart from 4.3 on, and before did not', () => {
    for (const [version, code] of [
      ['4.3', DONE],
      ['4.0', NOT_FOUND],
      ['3.10', NOT_FOUND],
    ] as const) {
      const state = newRouting(version);
      declareExchange(state, exchange('kept', 'fanout'));
      declareExchange(state, exchange('transient', 'fanout', { isDurable: false }));
      bind(state, toExchange('kept', 'transient'));
      restartRouting(state);
      expect([version, checkExchange(state, 'transient')]).toEqual([version, code]);
      expect(state.exchanges.get('kept')?.bindings.size).toBe(code === DONE ? 1 : 0);
    }
  });

  it('gets its alternate exchange from its argument before any policy', () => {
    const state = routing(exchange('x', 'direct'), exchange('y', 'direct', { args: table({ 'alternate-exchange': 'toA' }) }));
    declareExchange(state, exchange('toA', 'fanout'));
    declareExchange(state, exchange('toB', 'fanout'));
    bind(state, toQueue('toA', 'a'));
    bind(state, toQueue('toB', 'b'));
    for (const name of ['x', 'y']) setPolicyAlternate(state, name, 'toB');
    expect([route(state, 'x', keyedMessage('k')), route(state, 'y', keyedMessage('k'))]).toEqual([['b'], ['a']]);
    setPolicyAlternate(state, 'x', null);
    expect(route(state, 'x', keyedMessage('k'))).toEqual([]);
  });
});

describe('a binding', () => {
  it('needs both ends, and never the default exchange', () => {
    const state = routing(exchange('x', 'fanout'));
    expect(bind(state, toQueue('x', 'nowhere'))).toBe(NOT_FOUND);
    expect(bind(state, toQueue('nowhere', 'a'))).toBe(NOT_FOUND);
    expect(bind(state, toExchange('x', 'a'))).toBe(NOT_FOUND);
    expect(bind(state, toQueue('', 'a'))).toBe(ACCESS_REFUSED);
    expect(bind(state, toExchange('x', ''))).toBe(ACCESS_REFUSED);
    expect(unbind(state, toQueue('', 'a'))).toBe(ACCESS_REFUSED);
    expect(unbind(state, toQueue('x', 'a'))).toBe(DONE);
  });

  it('is one with another that has the same arguments in another order', () => {
    const state = routing(exchange('x', 'headers'));
    bind(state, toQueue('x', 'a', '', table({ k: 1, 'x-match': 'any' })));
    bind(state, toQueue('x', 'a', '', table({ 'x-match': 'any', k: 1 })));
    expect(state.exchanges.get('x')?.bindings.size).toBe(1);
    bind(state, toQueue('x', 'a', '', table({ 'x-match': 'any', k: { double: 1 } })));
    expect(state.exchanges.get('x')?.bindings.size).toBe(2);
    unbind(state, toQueue('x', 'a', '', table({ 'x-match': 'any', k: 1 })));
    expect(route(state, 'x', keyedMessage('', table({ k: 1 })))).toEqual([]);
    expect(route(state, 'x', keyedMessage('', table({ k: { double: 1 } })))).toEqual(['a']);
  });

  it('of a topic exchange has at most two # from 4.3 on; a hash ring wants a weight', () => {
    const state = routing(exchange('t', 'topic'), exchange('h', 'x-consistent-hash'));
    expect(bind(state, toQueue('t', 'a', '#.a.#'))).toBe(DONE);
    expect(bind(state, toQueue('t', 'a', '#.#.#'))).toBe(PRECONDITION_FAILED);
    expect(bind(state, toQueue('h', 'a', '0'))).toBe(PRECONDITION_FAILED);
    expect(bind(state, toQueue('h', 'a', '2'))).toBe(DONE);
    const older = newRouting('4.0');
    declareExchange(older, exchange('t', 'topic'));
    addQueue(older, 'a');
    expect(bind(older, toQueue('t', 'a', '#.#.#'))).toBe(DONE);
  });

  it('goes with its queue, and does not come back with it', () => {
    const state = routing(exchange('t', 'topic'));
    bind(state, toQueue('t', 'a', 'k'));
    bind(state, toQueue('t', 'b', 'k'));
    removeQueue(state, 'a');
    addQueue(state, 'a');
    expect(route(state, 't', keyedMessage('k'))).toEqual(['b']);
    expect(route(state, '', keyedMessage('a'))).toEqual(['a']);
  });
});

describe('headers', () => {
  const matches = (args: { readonly [name: string]: HeaderValue }, headers: { readonly [name: string]: HeaderValue }) =>
    matchHeaders('4.3', table(args), table(headers));

  it('compare by kind and value, tables also in their order', () => {
    expect(matches({ a: 1.5 }, { a: { double: 1.5 } })).toBe(true);
    expect(matches({ a: 1 }, { a: { double: 1 } })).toBe(false);
    expect(matches({ a: 'true' }, { a: true })).toBe(false);
    expect(matches({ a: [1, 'x', [true]] }, { a: [1, 'x', [true]] })).toBe(true);
    expect(matches({ a: [1] }, { a: [1, 2] })).toBe(false);
    expect(matches({ a: table({ x: 1, y: 2 }) }, { a: table({ x: 1, y: 2 }) })).toBe(true);
    expect(matches({ a: table({ x: 1, y: 2 }) }, { a: table({ y: 2, x: 1 }) })).toBe(false);
    expect(matches({ a: [] }, { a: table() })).toBe(false);
  });

  it('of a message that has none are met by nothing that is asked, but by what asks nothing', () => {
    expect(matchHeaders('4.3', table({ 'x-match': 'all' }), null)).toBe(true);
    expect(matchHeaders('4.3', table({ a: null }), null)).toBe(false);
    expect(matchHeaders('4.3', table({ 'x-match': 'any' }), null)).toBe(false);
  });

  it('with a number that is asked as another kind of number matched in 3.10, but not inside of arrays', () => {
    const asks = (wanted: HeaderValue, found: HeaderValue) => matchHeaders('3.10', table({ a: wanted }), table({ a: found }));
    expect([asks(1, { double: 1 }), asks({ double: 2 }, 2), asks(1, { double: 2 })]).toEqual([true, true, false]);
    expect(asks([1], [{ double: 1 }])).toBe(false);
  });
});
