// How a publish reaches its queues: what of it is read, who takes it, and what its publisher is told.

import { type BrokerCore, isAway } from './broker-core.ts';
import type { Channel } from './channel.ts';
import { classicEnqueue, classicWouldOverflow } from './classic-queue.ts';
import { deliverReply, isReplyAddress, REPLY_PREFIX, REPLY_QUEUE, replyChannel } from './direct-replies.ts';
import type { Entry } from './entry-line.ts';
import { DONE, type HeaderTable, type HeaderValue, type Message, PRECONDITION_FAILED, type ReplyCode } from './model.ts';
import type { Queue } from './queue.ts';
import { isExpiration } from './queue-settings.ts';
import { quorumEnqueue, quorumRefuses } from './quorum-queue.ts';
import { publishRefusal } from './routing.ts';
import { appendToStream } from './stream-queue.ts';

/** What became of a publish. */
export interface PublishResult {
  readonly code: ReplyCode;
  /** Queues that took it, and that would not. */
  readonly takenBy: number;
  readonly refusedBy: number;
  /** Queues that say so later: `BrokerOutput.decided` is told of each. */
  readonly openAt: number;
}

type Verdict = 'taken' | 'refused' | 'later';

/** The message as the queues keep it, or why there is none. */
export function readPublish(core: BrokerCore, channel: Channel, sent: Message): Message | ReplyCode {
  const code = publishRefusal(core.state.routing, sent.exchange);
  if (code !== DONE) return code;
  let { replyTo, headers } = sent;
  if (replyTo === REPLY_QUEUE) {
    if (channel.replyTag === null) return PRECONDITION_FAILED;
    replyTo = `${REPLY_PREFIX}${channel.id}`;
  }
  if (sent.expiration !== null && !isExpiration(sent.expiration)) return PRECONDITION_FAILED;
  const cc = furtherKeys(headers, 'CC');
  const bcc = furtherKeys(headers, 'BCC');
  if (cc === null || bcc === null) return PRECONDITION_FAILED;
  if (headers?.has('BCC')) {
    const rest = new Map(headers);
    rest.delete('BCC');
    headers = rest;
  }
  return replyTo === sent.replyTo && headers === sent.headers && cc.length === 0 && bcc.length === 0
    ? sent
    : { ...sent, replyTo, headers, cc, bcc };
}

/** Hands a message to its queues and answers the publisher. */
export function spread(
  core: BrokerCore,
  channel: Channel,
  message: Message,
  targets: readonly string[],
  isMandatory: boolean,
  publish: number,
): PublishResult {
  const reply = message.exchange === '' ? replyChannel(core, message.key) : undefined;
  if (isMandatory && targets.length === 0 && !isReplyAddress(core, message)) core.out.returned(channel.id, message);
  if (reply !== undefined) deliverReply(core, reply, message);
  let takenBy = reply === undefined ? 0 : 1;
  let refusedBy = 0;
  let open: Set<number> | null = null;
  for (const name of targets) {
    const queue = core.named(name) as Queue;
    const verdict = offer(core, queue, message, channel.id, publish, 0);
    if (verdict === 'taken') takenBy++;
    else if (verdict === 'refused') refusedBy++;
    else {
      open ??= new Set();
      open.add(queue.serial);
    }
  }
  if (publish !== 0 && open !== null) channel.unconfirmed.set(publish, { queues: open, isRefused: refusedBy > 0 });
  else if (publish !== 0) core.out.confirmed(channel.id, publish, refusedBy === 0);
  return { code: DONE, takenBy, refusedBy, openAt: open?.size ?? 0 };
}

/** Offers a message to a queue. `channel` 0 is the broker itself, `publish` 0 a publish that wants no answer. */
export function offer(core: BrokerCore, queue: Queue, message: Message, channel: number, publish: number, from: number): Verdict {
  if (isAway(queue)) return 'refused';
  if (queue.leaderNs !== 0) {
    queue.backlog.push({ type: 'publish', message, channel, publish, from });
    return 'later';
  }
  const isTaken = offerNow(core, queue, message, channel, from);
  core.arm(queue);
  return isTaken ? 'taken' : 'refused';
}

export function offerNow(core: BrokerCore, queue: Queue, message: Message, channel: number, from: number): boolean {
  if (queue.type === 'classic') return offerClassic(core, queue, message, from);
  if (queue.type === 'quorum') return offerQuorum(core, queue, message, channel, from);
  appendToStream(core, queue, message, core.out.kept(queue, message, from));
  return true;
}

function offerClassic(core: BrokerCore, queue: Queue, message: Message, from: number): boolean {
  if (classicWouldOverflow(queue, message)) {
    if (queue.settings.overflow === 'reject-publish-dlx' && queue.settings.deadLetterExchange !== null) {
      core.die(queue, refusedEntry(message), 'maxlen');
    }
    return false;
  }
  classicEnqueue(core, queue, message, from);
  return true;
}

function offerQuorum(core: BrokerCore, queue: Queue, message: Message, publisher: number, from: number): boolean {
  if (publisher !== 0) {
    core.state.channels.get(publisher)?.queues.add(queue.serial);
    if (quorumRefuses(queue, publisher)) return false;
  }
  quorumEnqueue(core, queue, message, from);
  return true;
}

/** A message that its queue would not have, as far as one can die that was never there. */
function refusedEntry(message: Message): Entry {
  return {
    position: 0,
    message,
    expiresNs: Number.POSITIVE_INFINITY,
    bytes: message.bodyBytes,
    level: 0,
    isRedelivered: false,
    failedCount: message.failedDeliveries,
    returnedCount: 0,
    obligation: 0,
  };
}

/** Routing keys in a header: the texts of a list, none if there is no such header, null if it is anything else. */
function furtherKeys(headers: HeaderTable | null, name: string): readonly string[] | null {
  const value = headers?.get(name);
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly HeaderValue[]).filter((key) => typeof key === 'string') : null;
}
