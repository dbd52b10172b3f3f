// Which questions still have a way back: a client that asks by direct reply-to reads replies on the channel it asks on, and its
// address is good as long as that channel is open. Kept by the broker's actor, which stands in for the header that the question carries.

import type { ActorCore } from './actor-state.ts';
import { REPLY_PREFIX, REPLY_QUEUE } from './direct-replies.ts';

/** What was asked by one channel: all from `low` on, and what was asked again of older ones. */
export interface Asked {
  low: number;
  readonly older: Set<number>;
}

/** By channel that replies go to. */
export type AskedBy = Map<number, Asked>;

/**
 * The address that a client's question carries; the bare name, which the server refuses, while it reads no replies. `replyParts`: parts
 * of the drawing that direct replies go to.
 */
export function askedWith(actor: ActorCore, replyParts: ReadonlySet<string>, client: string, msg: number): string {
  const channel = replyChannelOf(actor, replyParts, client);
  if (channel === 0) return REPLY_QUEUE;
  noteQuestion(actor.state.asked, channel, actor.world.messages.number[msg] as number);
  return `${REPLY_PREFIX}${channel}`;
}

/** Where a reply goes: to the address that its question carried. Without one it is a key that nobody has. */
export function answeredTo(actor: ActorCore, replyParts: ReadonlySet<string>, msg: number): string {
  const { messages, nodeIds } = actor.world;
  const number = messages.causeNumber[msg] as number;
  const client = number === 0 ? undefined : nodeIds[messages.causeSender[msg] as number];
  const channel = client === undefined ? 0 : replyChannelOf(actor, replyParts, client);
  return isAskedBy(actor.state.asked, channel, number) ? `${REPLY_PREFIX}${channel}` : REPLY_PREFIX;
}

/** The channel on which a client reads direct replies; 0 if it does not. */
function replyChannelOf({ connections, state }: ActorCore, replyParts: ReadonlySet<string>, client: string): number {
  for (const [slot, { channel }] of state.sessions) {
    const connection = connections[slot];
    if (connection?.peerId === client && replyParts.has(connection.selfId)) return channel;
  }
  return 0;
}

/** Question `number` goes out with the address of `channel`. */
function noteQuestion(asked: AskedBy, channel: number, number: number): void {
  const known = asked.get(channel);
  if (known === undefined) asked.set(channel, { low: number, older: new Set() });
  else if (number < known.low) known.older.add(number);
}

/** Whether question `number` was asked with the address of `channel`. */
function isAskedBy(asked: AskedBy, channel: number, number: number): boolean {
  const known = asked.get(channel);
  return known !== undefined && (number >= known.low || known.older.has(number));
}
