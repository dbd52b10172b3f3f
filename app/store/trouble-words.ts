// What troubles are called where room is short. Loaded with the first advice.

import { type MessageKey, text } from '../messages/asked.ts';

/** By code of the problem. */
const SHORT: ReadonlyMap<string, MessageKey> = new Map([
  ['nothing-comes-in', 'card.nothing-comes-in'],
  ['no-way-out', 'card.no-way-out'],
  ['no-dead-letters', 'card.no-dead-letters'],
  ['gaps-of-nothing', 'card.gaps-of-nothing'],
  ['amqp-queue-refused', 'card.refused'],
  ['amqp-exchange-refused', 'card.refused'],
  ['amqp-binding-refused', 'card.binding-refused'],
  ['amqp-name-twice', 'card.name-twice'],
  ['amqp-replies-manual', 'card.replies-manual'],
  ['amqp-no-reply-to', 'card.no-reply-to'],
  ['amqp-replies-unread', 'card.replies-unread'],
  ['amqp-stream-window', 'card.stream-window'],
  ['amqp-circle', 'card.circle'],
]);

/** Undefined for those that are told in full. */
export function shortOf(code: string): string | undefined {
  const key = SHORT.get(code);
  return key === undefined ? undefined : text(key);
}
