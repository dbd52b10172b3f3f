// Direct reply-to: replies go straight to the channel that asked, through no queue. Source: semantics 5.6.

import type { BrokerCore } from './broker-core.ts';
import type { Channel } from './channel.ts';
import type { Message } from './model.ts';

/** What a requester reads from, and names in its questions. */
export const REPLY_QUEUE = 'amq.rabbitmq.reply-to';
/** What stands in front of a channel's number in its address. */
export const REPLY_PREFIX = 'amq.rabbitmq.reply-to.';

export function isReplyAddress(core: BrokerCore, { exchange, key }: Message): boolean {
  return core.version === '4.3' && exchange === '' && key.startsWith(REPLY_PREFIX);
}

/** The channel whose consumer of replies an address names, while that is there. */
export function replyChannel(core: BrokerCore, address: string): Channel | undefined {
  if (!address.startsWith(REPLY_PREFIX)) return undefined;
  const channel = core.state.channels.get(Number(address.slice(REPLY_PREFIX.length)));
  return channel !== undefined && channel.replyTag !== null ? channel : undefined;
}

export function deliverReply(core: BrokerCore, channel: Channel, message: Message): void {
  // Up to 4.0 every reply has the tag 1.
  const tag = core.version === '4.3' ? ++channel.tags : 1;
  const consumerTag = channel.replyTag as string;
  core.out.deliver({
    channel: channel.id,
    consumerTag,
    tag,
    isRedelivered: false,
    queue: '',
    queueType: 'classic',
    message,
    entry: null,
    isAutomatic: true,
  });
}
