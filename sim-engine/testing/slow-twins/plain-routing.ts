// RabbitMQ's routing as its documents tell it, over a plain list of bindings: the topic matcher word by word with a way back, and the
// way of a message by asking every binding of every exchange. What `nodes/rabbitmq/` is held against by property.

import type { BindingSpec, RoutedMessage } from '../../nodes/rabbitmq/model.ts';

const wordsOf = (key: string): readonly string[] => (key === '' ? [] : key.split('.'));

/** The reference of semantics/rabbitmq.md 2.2. */
export function plainTopicMatch(pattern: string, key: string): boolean {
  return match(wordsOf(pattern), wordsOf(key));
}

function match([first, ...rest]: readonly string[], key: readonly string[]): boolean {
  if (first === undefined) return key.length === 0;
  const [word, ...others] = key;
  if (first === '#') return match(rest, key) || (word !== undefined && match([first, ...rest], others));
  return word !== undefined && (first === '*' || first === word) && match(rest, others);
}

export interface PlainExchange {
  readonly name: string;
  readonly type: 'direct' | 'fanout' | 'topic';
  readonly alternate?: string;
}

/** Names of the queues that get the message, in order. */
export function plainRoute(
  exchanges: readonly PlainExchange[],
  bindings: readonly BindingSpec[],
  start: string,
  message: Pick<RoutedMessage, 'key' | 'cc' | 'bcc'>,
): readonly string[] {
  const keys = [message.key, ...message.cc, ...message.bcc];
  const isMatch = (type: PlainExchange['type'], bound: string): boolean =>
    type === 'fanout' || keys.some((key) => (type === 'topic' ? plainTopicMatch(bound, key) : bound === key));
  const queues = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const exchange = exchanges.find((one) => one.name === name);
    if (exchange === undefined || seen.has(name)) return;
    seen.add(name);
    const matched = bindings.filter(({ source, key }) => source === name && isMatch(exchange.type, key));
    for (const { destination, toExchange } of matched) {
      if (toExchange) visit(destination);
      else queues.add(destination);
    }
    if (matched.length === 0 && exchange.alternate !== undefined) visit(exchange.alternate);
  };
  visit(start);
  return [...queues].sort();
}
