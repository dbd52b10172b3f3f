// Random scripts for a broker, and what runs them under the eyes of a watcher: two queues that can die into a third, or into each other, and
// up to four channels that publish, consume, settle, poll and break off.

import fc from 'fast-check';
import { Broker } from '../../nodes/rabbitmq/broker.ts';
import type { HeaderValue, Message, Version } from '../../nodes/rabbitmq/model.ts';
import { type Outgoing, Watcher } from './laws.ts';

const MS = 1_000_000;
const CHANNELS = 4;

export interface QueuePlan {
  readonly type: 'classic' | 'quorum';
  readonly maxLength: number | null;
  readonly overflow: string | null;
  readonly ttl: number | null;
  readonly maxPriority: number | null;
  readonly isSingleActive: boolean;
  readonly deliveryLimit: number | null;
  /** Where its dead letters go: nowhere, to the resting queue, to the other one. */
  readonly dies: 'nowhere' | 'dead' | 'other';
}

export type Act =
  | {
      readonly do: 'publish';
      readonly queue: number;
      readonly priority: number;
      readonly ttl: number;
      readonly mandatory: boolean;
    }
  | {
      readonly do: 'consume';
      readonly channel: number;
      readonly queue: number;
      readonly prefetch: number;
      readonly priority: number;
      readonly auto: boolean;
    }
  | { readonly do: 'settle'; readonly channel: number; readonly which: number; readonly how: number; readonly multiple: boolean }
  | { readonly do: 'get'; readonly channel: number; readonly queue: number; readonly auto: boolean }
  | { readonly do: 'cancel' | 'close' | 'kill' | 'recover'; readonly channel: number }
  | { readonly do: 'purge'; readonly queue: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'restart' };

export interface Script {
  readonly queues: readonly [QueuePlan, QueuePlan];
  readonly acts: readonly Act[];
}

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const queuePlan: fc.Arbitrary<QueuePlan> = fc.record({
  type: fc.constantFrom('classic', 'quorum'),
  maxLength: maybe(fc.integer({ min: 0, max: 4 })),
  overflow: maybe(fc.constantFrom('drop-head', 'reject-publish')),
  ttl: maybe(fc.constantFrom(0, 5, 20)),
  maxPriority: maybe(fc.constant(3)),
  isSingleActive: fc.boolean(),
  deliveryLimit: maybe(fc.integer({ min: 0, max: 2 })),
  dies: fc.constantFrom('nowhere', 'dead', 'other'),
});

const channel = fc.integer({ min: 0, max: CHANNELS - 1 });
const queue = fc.integer({ min: 0, max: 1 });
const publish = fc.record({
  do: fc.constant('publish' as const),
  queue: fc.integer({ min: 0, max: 2 }),
  priority: fc.integer({ min: -1, max: 6 }),
  ttl: fc.constantFrom(-1, -1, -1, 3, 12),
  mandatory: fc.boolean(),
});
const consume = fc.record({
  do: fc.constant('consume' as const),
  channel,
  queue,
  prefetch: fc.integer({ min: 0, max: 3 }),
  priority: fc.integer({ min: 0, max: 2 }),
  auto: fc.boolean(),
});
const settle = fc.record({
  do: fc.constant('settle' as const),
  channel,
  which: fc.nat(5),
  how: fc.integer({ min: 0, max: 4 }),
  multiple: fc.boolean(),
});
const breakOff = fc.record({
  do: fc.constantFrom('cancel' as const, 'close' as const, 'kill' as const, 'recover' as const),
  channel,
});
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: publish },
  { weight: 3, arbitrary: consume },
  { weight: 8, arbitrary: settle },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('get' as const), channel, queue, auto: fc.boolean() }) },
  { weight: 2, arbitrary: breakOff },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('purge' as const), queue }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

export const anyScript: fc.Arbitrary<Script> = fc.record({
  queues: fc.tuple(queuePlan, queuePlan),
  // Long ones too: without a word on size an array is seldom longer than ten.
  acts: fc.array(act, { minLength: 5, maxLength: 60, size: 'max' }),
});

const NAMES = ['q0', 'q1', 'nowhere'];

/** Runs a script to its end and answers with who watched. `whole` false: stops at the first law that is broken. */
export function runScript(version: Version, script: Script): Watcher {
  const run = new Run(version, script);
  for (const one of script.acts) {
    run.step(one);
    if (run.watcher.faults.length > 0) break;
  }
  return run.watcher;
}

class Run {
  readonly watcher = new Watcher();
  private readonly broker: Broker;
  private channels: number[] = [];
  private publisher = 0;
  private consumers = 0;
  private contents = 0;

  constructor(version: Version, script: Script) {
    this.broker = new Broker(version, this.watcher);
    this.watcher.broker = this.broker;
    this.connect();
    this.declare('dead', new Map());
    script.queues.forEach((plan, at) => {
      const name = NAMES[at] as string;
      this.declare(name, argumentsOf(plan, NAMES[1 - at] as string));
      this.watcher.bounds.set(name, {
        type: plan.type,
        maxLength: plan.maxLength ?? Number.POSITIVE_INFINITY,
        isRefusing: plan.overflow === 'reject-publish',
        deliveryLimit:
          plan.type === 'quorum'
            ? (plan.deliveryLimit ?? (version === '3.10' ? Number.POSITIVE_INFINITY : 20))
            : Number.POSITIVE_INFINITY,
        isSingleActive: plan.isSingleActive,
        hasPriorities: plan.type === 'classic' && plan.maxPriority !== null,
      });
    });
  }

  private connect(): void {
    this.channels = Array.from({ length: CHANNELS }, () => this.broker.openChannel(this.broker.openConnection()));
    this.publisher = this.broker.openChannel(this.broker.openConnection());
    this.broker.selectConfirms(this.publisher);
  }

  private declare(name: string, args: Map<string, HeaderValue>): void {
    const { code } = this.broker.declareQueue(this.publisher, {
      name,
      isDurable: true,
      isExclusive: false,
      isAutoDelete: false,
      args,
    });
    if (code !== 0) throw new Error(`${name} is refused with ${code}`);
  }

  step(one: Act): void {
    const { watcher } = this;
    watcher.trace.push(`> ${one.do}`);
    watcher.isSettlingSeveral =
      one.do === 'recover' || one.do === 'close' || one.do === 'kill' || (one.do === 'settle' && one.multiple);
    this.act(one);
    for (const closed of watcher.closedChannels.splice(0)) this.replace(closed);
    watcher.check();
  }

  /** A channel that the broker closed is opened anew; that what was out on it is back is seen by the sums. */
  private replace(closed: number): void {
    const at = this.channels.indexOf(closed);
    if (at >= 0) this.channels[at] = this.broker.openChannel(this.broker.openConnection());
  }

  private heldOn(id: number): Outgoing[] {
    return this.watcher.outgoing.filter((one) => one.channel === id);
  }

  private act(one: Act): void {
    const { broker, watcher } = this;
    switch (one.do) {
      case 'publish':
        return this.publish(one);
      case 'consume':
        return this.consume(one);
      case 'settle':
        return this.settle(one);
      case 'get': {
        const id = this.channels[one.channel] as number;
        // A refused `get` closes the channel, and what is out on it comes back.
        if (this.broker.named(NAMES[one.queue] as string)?.type === 'quorum' && this.isSingle(one.queue)) return;
        broker.get(id, NAMES[one.queue] as string, one.auto);
        return;
      }
      case 'cancel': {
        const id = this.channels[one.channel] as number;
        const consumer = [...watcher.consumers.values()].find((other) => other.channel === id && !other.isCancelled);
        if (consumer === undefined) return;
        consumer.isCancelled = true;
        broker.cancel(id, consumer.tag);
        return;
      }
      case 'close':
      case 'kill':
        return this.breakOff(one.channel, one.do === 'kill');
      case 'recover': {
        const id = this.channels[one.channel] as number;
        watcher.comeBack(
          id,
          this.heldOn(id).map(({ tag }) => tag),
          false,
        );
        broker.recover(id);
        return;
      }
      case 'purge':
        watcher.isWithoutDeaths = true;
        broker.purge(this.publisher, NAMES[one.queue] as string);
        watcher.isWithoutDeaths = false;
        return;
      case 'wait':
        return this.wait(one.ms * MS);
      case 'restart':
        return this.restart();
    }
  }

  private isSingle(queue: number): boolean {
    return this.watcher.boundsOf(NAMES[queue] as string).isSingleActive;
  }

  private publish({ mandatory, priority, queue, ttl }: Act & { readonly do: 'publish' }): void {
    const { watcher } = this;
    watcher.keptNow = [];
    watcher.returnsNow = 0;
    watcher.answered = null;
    const before = watcher.answers.size;
    const key = NAMES[queue] as string;
    const message = plainMessage(key, ++this.contents, priority, ttl);
    const { refusedBy, takenBy } = this.broker.publish(this.publisher, message, mandatory);
    if (watcher.answers.size !== before + 1) watcher.blame('R4', 'a publish is not answered');
    const isUnroutable = key === 'nowhere';
    if (watcher.returnsNow !== (mandatory && isUnroutable ? 1 : 0)) watcher.blame('R3', `returned ${watcher.returnsNow} times`);
    if (watcher.answered !== (refusedBy === 0)) watcher.blame('R4', 'the answer is the other one');
    if (watcher.keptNow.length !== takenBy) watcher.blame('R21', `${takenBy} queues took it, ${watcher.keptNow.length} have it`);
    const { maxLength, type } = watcher.boundsOf(key);
    if (refusedBy > 0 && type === 'classic' && watcher.readyIn(key) < maxLength)
      watcher.blame('R19', 'refused though there is room');
    if (refusedBy > 0 && watcher.keptNow.includes(key)) watcher.blame('R21', 'a refusing queue has it');
  }

  private consume({ auto, channel: at, prefetch, priority, queue: to }: Act & { readonly do: 'consume' }): void {
    const id = this.channels[at] as number;
    const tag = `c${++this.consumers}`;
    const isSingle = this.isSingle(to);
    this.watcher.consumers.set(tag, {
      tag,
      channel: id,
      queue: NAMES[to] as string,
      prefetch: auto ? 0 : prefetch,
      priority: isSingle ? 0 : priority,
      isAutomatic: auto,
      isCancelled: false,
    });
    this.broker.qos(id, prefetch, false);
    this.broker.consume(id, NAMES[to] as string, tag, auto, false, new Map([['x-priority', isSingle ? 0 : priority]]));
  }

  private settle({ channel: at, how, multiple, which }: Act & { readonly do: 'settle' }): void {
    const { broker, watcher } = this;
    const id = this.channels[at] as number;
    const held = this.heldOn(id).sort((a, b) => a.tag - b.tag);
    if (held.length === 0) return;
    const { tag } = held[which % held.length] as Outgoing;
    const isMultiple = multiple && how < 3;
    const tags = isMultiple ? held.map((one) => one.tag).filter((other) => other <= tag) : [tag];
    if (how === 1 || how === 3) watcher.comeBack(id, tags, how === 3);
    else watcher.settled(id, tags);
    if (how === 0) broker.ack(id, tag, isMultiple);
    else if (how === 1) broker.nack(id, tag, isMultiple, true);
    else if (how === 2) broker.nack(id, tag, isMultiple, false);
    else broker.reject(id, tag, how === 3);
  }

  private breakOff(at: number, isKill: boolean): void {
    const { broker, watcher } = this;
    const id = this.channels[at] as number;
    for (const consumer of watcher.consumers.values()) if (consumer.channel === id) consumer.isCancelled = true;
    watcher.comeBack(
      id,
      this.heldOn(id).map(({ tag }) => tag),
      true,
    );
    if (isKill) broker.closeConnection(broker.state.channels.get(id)?.connection as number);
    else broker.closeChannel(id);
    this.channels[at] = broker.openChannel(broker.openConnection());
  }

  private restart(): void {
    const { broker, watcher } = this;
    for (const consumer of watcher.consumers.values()) consumer.isCancelled = true;
    for (const id of this.channels)
      watcher.comeBack(
        id,
        this.heldOn(id).map(({ tag }) => tag),
        true,
      );
    broker.restart();
    this.connect();
  }

  private wait(ns: number): void {
    const { broker, watcher } = this;
    const endNs = watcher.nanos + ns;
    for (;;) {
      const due = watcher.wakes.filter(({ dueNs }) => dueNs <= endNs).sort((a, b) => a.dueNs - b.dueNs)[0];
      if (due === undefined) break;
      watcher.wakes.splice(watcher.wakes.indexOf(due), 1);
      if (due.dueNs > watcher.nanos) watcher.nanos = due.dueNs;
      broker.wake(due.queue);
    }
    watcher.nanos = endNs;
  }
}

function argumentsOf(plan: QueuePlan, other: string): Map<string, HeaderValue> {
  const args = new Map<string, HeaderValue>([['x-queue-type', plan.type]]);
  const set = (name: string, value: HeaderValue): void => {
    if (value !== null) args.set(name, value);
  };
  set('x-max-length', plan.maxLength);
  set('x-overflow', plan.overflow);
  set('x-message-ttl', plan.ttl);
  if (plan.isSingleActive) set('x-single-active-consumer', true);
  if (plan.type === 'classic') set('x-max-priority', plan.maxPriority);
  else set('x-delivery-limit', plan.deliveryLimit);
  if (plan.dies !== 'nowhere') {
    set('x-dead-letter-exchange', '');
    set('x-dead-letter-routing-key', plan.dies === 'dead' ? 'dead' : other);
  }
  return args;
}

const plainMessage = (key: string, content: number, priority: number, ttl: number): Message => ({
  exchange: '',
  key,
  cc: [],
  bcc: [],
  headers: null,
  isPersistent: content % 2 === 0,
  priority,
  expiration: ttl < 0 ? null : String(ttl),
  messageId: null,
  correlationId: null,
  replyTo: null,
  bodyBytes: 10,
  deaths: null,
  failedDeliveries: 0,
  content,
});
