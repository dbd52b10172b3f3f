// A RabbitMQ server as a machine: connections and their channels, the queues, what policies say, and every operation of AMQP 0-9-1 on
// them. What comes of an operation is told to `BrokerOutput` as it happens. Whoever calls brings the time; nothing here sends, draws or
// waits. The actor of a broker translates packets into these operations, the runner of recorded facts its scripts.

import { isHeldUp, setAlarm } from './alarms.ts';
import { applyPolicies, clearPolicy, givePolicyToExchange, setPolicy } from './applied-policies.ts';
import {
  type Aftermath,
  type BrokerCore,
  type BrokerOutput,
  type BrokerState,
  type Connection,
  isAway,
  newBrokerState,
} from './broker-core.ts';
import { addPending, type Channel, newChannel, oldestPending, type Settling, takePending } from './channel.ts';
import type { Consumer } from './consumers.ts';
import { publishDeath, tryRetained } from './deaths.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { REPLY_QUEUE, replyChannel } from './direct-replies.ts';
import type { Entry } from './entry-line.ts';
import { findLeader, isHeld, isMinority, killNode, leaderFor, membersFor, startNode } from './leaders.ts';
import {
  ACCESS_REFUSED,
  type BindingSpec,
  closesConnection,
  type DeathReason,
  DONE,
  type ExchangeSpec,
  type HeaderTable,
  INTERNAL_ERROR,
  type Message,
  NOT_ALLOWED,
  NOT_FOUND,
  NOT_IMPLEMENTED,
  PRECONDITION_FAILED,
  type QueueSpec,
  RESOURCE_LOCKED,
  type ReplyCode,
  type Version,
} from './model.ts';
import { type Policy, policyFor } from './policies.ts';
import { type PublishResult, readPublish, spread } from './publishing.ts';
import { newQueue, type Parting, type Queue, type Retained } from './queue.ts';
import { entriesIn, isReadable, kindOf, type Reading } from './queue-kinds.ts';
import { declarationRefusal, queueTypeOf, redeclarationRefusal, settingsOf } from './queue-settings.ts';
import { quorumAck, retryDeathNs } from './quorum-queue.ts';
import {
  addQueue as addRoutedQueue,
  bind,
  checkExchange,
  declareExchange,
  deleteExchange,
  removeQueue,
  restartRouting,
  route,
  setPolicyAlternate,
  unbind,
} from './routing.ts';
import { resumeConsumers, settle, settleAtQueues } from './settling.ts';
import { commit, rollback, selectTransaction } from './transactions.ts';

const MS = 1_000_000;
/** `consumer_timeout` of 3.10 and 4.0 is looked at so often. Source: `rabbit_channel`, tick. */
const TIMEOUT_CHECK_NS = 60_000 * MS;
const CONSUMER_TIMEOUT_NS = 1_800_000 * MS;

const RESERVED = 'amq.';
const NO_ARGS: HeaderTable = new Map();

/** Number that stands in for a queue where the broker itself asks to be woken. */
const BROKER_WAKE = 0;

/** How long a quorum queue is without a leader when its leader's node dies: measured on three nodes of 4.3.6 (semantics 8.4). */
const ELECTION_NS = 250 * MS;

export interface BrokerOptions {
  /** Nodes of the cluster, numbered from 1. */
  readonly nodes: number;
  readonly electionNs: number;
}
const ONE_NODE: BrokerOptions = { nodes: 1, electionNs: ELECTION_NS };

export interface DeclareResult {
  readonly code: ReplyCode;
  readonly ready: number;
  readonly consumers: number;
}

export interface GetResult {
  readonly code: ReplyCode;
  readonly delivery: Delivery | null;
  readonly remaining: number;
}

/**
 * How many dead letters one may lead to at once. In 3.10 queues without room that die into each other hand a message that was once rejected
 * round for ever: the server is busy with it for good, here it is let go.
 */
const DEATHS_MAX = 1000;

const DONE_NOWHERE: PublishResult = { code: DONE, takenBy: 0, refusedBy: 0, openAt: 0 };

export class Broker implements BrokerCore {
  state: BrokerState;
  readonly version: Version;
  readonly out: BrokerOutput;
  readonly aftermath: Aftermath[] = [];

  readonly nodes: number;
  readonly electionNs: number;

  constructor(version: Version, out: BrokerOutput, { electionNs, nodes }: BrokerOptions = ONE_NODE) {
    this.version = version;
    this.out = out;
    this.nodes = nodes;
    this.electionNs = electionNs;
    this.state = newBrokerState(version, nodes);
  }

  // ---------------------------------------------------------------- connections and channels

  /** A connection to a node that runs. */
  openConnection(node = 1): number {
    const id = ++this.state.serials;
    this.state.connections.set(id, { id, node, channels: new Set(), isBlocked: false });
    return id;
  }

  openChannel(connection: number): number {
    const id = ++this.state.serials;
    this.state.channels.set(id, newChannel(id, connection));
    this.connection(connection).channels.add(id);
    return id;
  }

  isOpen(channel: number): boolean {
    return this.state.channels.has(channel);
  }

  /** The client closes a channel; what is out on it comes back. */
  closeChannel(id: number): void {
    this.dropChannel(id);
    this.settleAftermath();
  }

  /** The client closes a connection, or its socket is cut: to the queues it is the same. */
  closeConnection(id: number): void {
    this.dropConnection(id);
    this.settleAftermath();
  }

  dropConnection(id: number): void {
    const connection = this.state.connections.get(id);
    if (connection === undefined) return;
    // All are gone at once: what one gives back may still go to another, and nobody sees it there.
    const channels = [...connection.channels].map((channel) => this.takeChannel(channel));
    for (const channel of channels) if (channel !== undefined) this.leaveQueues(channel);
    this.state.connections.delete(id);
    for (const queue of [...this.state.queues.values()]) if (queue.owner === id) this.dropQueue(queue, 'deleted');
  }

  private dropChannel(id: number): void {
    const channel = this.takeChannel(id);
    if (channel !== undefined) this.leaveQueues(channel);
  }

  private takeChannel(id: number): Channel | undefined {
    const channel = this.state.channels.get(id);
    if (channel === undefined) return undefined;
    this.state.channels.delete(id);
    this.state.connections.get(channel.connection)?.channels.delete(id);
    return channel;
  }

  private leaveQueues({ id, queues }: Channel): void {
    for (const serial of [...queues].sort((a, b) => a - b)) {
      const queue = this.state.queues.get(serial);
      if (queue === undefined) continue;
      if (isHeld(queue, { type: 'down', channel: id })) continue;
      kindOf(queue).channelDown(this, queue, id);
      if (!this.dropIfForsaken(queue)) this.arm(queue);
    }
  }

  /** An operation is refused: the channel, or the whole connection, is closed with the code. */
  private refuse(channel: Channel, code: ReplyCode): ReplyCode {
    if (closesConnection(code)) {
      this.out.connectionClosed(channel.connection, code);
      this.dropConnection(channel.connection);
    } else {
      this.out.channelClosed(channel.id, code);
      this.dropChannel(channel.id);
    }
    this.settleAftermath();
    return code;
  }

  private answer(channel: Channel, code: ReplyCode): ReplyCode {
    return code === DONE ? DONE : this.refuse(channel, code);
  }

  private connection(id: number): Connection {
    return this.state.connections.get(id) as Connection;
  }

  private channel(id: number): Channel {
    return this.state.channels.get(id) as Channel;
  }

  // ---------------------------------------------------------------- exchanges and bindings

  declareExchange(id: number, spec: ExchangeSpec): ReplyCode {
    const { routing } = this.state;
    const isNew = checkExchange(routing, spec.name) !== DONE;
    const code = declareExchange(routing, spec);
    if (code === DONE && isNew) givePolicyToExchange(this, spec.name);
    return this.answer(this.channel(id), code);
  }

  checkExchange(id: number, name: string): ReplyCode {
    return this.answer(this.channel(id), checkExchange(this.state.routing, name));
  }

  deleteExchange(id: number, name: string, ifUnused: boolean): ReplyCode {
    return this.answer(this.channel(id), deleteExchange(this.state.routing, name, ifUnused));
  }

  bind(id: number, binding: BindingSpec): ReplyCode {
    return this.answer(this.channel(id), this.lockedEnd(id, binding) || bind(this.state.routing, binding));
  }

  unbind(id: number, binding: BindingSpec): ReplyCode {
    return this.answer(this.channel(id), this.lockedEnd(id, binding) || unbind(this.state.routing, binding));
  }

  private lockedEnd(id: number, { destination, toExchange }: BindingSpec): ReplyCode {
    const queue = toExchange ? undefined : this.named(destination);
    return queue === undefined ? DONE : this.lockOf(queue, this.channel(id));
  }

  // ---------------------------------------------------------------- queues

  named(name: string): Queue | undefined {
    const serial = this.state.byName.get(name);
    return serial === undefined ? undefined : this.state.queues.get(serial);
  }

  /** 405 for a queue that belongs to another connection, 404 for a classic one whose node is gone. */
  private lockOf(queue: Queue, channel: Channel): ReplyCode {
    if (isAway(queue)) return NOT_FOUND;
    return queue.owner !== 0 && queue.owner !== channel.connection ? RESOURCE_LOCKED : DONE;
  }

  declareQueue(id: number, spec: QueueSpec): DeclareResult {
    const channel = this.channel(id);
    const there = this.named(spec.name);
    if (there !== undefined) {
      const code = this.lockOf(there, channel) || redeclarationRefusal(there.spec, spec, this.version);
      return code === DONE ? this.measured(there) : { code: this.refuse(channel, code), ready: 0, consumers: 0 };
    }
    const code = isMinority(this)
      ? INTERNAL_ERROR
      : spec.name.startsWith(RESERVED)
        ? ACCESS_REFUSED
        : declarationRefusal(spec, this.version);
    if (code !== DONE) return { code: this.refuse(channel, code), ready: 0, consumers: 0 };
    return this.measured(this.makeQueue(spec, channel.connection));
  }

  private makeQueue(given: QueueSpec, connection: number): Queue {
    const { state } = this;
    const serial = ++state.serials;
    const spec = given.name === '' ? { ...given, name: `amq.gen-${serial}` } : given;
    const type = queueTypeOf(spec.args) ?? 'classic';
    const settings = settingsOf(spec.args, policyFor(state.policies, spec.name, type), this.version);
    const node = leaderFor(this, spec, this.connection(connection).node);
    const members = type === 'classic' ? [node] : membersFor(this, spec, node);
    const queue = newQueue(serial, spec, type, spec.isExclusive ? connection : 0, settings, this.nowNs(), node, members);
    state.queues.set(serial, queue);
    state.byName.set(spec.name, serial);
    addRoutedQueue(state.routing, spec.name);
    this.arm(queue);
    return queue;
  }

  /** Declares passively: asks how a queue does. A classic queue counts that as use. */
  checkQueue(id: number, name: string): DeclareResult {
    const channel = this.channel(id);
    const queue = this.named(name);
    // By the name that all read their replies from it is always there (`declare_fast_reply_to`).
    const isForReplies = name === REPLY_QUEUE || replyChannel(this, name) !== undefined;
    if (queue === undefined && isForReplies) return { code: DONE, ready: 0, consumers: 1 };
    const code = queue === undefined ? NOT_FOUND : this.lockOf(queue, channel);
    if (queue === undefined || code !== DONE) return { code: this.refuse(channel, code), ready: 0, consumers: 0 };
    return this.measured(queue);
  }

  private measured(queue: Queue): DeclareResult {
    const kind = kindOf(queue);
    if (kind.countsAsking) {
      queue.usedNs = this.nowNs();
      this.arm(queue);
    }
    return { code: DONE, ready: queue.ready, consumers: kind.consumerCount(queue) };
  }

  /** Answers with how many messages were ready; none if there is no such queue, which is no mistake. */
  deleteQueue(
    id: number,
    name: string,
    ifUnused: boolean,
    ifEmpty: boolean,
  ): { readonly code: ReplyCode; readonly count: number } {
    const channel = this.channel(id);
    const queue = this.named(name);
    if (queue === undefined) return { code: DONE, count: 0 };
    const code = this.lockOf(queue, channel) || this.keptBy(queue, ifUnused, ifEmpty);
    if (code !== DONE) return { code: this.refuse(channel, code), count: 0 };
    const count = queue.ready;
    this.dropQueue(queue, 'deleted');
    this.settleAftermath();
    return { code: DONE, count };
  }

  private keptBy(queue: Queue, ifUnused: boolean, ifEmpty: boolean): ReplyCode {
    if (!ifUnused && !ifEmpty) return DONE;
    const { conditions } = kindOf(queue);
    if (conditions !== 'kept') return conditions === 'refused' ? NOT_IMPLEMENTED : DONE;
    return (ifEmpty && queue.ready > 0) || (ifUnused && queue.consumers.size > 0) ? PRECONDITION_FAILED : DONE;
  }

  purge(id: number, name: string): { readonly code: ReplyCode; readonly count: number } {
    const channel = this.channel(id);
    const queue = this.named(name);
    const code = queue === undefined ? NOT_FOUND : this.lockOf(queue, channel) || kindOf(queue).purgeRefusal;
    if (queue === undefined || code !== DONE) return { code: this.refuse(channel, code), count: 0 };
    const count = kindOf(queue).purge(this, queue);
    this.arm(queue);
    this.settleAftermath();
    return { code: DONE, count };
  }

  /** The queue is gone with all it holds: nothing of it becomes a dead letter, and its consumers are told. */
  dropQueue(queue: Queue, why: Parting): void {
    const { state } = this;
    state.queues.delete(queue.serial);
    state.byName.delete(queue.spec.name);
    removeQueue(state.routing, queue.spec.name);
    this.tellConsumers(queue);
    for (const entry of entriesIn(queue)) this.out.gone(queue, entry, why);
  }

  /** Those who read from a queue learn that they do so no longer. */
  tellConsumers(queue: Queue): void {
    for (const consumer of queue.consumers.values()) {
      const channel = this.state.channels.get(consumer.channel);
      if (channel === undefined || channel.consumers.get(consumer.tag)?.key !== consumer.key) continue;
      channel.consumers.delete(consumer.tag);
      this.out.cancelled(channel.id, consumer.tag);
    }
  }

  /** An auto-delete queue whose last consumer has gone goes too. */
  private dropIfForsaken(queue: Queue): boolean {
    if (!queue.spec.isAutoDelete || !queue.hadConsumers || queue.consumers.size > 0) return false;
    this.dropQueue(queue, 'deleted');
    return true;
  }

  // ---------------------------------------------------------------- publishing

  /** The channel answers each publish from now on. */
  selectConfirms(id: number): ReplyCode {
    const channel = this.channel(id);
    if (channel.transaction !== null) return this.refuse(channel, PRECONDITION_FAILED);
    channel.isConfirming = true;
    return DONE;
  }

  /**
   * Publishes `message`, whose headers are as the client sent them and whose `cc` and `bcc` are empty: they are found in the
   * headers.
   */
  publish(id: number, sent: Message, isMandatory: boolean): PublishResult {
    const channel = this.channel(id);
    const { routing } = this.state;
    const message = readPublish(this, channel, sent);
    if (typeof message === 'number') return { code: this.refuse(channel, message), takenBy: 0, refusedBy: 0, openAt: 0 };
    const publish = channel.isConfirming ? ++channel.publishes : 0;
    const targets = route(routing, message.exchange, message);
    if (channel.transaction !== null) {
      channel.transaction.publishes.push({ exchange: message.exchange, message, isMandatory, targets });
      return DONE_NOWHERE;
    }
    const result = spread(this, channel, message, targets, isMandatory, publish);
    this.settleAftermath();
    return result;
  }

  // ---------------------------------------------------------------- consuming

  /** Windows: of each consumer that comes from now on, or one that all of the channel share (up to 4.0; 4.3 passes it over). */
  qos(id: number, count: number, isShared: boolean): ReplyCode {
    const channel = this.channel(id);
    if (!isShared) channel.prefetch = count;
    else if (this.version !== '4.3') {
      channel.sharedPrefetch = count;
      resumeConsumers(this, channel);
    }
    return DONE;
  }

  consume(
    id: number,
    name: string,
    consumerTag: string,
    isAutomatic: boolean,
    isExclusive: boolean,
    args: HeaderTable = NO_ARGS,
  ): ReplyCode {
    const channel = this.channel(id);
    if (name === REPLY_QUEUE) return this.consumeReplies(channel, consumerTag, isAutomatic);
    const tag = consumerTag === '' ? `amq.ctag-${++this.state.serials}` : consumerTag;
    const queue = this.named(name);
    const { prefetch, sharedPrefetch } = channel;
    const code = this.consumeRefusal(channel, queue, tag, { prefetch, sharedPrefetch, isAutomatic, isExclusive, args });
    if (queue === undefined || code !== DONE) return this.refuse(channel, code);
    const consumer = this.newConsumer(channel, queue, tag, isAutomatic, isExclusive, args);
    channel.consumers.set(tag, { queue: queue.serial, key: consumer.key });
    channel.queues.add(queue.serial);
    if (!isHeld(queue, { type: 'consume', consumer, args })) kindOf(queue).consume(this, queue, consumer, args);
    this.arm(queue);
    this.settleAftermath();
    return DONE;
  }

  private consumeRefusal(channel: Channel, queue: Queue | undefined, tag: string, reading: Reading): ReplyCode {
    if (channel.consumers.has(tag)) return NOT_ALLOWED;
    if (queue === undefined) return NOT_FOUND;
    if (!isReadable(queue, reading.args, this.version)) return PRECONDITION_FAILED;
    return this.lockOf(queue, channel) || kindOf(queue).consumeRefusal(queue, reading);
  }

  private newConsumer(
    channel: Channel,
    queue: Queue,
    tag: string,
    isAutomatic: boolean,
    isExclusive: boolean,
    args: HeaderTable,
  ): Consumer {
    const kind = kindOf(queue);
    const prefetch = kind.window(channel.prefetch);
    const timeout = args.get('x-consumer-timeout');
    return {
      key: ++this.state.serials,
      channel: channel.id,
      tag,
      priority: (args.get('x-priority') as number | undefined) ?? 0,
      isAutomatic,
      isExclusive,
      prefetch,
      timeoutMs: typeof timeout === 'number' ? timeout : queue.settings.consumerTimeoutMs,
      credit: kind.isBounded(prefetch, isAutomatic) ? prefetch : Number.POSITIVE_INFINITY,
      held: 0,
      status: 'up',
      isInTurn: false,
      blockedAt: 0,
    };
  }

  private consumeReplies(channel: Channel, consumerTag: string, isAutomatic: boolean): ReplyCode {
    if (!isAutomatic || channel.replyTag !== null) return this.refuse(channel, PRECONDITION_FAILED);
    if (channel.consumers.has(consumerTag)) return this.refuse(channel, NOT_ALLOWED);
    channel.replyTag = consumerTag;
    return DONE;
  }

  /** Cancelling what is not there is done. */
  cancel(id: number, consumerTag: string): void {
    const channel = this.channel(id);
    if (channel.replyTag === consumerTag) channel.replyTag = null;
    const known = channel.consumers.get(consumerTag);
    if (known === undefined) return;
    channel.consumers.delete(consumerTag);
    const queue = this.state.queues.get(known.queue);
    const consumer = queue?.consumers.get(known.key);
    if (queue === undefined || consumer === undefined) return;
    if (!isHeld(queue, { type: 'cancel', key: consumer.key })) kindOf(queue).cancel(this, queue, consumer);
    if (!this.dropIfForsaken(queue)) this.arm(queue);
    this.settleAftermath();
  }

  get(id: number, name: string, isAutomatic: boolean): GetResult {
    const channel = this.channel(id);
    const queue = this.named(name);
    const code = queue === undefined ? NOT_FOUND : this.lockOf(queue, channel) || kindOf(queue).getRefusal(queue);
    if (queue === undefined || code !== DONE) return { code: this.refuse(channel, code), delivery: null, remaining: 0 };
    const entry = queue.leaderNs > 0 ? null : kindOf(queue).get(this, queue, id, isAutomatic);
    const delivery = entry === null ? null : this.taken(channel, queue, entry, isAutomatic);
    const remaining = queue.ready;
    // The answer goes out before what this leads to elsewhere.
    if (delivery !== null) this.out.polled(delivery, remaining);
    this.arm(queue);
    this.settleAftermath();
    return { code: DONE, delivery, remaining };
  }

  private taken(channel: Channel, queue: Queue, entry: Entry, isAutomatic: boolean): Delivery {
    const tag = ++channel.tags;
    channel.queues.add(queue.serial);
    if (!isAutomatic) this.remember(channel, queue, entry, tag, 0, '');
    this.out.wentOut(queue, entry);
    if (isAutomatic) this.out.gone(queue, entry, 'forgotten');
    return deliveryOf(channel.id, '', tag, queue, entry, isAutomatic);
  }

  private remember(channel: Channel, queue: Queue, entry: Entry, tag: number, consumer: number, consumerTag: string): void {
    const isTimed = this.version !== '4.3';
    addPending(channel, {
      tag,
      isOut: true,
      queue: queue.serial,
      queueName: queue.spec.name,
      position: entry.position,
      consumer,
      consumerTag,
      // Only up to 4.0 does a channel mind the time.
      sentNs: isTimed ? this.nowNs() : 0,
    });
    if (isTimed && this.state.checkNs === Number.POSITIVE_INFINITY) this.armCheck();
  }

  // ---------------------------------------------------------------- settling

  ack(id: number, tag: number, isMultiple: boolean): ReplyCode {
    return this.settle(id, tag, isMultiple, 'ack');
  }

  nack(id: number, tag: number, isMultiple: boolean, isRequeue: boolean): ReplyCode {
    return this.settle(id, tag, isMultiple, isRequeue ? 'nack-requeue' : 'nack-discard');
  }

  reject(id: number, tag: number, isRequeue: boolean): ReplyCode {
    return this.settle(id, tag, false, isRequeue ? 'reject-requeue' : 'reject-discard');
  }

  /** Everything that is out on the channel goes back and may come again. */
  recover(id: number): void {
    const channel = this.channel(id);
    settleAtQueues(this, channel, takePending(channel, 0, true) ?? [], 'nack-requeue');
    this.settleAftermath();
  }

  private settle(id: number, tag: number, isMultiple: boolean, how: Settling): ReplyCode {
    const channel = this.channel(id);
    const code = settle(this, channel, tag, isMultiple, how);
    if (code !== DONE) return this.refuse(channel, code);
    this.settleAftermath();
    return DONE;
  }

  // ---------------------------------------------------------------- transactions

  selectTransaction(id: number): ReplyCode {
    const channel = this.channel(id);
    return this.answer(channel, selectTransaction(channel));
  }

  commit(id: number): ReplyCode {
    const channel = this.channel(id);
    return this.answer(channel, commit(this, channel));
  }

  rollback(id: number): ReplyCode {
    const channel = this.channel(id);
    return this.answer(channel, rollback(channel));
  }

  // ---------------------------------------------------------------- what the queues ask

  nowNs(): number {
    return this.out.nowNs();
  }

  hasRoom(id: number): boolean {
    const channel = this.state.channels.get(id);
    return channel === undefined || channel.sharedPrefetch === 0 || channel.heldByConsumers < channel.sharedPrefetch;
  }

  keep(queue: Queue, entry: Entry, from: number): void {
    entry.obligation = this.out.kept(queue, entry.message, from);
  }

  nextTag(id: number): number {
    return this.channel(id).tags + 1;
  }

  isAloneOn(id: number): boolean {
    return this.state.channels.get(id)?.consumers.size === 1;
  }

  deliver(queue: Queue, consumer: Consumer, entry: Entry): boolean {
    const channel = this.state.channels.get(consumer.channel);
    if (channel === undefined) this.out.wentOut(queue, entry);
    else this.send(queue, consumer, entry, channel);
    if (consumer.isAutomatic && queue.type === 'classic') this.out.gone(queue, entry, 'forgotten');
    return channel !== undefined;
  }

  private send(queue: Queue, consumer: Consumer, entry: Entry, channel: Channel): void {
    const tag = ++channel.tags;
    if (!consumer.isAutomatic) {
      this.remember(channel, queue, entry, tag, consumer.key, consumer.tag);
    }
    this.out.wentOut(queue, entry);
    this.out.deliver(deliveryOf(channel.id, consumer.tag, tag, queue, entry, consumer.isAutomatic));
  }

  settleLater(queue: Queue, position: number): void {
    this.aftermath.push({ type: 'settle', queue, position });
  }

  cameBack(queue: Queue, entry: Entry, isDelayed: boolean): void {
    this.out.cameBack(queue, entry, isDelayed);
  }

  letGo(queue: Queue, entry: Entry, why: Parting): void {
    this.out.gone(queue, entry, why);
  }

  sendAway(_queue: Queue, consumer: Consumer): void {
    this.state.channels.get(consumer.channel)?.consumers.delete(consumer.tag);
    this.out.cancelled(consumer.channel, consumer.tag);
  }

  die(queue: Queue, entry: Entry, reason: DeathReason): void {
    const { deadLetterExchange, isAtLeastOnce } = queue.settings;
    if (deadLetterExchange === null) {
      this.out.gone(queue, entry, reason);
      return;
    }
    if (queue.type !== 'quorum' || !isAtLeastOnce) {
      this.aftermath.push({ type: 'death', queue, entry, reason });
      return;
    }
    const retained: Retained = { entry, reason, dueNs: retryDeathNs(this.nowNs()), confirmedBy: [] };
    queue.retained.push(retained);
    this.aftermath.push({ type: 'retained', queue, retained });
  }

  /** Does what the last operation left to do, and what that leaves, in order. */
  settleAftermath(): void {
    const { aftermath } = this;
    const most = (aftermath.length + 1) * DEATHS_MAX;
    for (let at = 0; at < aftermath.length; at++) {
      const one = aftermath[at] as Aftermath;
      if (one.type === 'death' && at > most) this.out.gone(one.queue, one.entry, one.reason);
      else if (one.type === 'death') publishDeath(this, one.queue, one.entry, one.reason);
      else if (one.type === 'retained') tryRetained(this, one.queue, one.retained);
      else if (this.state.queues.has(one.queue.serial)) {
        quorumAck(this, one.queue, [one.position]);
        this.arm(one.queue);
      }
    }
    if (aftermath.length > 0) aftermath.length = 0;
  }

  // ---------------------------------------------------------------- nodes

  /** A node dies: its connections are lost, its classic queues are away, its quorum queues look for another leader. */
  killNode(node: number): void {
    killNode(this, node);
  }

  startNode(node: number): void {
    startNode(this, node);
  }

  // ---------------------------------------------------------------- policies

  /** A policy of this name takes the place of an earlier one; false if its pattern is none. */
  setPolicy(policy: Policy): boolean {
    return setPolicy(this, policy);
  }

  clearPolicy(name: string, isOperator = false): void {
    clearPolicy(this, name, isOperator);
  }

  // ---------------------------------------------------------------- alarms

  /** A resource runs short (`memory`, `disk`) or does so no longer. */
  setAlarm(resource: string, isOn: boolean): void {
    setAlarm(this, resource, isOn);
  }

  /** Whether what comes on a connection is left unread. */
  isHeldUp(id: number, isPublish: boolean): boolean {
    return this.state.alarms.size > 0 && isHeldUp(this, this.connection(id), isPublish);
  }

  // ---------------------------------------------------------------- time

  /** Asks to be woken when a queue has something to do by itself, if that is sooner than asked for already. */
  arm(queue: Queue): void {
    const dueNs = queue.leaderNs > 0 ? queue.leaderNs : kindOf(queue).dueNs(this, queue);
    if (dueNs >= queue.armedNs) return;
    queue.armedNs = dueNs;
    this.out.wake(queue.serial, dueNs);
  }

  private armCheck(): void {
    this.state.checkNs = this.nowNs() + TIMEOUT_CHECK_NS;
    this.out.wake(BROKER_WAKE, this.state.checkNs);
  }

  /** It is time for what was asked for; a queue that is gone, or has been woken before, is passed over. */
  wake(serial: number): void {
    if (serial === BROKER_WAKE) this.closeLateChannels();
    const queue = this.state.queues.get(serial);
    if (queue === undefined || queue.armedNs > this.nowNs()) return;
    queue.armedNs = Number.POSITIVE_INFINITY;
    if (queue.leaderNs > 0 && !findLeader(this, queue)) return;
    if (kindOf(queue).isExpired(queue, this.nowNs())) {
      this.dropQueue(queue, 'deleted');
      return;
    }
    kindOf(queue).wake(this, queue);
    for (const retained of queue.retained) {
      if (retained.dueNs <= this.nowNs()) this.aftermath.push({ type: 'retained', queue, retained });
    }
    this.settleAftermath();
    this.arm(queue);
  }

  /** 3.10 and 4.0: a channel with a delivery that has been out for too long is closed. */
  private closeLateChannels(): void {
    const { state } = this;
    if (state.checkNs > this.nowNs()) return;
    state.checkNs = Number.POSITIVE_INFINITY;
    const lateNs = this.nowNs() - CONSUMER_TIMEOUT_NS;
    for (const channel of [...state.channels.values()]) {
      const oldest = oldestPending(channel);
      if (oldest !== undefined && oldest.sentNs <= lateNs) this.refuse(channel, PRECONDITION_FAILED);
    }
    if ([...state.channels.values()].some(({ pendingCount }) => pendingCount > 0)) this.armCheck();
  }

  /** The server stops and starts: connections are lost, and what is not durable with them. */
  restart(): void {
    const { state } = this;
    for (let node = 1; node <= this.nodes; node++) state.running.add(node);
    // All connections are lost at once: nothing goes from one to another on its way back.
    state.connections.clear();
    state.channels.clear();
    for (const queue of [...state.queues.values()]) {
      queue.backlog = [];
      queue.leaderNs = 0;
      if (queue.node === 0) queue.node = queue.members[0] as number;
      const isForsaken = queue.spec.isAutoDelete && queue.consumers.size > 0;
      if (!queue.spec.isDurable || queue.owner !== 0 || isForsaken) this.dropQueue(queue, 'restart');
      else kindOf(queue).restart(this, queue);
    }
    restartRouting(state.routing);
    state.alarms.clear();
    this.settleAftermath();
    this.rearm();
  }

  /** Asks anew for all that is to happen by itself: whoever was asked has forgotten. */
  rearm(): void {
    for (const queue of this.state.queues.values()) {
      queue.armedNs = Number.POSITIVE_INFINITY;
      this.arm(queue);
    }
  }

  // ---------------------------------------------------------------- for whoever drew the broker

  /** Another alternate exchange, or none. */
  setAlternate(exchange: string, alternate: string | null): void {
    setPolicyAlternate(this.state.routing, exchange, alternate);
  }

  /** Every copy that lies in a queue or is out of one. */
  *allEntries(): Generator<Entry> {
    for (const queue of this.state.queues.values()) yield* entriesIn(queue);
  }

  /** Arguments of a queue change while it holds messages, as only a policy can do it on a real server. */
  changeArguments(name: string, args: HeaderTable): void {
    const queue = this.named(name);
    if (queue === undefined) return;
    queue.spec = { ...queue.spec, args };
    applyPolicies(this);
  }
}
