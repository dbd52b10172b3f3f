// "Try a routing key": which way a message would take through the exchanges of a broker, with every binding that it takes and every one
// that it passes by. For who looks at a drawing; no message is sent and nothing changes.

import type { DeclaredRouting } from './declared-routing.ts';
import { alternateOf, bindingId, type Exchange, matchingBindings } from './exchange.ts';
import type { BindingSpec, ReplyCode, RoutedMessage } from './model.ts';
import { publishRefusal, route } from './routing.ts';

/** One exchange on the way, in the order in which the message comes by. */
export interface TriedExchange {
  readonly name: string;
  /** How it came here: published, by a binding, or since no binding of the exchange before took it. */
  readonly by: 'publish' | 'binding' | 'alternate';
  /** Wires of the bindings that take it, in the order of declaration; of two that are the same binding, both. */
  readonly taken: readonly string[];
  /** The alternate exchange that gets it, since nothing else did; null otherwise. */
  readonly alternate: string | null;
}

export interface Tried {
  /** Why the server would close the channel instead: 404 or 403; 0 when it takes the message. */
  readonly refused: ReplyCode;
  readonly exchanges: readonly TriedExchange[];
  /** Names of the queues that get a copy, each once. None: the message is unroutable. */
  readonly queues: readonly string[];
}

/** Where a message goes that is published to the exchange of this name; '' is the default exchange. */
export function tryKey({ routing, bindings }: DeclaredRouting, exchange: string, message: RoutedMessage): Tried {
  const refused = publishRefusal(routing, exchange);
  if (refused !== 0) return { refused, exchanges: [], queues: [] };
  const wires = new Map<string, string[]>();
  for (const { id, spec } of bindings) {
    const binding = bindingId(spec);
    wires.set(binding, [...(wires.get(binding) ?? []), id]);
  }
  const exchanges: TriedExchange[] = [];
  const seen = new Set([exchange]);
  const waiting: { name: string; by: TriedExchange['by'] }[] = [{ name: exchange, by: 'publish' }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const there = routing.exchanges.get(next.name);
    if (there === undefined) continue;
    const matched = matchingBindings(routing.version, there, message);
    const alternate = matched.length === 0 ? known(routing.exchanges, alternateOf(there)) : null;
    exchanges.push({ ...next, taken: matched.flatMap((spec) => wires.get(bindingId(spec)) ?? []), alternate });
    for (const { name, by } of further(matched, alternate)) {
      if (seen.has(name)) continue;
      seen.add(name);
      waiting.push({ name, by });
    }
  }
  return { refused, exchanges, queues: route(routing, exchange, message) };
}

const known = (exchanges: ReadonlyMap<string, Exchange>, name: string | null): string | null =>
  name !== null && exchanges.has(name) ? name : null;

function further(
  matched: readonly BindingSpec[],
  alternate: string | null,
): readonly { readonly name: string; readonly by: TriedExchange['by'] }[] {
  if (alternate !== null) return [{ name: alternate, by: 'alternate' }];
  return matched.filter(({ toExchange }) => toExchange).map(({ destination }) => ({ name: destination, by: 'binding' }));
}
