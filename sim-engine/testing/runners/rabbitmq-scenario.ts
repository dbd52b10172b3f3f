// Judges scripts that were run against a real RabbitMQ: each step is an operation of the broker as its actor has them, and what was
// observed after it is compared. The client here holds no rules of the broker: it numbers its connections, keeps what it was given
// and translates names.

import { isSamePlain } from '../../kernel/plain-state.ts';
import { Broker, type BrokerOptions } from '../../nodes/rabbitmq/broker.ts';
import type { BrokerOutput } from '../../nodes/rabbitmq/broker-core.ts';
import { type Delivery, deliveryHeaders } from '../../nodes/rabbitmq/delivery.ts';
import type { HeaderValue, Message, Version } from '../../nodes/rabbitmq/model.ts';
import type { PolicyTarget } from '../../nodes/rabbitmq/policies.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { type JsonTable, tableOf, versionOf } from './rabbitmq-values.ts';

const MS = 1_000_000;
/** Shorter than any time that a script goes by. */
const MOMENT_NS = 2 * MS;
/** Connection on which a step without a channel is done. */
const ADMIN = 'admin';
const PUBLISHER = 'pub';
/** Steps by which deliveries may come back. */
const GIVES_BACK: ReadonlySet<string> = new Set([
  'nack',
  'reject',
  'recover',
  'closeChannel',
  'closeConnection',
  'killConnection',
]);
/** What the recording client says of an answer that will not come any more. */
const NO_ANSWER = 'Channel ended, no reply will be forthcoming';

export interface Step {
  readonly op: string;
  readonly [name: string]: unknown;
}
type Observed = Record<string, unknown>;

interface Wake {
  readonly dueNs: number;
  readonly queue: number;
}

interface Held {
  readonly tag: number;
  readonly body: string;
}

interface Closed {
  readonly channels: Map<string, number>;
  readonly connections: Map<string, number>;
}

/** A client of the broker under test, with the names of the script. */
export class ScriptClient implements BrokerOutput {
  readonly broker: Broker;
  private nanos = 0;
  private readonly wakes: Wake[] = [];
  private readonly connections = new Map<string, number>();
  /** By name of channel: its number in the broker, and the connection it is on. */
  private readonly channels = new Map<string, { readonly id: number; readonly connection: string }>();
  private readonly held = new Map<string, Held[]>();
  private readonly consumerChannel = new Map<string, string>();
  private readonly confirming = new Set<string>();
  private readonly bodies: string[] = [];
  private readonly replyTo = new Map<string, string>();

  private deliveries: Record<string, unknown[]> = {};
  private cancellations: string[] = [];
  private closed: Closed = { channels: new Map(), connections: new Map() };
  private returns = 0;
  private answers: boolean[] = [];
  private isRestarting = false;
  private isPublishing = false;
  /** Answers that come of themselves, later than their publish. */
  private notices: string[] = [];

  constructor(version: Version, options?: BrokerOptions) {
    this.broker = new Broker(version, this, options);
  }

  // ---------------------------------------------------------------- what the broker tells

  nowNs(): number {
    return this.nanos;
  }
  wake(queue: number, dueNs: number): void {
    let at = this.wakes.length;
    while (at > 0 && (this.wakes[at - 1] as Wake).dueNs > dueNs) at--;
    this.wakes.splice(at, 0, { dueNs, queue });
  }
  deliver(delivery: Delivery): void {
    const name = this.channelName(delivery.channel);
    this.deliveries[delivery.consumerTag] ??= [];
    this.deliveries[delivery.consumerTag]?.push(this.told(delivery));
    if (!delivery.isAutomatic) this.hold(name, delivery);
  }
  confirmed(_channel: number, publish: number, isAck: boolean): void {
    if (this.isPublishing) this.answers.push(isAck);
    else this.notices.push(`confirm ${publish} ${isAck}`);
  }
  returned(): void {
    this.returns++;
  }
  cancelled(_channel: number, consumerTag: string): void {
    this.cancellations.push(consumerTag);
  }
  channelClosed(channel: number, code: number): void {
    const name = this.channelName(channel);
    if (name !== ADMIN) this.closed.channels.set(name, code);
    this.forget(name);
  }
  connectionClosed(connection: number, code: number): void {
    const name = [...this.connections].find(([, id]) => id === connection)?.[0] as string;
    if (!this.isRestarting) this.closed.connections.set(name, code);
    this.forgetConnection(name);
  }
  blocked(): void {}
  decided(): void {}
  cameBack(): void {}
  polled(): void {}
  wentOut(): void {}
  gone(): void {}
  kept(): number {
    return 0;
  }

  private channelName(id: number): string {
    return [...this.channels].find(([, channel]) => channel.id === id)?.[0] as string;
  }

  private hold(channel: string, { message, tag }: Delivery): void {
    const held = this.held.get(channel) ?? [];
    held.push({ tag, body: this.bodies[message.content] as string });
    this.held.set(channel, held);
  }

  private told(delivery: Delivery, withTag = true): Observed {
    const { message } = delivery;
    const body = this.bodies[message.content] as string;
    const told: Observed = {
      body,
      redelivered: delivery.isRedelivered,
      exchange: message.exchange,
      key: message.key,
    };
    if (withTag) told.tag = delivery.tag;
    const headers = jsonOf(deliveryHeaders(delivery, this.broker.version)) as Record<string, unknown>;
    for (const death of (headers['x-death'] ?? []) as Record<string, unknown>[]) delete death.time;
    if (Object.keys(headers).length > 0) told.headers = headers;
    if (message.priority >= 0) told.priority = message.priority;
    if (message.isPersistent) told.persistent = true;
    for (const name of ['expiration', 'messageId', 'correlationId'] as const)
      if (message[name] !== null) told[name] = message[name];
    if (message.replyTo !== null) {
      this.replyTo.set(body, message.replyTo);
      told.replyTo = message.replyTo;
    }
    return told;
  }

  // ---------------------------------------------------------------- the script

  /** Does a step and answers with what was observed of it. */
  run(step: Step): Observed {
    this.deliveries = {};
    this.cancellations = [];
    this.notices = [];
    this.closed = { channels: new Map(), connections: new Map() };
    // What was out for no time at all to speak of has been so for a moment.
    if (GIVES_BACK.has(step.op)) this.wait(MS);
    const result = this.act(step);
    if (step.op !== 'wait') this.comeToRest();
    return this.observed(result);
  }

  /**
   * What was observed of a step goes up to when the server was quiet: what is due in a moment belongs to it, as where a quorum queue keeps
   * a message for the millisecond that it counts by.
   */
  private comeToRest(): void {
    for (let next = this.wakes[0]; next !== undefined && next.dueNs - this.nanos <= MOMENT_NS; next = this.wakes[0]) {
      this.wait(next.dueNs > this.nanos ? next.dueNs - this.nanos : 0);
    }
  }

  private observed(result: unknown): Observed {
    const observed: Observed = {};
    if (result !== undefined) observed.result = result;
    if (Object.keys(this.deliveries).length > 0) observed.deliveries = this.deliveries;
    if (this.cancellations.length > 0) observed.cancelled = this.cancellations;
    if (this.notices.length > 0) observed.notices = this.notices;
    if (this.closed.channels.size > 0) observed.channelClosed = Object.fromEntries(this.closed.channels);
    if (this.closed.connections.size > 0) observed.connectionClosed = Object.fromEntries(this.closed.connections);
    return observed;
  }

  private act(step: Step): unknown {
    const { broker } = this;
    const text = (name: string): string => (step[name] as string | undefined) ?? '';
    const flag = (name: string): boolean => (step[name] as boolean | undefined) ?? false;
    const on = (name = ADMIN): number => this.channel(step.ch === undefined ? name : (step.ch as string));
    switch (step.op) {
      case 'exchange':
        return this.refusal(broker.declareExchange(on(), exchangeOf(step)));
      case 'checkExchange':
        return this.refusal(broker.checkExchange(on(), text('exchange'))) ?? { exists: true };
      case 'deleteExchange':
        return this.refusal(broker.deleteExchange(on(), text('exchange'), flag('ifUnused')));
      case 'bind':
      case 'bindx':
        return this.refusal(broker.bind(on(), bindingOf(step)));
      case 'unbind':
      case 'unbindx':
        return this.refusal(broker.unbind(on(), bindingOf(step)));
      case 'queue': {
        const { code, consumers, ready } = broker.declareQueue(on(), queueOf(step));
        return this.refusal(code) ?? (step.ch === undefined ? undefined : { ready, consumers });
      }
      case 'state': {
        const { code, consumers, ready } = broker.checkQueue(on(), text('queue'));
        return this.refusal(code) ?? { ready, consumers };
      }
      case 'deleteQueue': {
        const { code, count } = broker.deleteQueue(on(), text('queue'), flag('ifUnused'), flag('ifEmpty'));
        return this.refusal(code) ?? { deleted: count };
      }
      case 'purge': {
        const { code, count } = broker.purge(on(), text('queue'));
        return this.refusal(code) ?? { purged: count };
      }
      case 'policy':
        broker.setPolicy({
          name: text('name'),
          pattern: text('pattern'),
          priority: (step.priority as number | undefined) ?? 0,
          applyTo: (step.applyTo as PolicyTarget | undefined) ?? 'queues',
          definition: tableOf(step.definition as JsonTable),
          isOperator: false,
        });
        return undefined;
      case 'clearPolicy':
        broker.clearPolicy(text('name'));
        return undefined;
      case 'channel':
        return this.openChannel(step);
      case 'prefetch':
        broker.qos(on(), step.count as number, flag('global'));
        return undefined;
      case 'consume': {
        this.consumerChannel.set(text('consumer'), text('ch'));
        const args = {
          ...(step.args as JsonTable | undefined),
          ...(step.priority === undefined ? {} : { 'x-priority': step.priority }),
        };
        return this.refusal(
          broker.consume(on(), text('queue'), text('consumer'), flag('noAck'), flag('exclusive'), tableOf(args)),
        );
      }
      case 'cancel': {
        const channel = this.consumerChannel.get(text('consumer')) as string;
        if (this.channels.has(channel)) broker.cancel(this.channel(channel), text('consumer'));
        return undefined;
      }
      case 'recover':
        this.held.delete(text('ch'));
        broker.recover(on());
        return undefined;
      case 'ack':
      case 'nack':
      case 'reject':
        return this.settle(step);
      case 'get':
        return this.get(step);
      case 'drain':
        return this.drain(text('queue'));
      case 'publish':
        return this.publish(step);
      case 'wait':
        this.wait((step.ms as number) * MS);
        return undefined;
      case 'closeChannel': {
        const channel = this.channels.get(text('ch'));
        this.forget(text('ch'));
        if (channel !== undefined) broker.closeChannel(channel.id);
        return undefined;
      }
      case 'closeConnection':
      case 'killConnection': {
        const connection = this.connections.get(text('conn'));
        this.forgetConnection(text('conn'));
        if (connection !== undefined) broker.closeConnection(connection);
        return undefined;
      }
      case 'broker':
        this.isRestarting = true;
        for (const name of [...this.connections.keys()]) this.forgetConnection(name);
        broker.restart();
        this.isRestarting = false;
        return undefined;
      default:
        throw new Error(`unknown step ${step.op}`);
    }
  }

  private refusal(code: number): Observed | undefined {
    if (code === 0) return undefined;
    return { error: code >= 500 ? NO_ANSWER : code };
  }

  /** The number of a channel; those of the harness are opened anew when they have been closed. */
  private channel(name: string): number {
    const there = this.channels.get(name);
    if (there !== undefined) return there.id;
    if (name !== ADMIN && name !== PUBLISHER) throw new Error(`channel ${name} is not open`);
    return this.opened(name, name, name === PUBLISHER);
  }

  /** The number of an open channel, for what no step does. */
  numberOf(channel: string): number {
    return this.channel(channel);
  }

  connectionOf(name: string): number {
    return this.connections.get(name) as number;
  }

  /** A node of the cluster dies. */
  kill(node: number): Observed {
    this.deliveries = {};
    this.cancellations = [];
    this.broker.killNode(node);
    return this.observed(undefined);
  }

  private opened(name: string, connection: string, isConfirming: boolean, node = 1): number {
    let number = this.connections.get(connection);
    if (number === undefined) {
      number = this.broker.openConnection(node);
      this.connections.set(connection, number);
    }
    const id = this.broker.openChannel(number);
    this.channels.set(name, { id, connection });
    if (isConfirming) {
      this.broker.selectConfirms(id);
      this.confirming.add(name);
    } else this.confirming.delete(name);
    return id;
  }

  private openChannel(step: Step): undefined {
    const node = step.node as number | undefined;
    const id = this.opened(step.ch as string, (step.conn as string | undefined) ?? 'main', step.confirm === true, node);
    if (step.prefetch !== undefined) this.broker.qos(id, step.prefetch as number, false);
    if (step.globalPrefetch !== undefined) this.broker.qos(id, step.globalPrefetch as number, true);
    return undefined;
  }

  private forget(channel: string): void {
    this.channels.delete(channel);
    this.held.delete(channel);
  }

  private forgetConnection(name: string): void {
    for (const [channel, { connection }] of [...this.channels]) if (connection === name) this.forget(channel);
    this.connections.delete(name);
  }

  private settle(step: Step): Observed | undefined {
    const name = step.ch as string;
    const isMultiple = step.multiple === true;
    const held = this.held.get(name) ?? [];
    let tag = step.tag as number | undefined;
    if (tag === undefined) tag = held.find(({ body }) => body === step.body)?.tag;
    if (tag === undefined || !this.channels.has(name)) return { notHeld: true };
    const isIn = (one: Held): boolean => (isMultiple ? tag === 0 || one.tag <= (tag as number) : one.tag === tag);
    this.held.set(
      name,
      held.filter((one) => !isIn(one)),
    );
    const requeue = (step.requeue as boolean | undefined) ?? true;
    const id = this.channel(name);
    if (step.op === 'ack') this.broker.ack(id, tag, isMultiple);
    else if (step.op === 'nack') this.broker.nack(id, tag, isMultiple, requeue);
    else this.broker.reject(id, tag, requeue);
    return undefined;
  }

  private get(step: Step): Observed {
    const isAutomatic = step.ch === undefined || step.noAck === true;
    const { code, delivery, remaining } = this.broker.get(
      this.channel((step.ch as string | undefined) ?? ADMIN),
      step.queue as string,
      isAutomatic,
    );
    if (code !== 0) return this.refusal(code) as Observed;
    if (delivery === null) return { empty: true };
    if (!isAutomatic) this.hold(step.ch as string, delivery);
    return { message: this.told(delivery, step.ch !== undefined), remaining };
  }

  private drain(queue: string): Observed {
    const messages: unknown[] = [];
    for (;;) {
      const { code, delivery } = this.broker.get(this.channel(ADMIN), queue, true);
      if (code !== 0) return this.refusal(code) as Observed;
      if (delivery === null) return { messages };
      messages.push(this.told(delivery, false));
    }
  }

  private publish(step: Step): unknown {
    const channel = (step.ch as string | undefined) ?? PUBLISHER;
    const bodies = (step.bodies as readonly string[] | undefined) ?? [step.body as string];
    const results = bodies.map((body) => this.publishOne(channel, step, body));
    if (results.every((result) => isSamePlain(result, results[0]))) return results[0];
    return { each: results };
  }

  private publishOne(channel: string, step: Step, body: string): Observed | undefined {
    this.answers = [];
    this.returns = 0;
    const id = this.channel(channel);
    const isConfirming = this.confirming.has(channel);
    this.isPublishing = true;
    const { code } = this.broker.publish(id, this.messageOf(step, body), step.mandatory === true);
    this.isPublishing = false;
    if (code !== 0) return isConfirming ? { closed: code } : undefined;
    if (!isConfirming) return undefined;
    const [isAck] = this.answers;
    const result: Observed = { confirm: isAck === undefined ? 'none' : isAck ? 'ack' : 'nack' };
    if (this.returns > 0) result.returned = 312;
    return result;
  }

  private messageOf(step: Step, body: string): Message {
    this.bodies.push(body);
    const key = step.key as string | { readonly replyToOf: string };
    const lists: Record<string, unknown> = {};
    for (const name of ['CC', 'BCC']) if (step[name] !== undefined) lists[name] = [step[name]].flat();
    const expiration = step.expiration as string | number | undefined;
    return {
      exchange: (step.exchange as string | undefined) ?? '',
      key: typeof key === 'string' ? key : (this.replyTo.get(key.replyToOf) as string),
      cc: [],
      bcc: [],
      headers: tableOf({ ...(step.headers as JsonTable | undefined), ...lists }),
      isPersistent: step.persistent === true,
      priority: (step.priority as number | undefined) ?? -1,
      expiration: expiration === undefined ? null : String(expiration),
      messageId: (step.messageId as string | undefined) ?? null,
      correlationId: (step.correlationId as string | undefined) ?? null,
      replyTo: (step.replyTo as string | undefined) ?? null,
      bodyBytes: Buffer.byteLength(body),
      deaths: null,
      failedDeliveries: 0,
      content: this.bodies.length - 1,
    };
  }

  private wait(ns: number): void {
    const endNs = this.nanos + ns;
    while (this.wakes.length > 0 && (this.wakes[0] as Wake).dueNs <= endNs) {
      const { dueNs, queue } = this.wakes.shift() as Wake;
      if (dueNs > this.nanos) this.nanos = dueNs;
      this.broker.wake(queue);
    }
    this.nanos = endNs;
  }
}

function exchangeOf(step: Step) {
  const args = step.alternate === undefined ? step.args : { ...(step.args as object), 'alternate-exchange': step.alternate };
  return {
    name: step.name as string,
    type: step.type as string,
    isDurable: step.durable !== false,
    isAutoDelete: step.autoDelete === true,
    isInternal: step.internal === true,
    args: tableOf(args as JsonTable | undefined),
  };
}

const queueOf = (step: Step) => ({
  name: step.name as string,
  isDurable: step.durable !== false,
  isExclusive: step.exclusive === true,
  isAutoDelete: step.autoDelete === true,
  args: tableOf(step.args as JsonTable | undefined),
});

const bindingOf = (step: Step) => ({
  source: (step.source ?? step.exchange) as string,
  destination: (step.destination ?? step.queue) as string,
  toExchange: step.destination !== undefined,
  key: (step.key as string | undefined) ?? '',
  args: tableOf(step.args as JsonTable | undefined),
});

function jsonOf(value: HeaderValue): unknown {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, held]) => [name, jsonOf(held)]));
  if (typeof value === 'object' && value !== null) return (value as { readonly double: number }).double;
  return value;
}

function judge({ input, expected }: VectorCase, version: Version): Judgement {
  const steps = input.steps as readonly Step[];
  const recorded = expected as unknown as readonly Observed[];
  const client = new ScriptClient(version);
  for (const [at, step] of steps.entries()) {
    const observed = client.run(step);
    if (isSamePlain(observed, recorded[at])) continue;
    const told = `step ${at + 1} (${step.op}): ${JSON.stringify(observed)}, recorded ${JSON.stringify(recorded[at])}`;
    return { faults: [told] };
  }
  return { faults: [] };
}

export const RABBITMQ_SCENARIO_FORMAT: VectorFormat = {
  key: 'scenario',
  judge: (one) => judge(one, '4.3'),
  judgeVersion: (one, recorded) => judge(one, versionOf(recorded)),
};
