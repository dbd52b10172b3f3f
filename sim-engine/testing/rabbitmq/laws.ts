// The laws of semantics/rabbitmq.md 13 over any script: who watches what a broker tells keeps books of its own and says which law was
// broken, by its number. It reads the broker's lines to compare, and never believes them.

import type { Broker } from '../../nodes/rabbitmq/broker.ts';
import type { BrokerOutput } from '../../nodes/rabbitmq/broker-core.ts';
import type { Delivery } from '../../nodes/rabbitmq/delivery.ts';
import { type Entry, entriesOf } from '../../nodes/rabbitmq/entry-line.ts';
import type { Message } from '../../nodes/rabbitmq/model.ts';
import type { Parting, Queue } from '../../nodes/rabbitmq/queue.ts';

/** A copy in a queue, as the watcher has it. */
interface Copy {
  readonly queue: number;
  readonly queueName: string;
  readonly message: Message;
  state: 'ready' | 'out' | 'gone';
  /** Times it came back. */
  returns: number;
  failures: number;
  out: Outgoing | null;
}

/** A delivery that waits for its reader's word. */
export interface Outgoing {
  readonly channel: number;
  readonly tag: number;
  readonly consumer: string;
  readonly copy: number;
}

export interface WatchedConsumer {
  readonly tag: string;
  readonly channel: number;
  readonly queue: string;
  readonly prefetch: number;
  readonly priority: number;
  readonly isAutomatic: boolean;
  isCancelled: boolean;
}

/** What a queue of the script was declared with, as far as a law asks for it. */
export interface Bounds {
  readonly type: 'classic' | 'quorum';
  readonly maxLength: number;
  readonly isRefusing: boolean;
  readonly deliveryLimit: number;
  readonly isSingleActive: boolean;
  readonly hasPriorities: boolean;
}

const NO_BOUNDS: Bounds = {
  type: 'classic',
  maxLength: Number.POSITIVE_INFINITY,
  isRefusing: false,
  deliveryLimit: Number.POSITIVE_INFINITY,
  isSingleActive: false,
  hasPriorities: false,
};

export class Watcher implements BrokerOutput {
  broker!: Broker;
  readonly bounds = new Map<string, Bounds>();
  nanos = 0;
  readonly faults: string[] = [];
  /** Everything that was told, in order: two runs of one script tell the same. */
  readonly trace: string[] = [];
  readonly wakes: { readonly queue: number; readonly dueNs: number }[] = [];
  readonly copies = new Map<number, Copy>();
  readonly consumers = new Map<string, WatchedConsumer>();
  readonly outgoing: Outgoing[] = [];
  /** Answers by channel and publish, and returns of the publish under way. */
  readonly answers = new Map<string, number>();
  readonly closedChannels: number[] = [];
  returnsNow = 0;
  returnedBeforeAnswer = true;
  answered: boolean | null = null;
  /** Queues that keep a copy of the publish under way. */
  keptNow: string[] = [];
  /** Several deliveries are settled in one act: the queues learn of it consumer by consumer, the watcher at once. */
  isSettlingSeveral = false;
  /** What is going on makes no dead letters. */
  isWithoutDeaths = false;
  private numbers = 0;
  /** By queue: the single active consumer that got something last. */
  private readonly actives = new Map<string, WatchedConsumer>();
  private readonly tags = new Map<number, number>();
  /** By content: queues it came to as a dead letter since a reader last had a say. */
  private readonly automatic = new Map<number, string[]>();

  blame(law: string, text: string): void {
    this.faults.push(`${law}: ${text}`);
  }

  // ---------------------------------------------------------------- what the broker tells

  nowNs(): number {
    return this.nanos;
  }
  wake(queue: number, dueNs: number): void {
    this.wakes.push({ queue, dueNs });
  }
  confirmed(channel: number, publish: number, isAck: boolean): void {
    const key = `${channel}/${publish}`;
    const count = (this.answers.get(key) ?? 0) + 1;
    this.answers.set(key, count);
    if (count > 1) this.blame('R4', `publish ${key} is answered ${count} times`);
    this.answered = isAck;
    this.trace.push(`confirm ${key} ${isAck}`);
  }
  returned(channel: number): void {
    this.returnsNow++;
    if (this.answered !== null) this.blame('R3', 'returned after the answer');
    this.trace.push(`return ${channel}`);
  }
  cancelled(_channel: number, tag: string): void {
    const consumer = this.consumers.get(tag);
    if (consumer !== undefined) consumer.isCancelled = true;
    this.trace.push(`cancel ${tag}`);
  }
  channelClosed(channel: number, code: number): void {
    this.closedChannels.push(channel);
    this.trace.push(`close ${channel} ${code}`);
  }
  connectionClosed(connection: number, code: number): void {
    this.trace.push(`disconnect ${connection} ${code}`);
  }
  blocked(): void {}
  decided(): void {}
  cameBack(): void {}

  kept(queue: Queue, message: Message, from: number): number {
    const number = ++this.numbers;
    this.trace.push(`kept ${number} in ${queue.spec.name} from ${from}`);
    if (message.deaths === null) this.onFresh(queue, message);
    else this.onDeadLetter(queue, message, from);
    this.copies.set(number, {
      queue: queue.serial,
      queueName: queue.spec.name,
      message,
      state: 'ready',
      returns: 0,
      failures: 0,
      out: null,
    });
    return number;
  }

  private onFresh(queue: Queue, message: Message): void {
    if (this.keptNow.includes(queue.spec.name)) this.blame('R1', `${queue.spec.name} has two copies of one publish`);
    this.keptNow.push(queue.spec.name);
    this.automatic.set(message.content, []);
  }

  private onDeadLetter(queue: Queue, message: Message, from: number): void {
    const entries = message.deaths?.entries ?? [];
    if (this.isWithoutDeaths) this.blame('R37', `a dead letter comes to ${queue.spec.name}`);
    if (message.expiration !== null) this.blame('R24', 'a dead letter carries an expiration');
    const names = entries.map(({ queue: name, reason }) => `${name}/${reason}`);
    if (new Set(names).size !== names.length) this.blame('R22', `x-death has two entries alike: ${names.join(', ')}`);
    const source = this.copies.get(from);
    if (source !== undefined) this.onHandedOver(source, message);
    const visited = this.automatic.get(message.content) ?? [];
    if (message.deaths?.last?.reason === 'rejected') visited.length = 0;
    // 3.10 keeps no order of deaths that it could go by.
    else if (visited.includes(queue.spec.name) && this.broker.version !== '3.10')
      this.blame('R23', `${queue.spec.name} is visited twice by itself`);
    visited.push(queue.spec.name);
    this.automatic.set(message.content, visited);
  }

  private onHandedOver(source: Copy, message: Message): void {
    const before = source.message.deaths?.entries ?? [];
    const [latest] = message.deaths?.entries ?? [];
    for (const { count, queue, reason } of before) {
      const now = message.deaths?.entries.find((entry) => entry.queue === queue && entry.reason === reason);
      if (now === undefined || now.count < count) this.blame('R22', `the count of ${queue}/${reason} falls`);
    }
    if (latest?.queue !== source.queueName) this.blame('R22', 'the most recent death is not the first');
    this.end(source, latest?.reason ?? 'none');
  }

  wentOut(queue: Queue, entry: Entry): void {
    this.trace.push(`out ${entry.obligation}`);
    const copy = this.copies.get(entry.obligation) as Copy;
    if (copy.state === 'out') this.blame('R6', 'a message is out twice');
    if (copy.state === 'gone') this.blame('R26', 'what is gone goes out again');
    if (entry.expiresNs < this.nanos) this.blame('R15', `handed out ${this.nanos - entry.expiresNs} ns after its deadline`);
    // 4.3 and, where the copy lies in a quorum queue, 4.0 go on counting the failures of the queue before.
    const wasBefore = this.broker.version !== '3.10' && copy.message.failedDeliveries > 0;
    if (copy.returns === 0 && entry.isRedelivered && !wasBefore) this.blame('R14', 'a fresh copy is redelivered');
    if (copy.returns > 0 && !entry.isRedelivered) this.blame('R13', 'what came back is not redelivered');
    this.checkOrder(queue, entry, copy);
    if (queue.type === 'quorum' && entry.failedCount - copy.message.failedDeliveries !== copy.failures) {
      this.blame('R25', `${entry.failedCount} failed deliveries are counted, ${copy.failures} there were`);
    }
    if (copy.failures > 0 && entry.failedCount > this.boundsOf(queue.spec.name).deliveryLimit) {
      this.blame('R26', `out again after ${entry.failedCount} failed deliveries`);
    }
    copy.state = 'out';
    copy.out = null;
  }

  boundsOf(queue: string): Bounds {
    return this.bounds.get(queue) ?? NO_BOUNDS;
  }

  readyIn(name: string): number {
    return [...this.copies.values()].filter(({ queueName, state }) => queueName === name && state === 'ready').length;
  }

  /** A classic queue overtakes nobody, a quorum queue nobody who came back. */
  private checkOrder(queue: Queue, entry: Entry, copy: Copy): void {
    if (queue.type === 'quorum') {
      if (copy.returns === 0 && [...entriesOf(queue.returned)].length > 0)
        this.blame('R12', 'a fresh one goes before a returned one');
      return;
    }
    for (const line of queue.levels) {
      for (const other of entriesOf(line)) {
        if (other.level === entry.level && other.position < entry.position) this.blame('R11', 'an older one is overtaken');
        if (other.level > entry.level) this.blame('R11', 'one of higher priority is overtaken');
      }
    }
  }

  deliver(delivery: Delivery): void {
    const { channel, consumerTag, entry, isAutomatic, tag } = delivery;
    this.trace.push(`deliver ${consumerTag} ${channel}/${tag} ${entry?.obligation} ${delivery.isRedelivered}`);
    this.checkTag(channel, tag);
    const consumer = this.consumers.get(consumerTag);
    if (consumer === undefined || entry === null) return;
    if (consumer.isCancelled) this.blame('R28', `${consumerTag} is cancelled and gets more`);
    if (!isAutomatic) this.hold({ channel, tag, consumer: consumerTag, copy: entry.obligation });
    const held = this.heldBy(consumer);
    if (consumer.prefetch > 0 && held > consumer.prefetch && !this.isWidened(consumer))
      this.blame('R7', `${consumerTag} holds ${held} of ${consumer.prefetch}`);
    this.checkTurn(delivery, consumer);
  }

  polled({ channel, entry, isAutomatic, tag }: Delivery): void {
    this.checkTag(channel, tag);
    if (!isAutomatic && entry !== null) this.hold({ channel, tag, consumer: '', copy: entry.obligation });
  }

  private checkTag(channel: number, tag: number): void {
    if (tag !== (this.tags.get(channel) ?? 0) + 1) this.blame('R8', `tag ${tag} follows ${this.tags.get(channel) ?? 0}`);
    this.tags.set(channel, tag);
  }

  private hold(outgoing: Outgoing): void {
    this.outgoing.push(outgoing);
    const copy = this.copies.get(outgoing.copy);
    if (copy !== undefined) copy.out = outgoing;
  }

  /** 3.10 widens a window by one with each delivery that dies of the limit (vectors/rabbitmq/fuzz.json, 7-67): it is no law then. */
  private isWidened({ queue }: WatchedConsumer): boolean {
    return this.broker.version === '3.10' && this.broker.named(queue)?.settings.deliveryLimit !== Number.POSITIVE_INFINITY;
  }

  private heldBy({ channel, tag }: WatchedConsumer): number {
    return this.outgoing.filter((one) => one.consumer === tag && one.channel === channel).length;
  }

  private isFull(consumer: WatchedConsumer): boolean {
    return !consumer.isAutomatic && consumer.prefetch > 0 && this.heldBy(consumer) >= consumer.prefetch;
  }

  private readersOf(queue: string): WatchedConsumer[] {
    return [...this.consumers.values()].filter((one) => one.queue === queue && !one.isCancelled);
  }

  private checkTurn({ queue, queueType }: Delivery, consumer: WatchedConsumer): void {
    const isSingle = this.boundsOf(queue).isSingleActive;
    const readers = this.readersOf(queue);
    if (isSingle) {
      // Those of the script have no priorities where one alone is active: it is so until it goes.
      const active = this.actives.get(queue);
      if (active !== undefined && active !== consumer && readers.includes(active))
        this.blame('R27', `${consumer.tag} receives beside ${active.tag}`);
      this.actives.set(queue, consumer);
      return;
    }
    if (this.isSettlingSeveral) return;
    // Behind a quorum queue even an automatic acknowledgement takes its time, and the window is full meanwhile.
    const mayBeFull = (one: WatchedConsumer): boolean => this.isFull(one) || (one.isAutomatic && queueType === 'quorum');
    const passed = readers.find((one) => one.priority > consumer.priority && !mayBeFull(one));
    if (passed !== undefined) this.blame('R10', `${consumer.tag} receives while ${passed.tag} has room`);
  }

  gone(queue: Queue, entry: Entry, why: Parting): void {
    this.trace.push(`gone ${entry.obligation} ${why}`);
    const copy = this.copies.get(entry.obligation);
    if (copy === undefined) return;
    if (why === 'expired' && copy.state === 'ready' && this.hasOlder(queue, entry))
      this.blame('R16', 'one behind the head expires');
    if (why === 'maxlen' && copy.state === 'ready' && this.hasOlder(queue, entry))
      this.blame('R20', 'a newer one is dropped first');
    if (why === 'restart' && (copy.message.isPersistent || queue.type === 'quorum'))
      this.blame('R38', 'what is on disk is lost by a restart');
    this.end(copy, why);
  }

  private hasOlder(queue: Queue, entry: Entry): boolean {
    if (queue.type !== 'classic' || this.boundsOf(queue.spec.name).hasPriorities) return false;
    return queue.levels.some((line) => [...entriesOf(line)].some((other) => other.position < entry.position));
  }

  private end(copy: Copy, why: string): void {
    if (copy.state === 'gone') this.blame('R5', `a copy ends twice, the second time ${why}`);
    if (why === 'expired' && copy.state === 'out') this.blame('R17', 'what is out expires');
    copy.state = 'gone';
  }

  // ---------------------------------------------------------------- what the driver tells

  /** Deliveries are settled: those of `tags` on a channel are no longer out. */
  settled(channel: number, tags: readonly number[]): void {
    for (let at = this.outgoing.length - 1; at >= 0; at--) {
      const one = this.outgoing[at] as Outgoing;
      if (one.channel === channel && tags.includes(one.tag)) this.outgoing.splice(at, 1);
    }
  }

  /** Deliveries are about to come back. */
  comeBack(channel: number, tags: readonly number[], isFailed: boolean): void {
    for (const { copy: number } of this.outgoing.filter((one) => one.channel === channel && tags.includes(one.tag))) {
      const copy = this.copies.get(number) as Copy;
      copy.returns++;
      // Before 4.3 every return counts as a failed delivery (R25).
      if (isFailed || this.broker.version !== '4.3') copy.failures++;
      copy.state = 'ready';
      copy.out = null;
    }
    this.settled(channel, tags);
  }

  // ---------------------------------------------------------------- between two steps

  /** The books against the broker's lines. */
  check(): void {
    for (const queue of this.broker.state.queues.values()) {
      this.checkSums(queue);
      this.checkLimits(queue);
      if (queue.ready > 0 && !this.boundsOf(queue.spec.name).isSingleActive) this.checkIdle(queue);
    }
  }

  private checkSums(queue: Queue): void {
    const mine = [...this.copies.values()].filter((copy) => copy.queue === queue.serial);
    const ready = mine.filter(({ state }) => state === 'ready').length;
    const out = mine.filter(({ state }) => state === 'out').length;
    if (ready !== queue.ready + queue.delayed.length + queue.retained.length) {
      this.blame('R5', `${queue.spec.name}: ${ready} ready by the books, ${queue.ready} in the queue`);
    }
    if (out !== queue.unacked.size)
      this.blame('R5', `${queue.spec.name}: ${out} out by the books, ${queue.unacked.size} in the queue`);
    const lines = [queue.returned, ...queue.levels].reduce((sum, line) => sum + [...entriesOf(line)].length, 0);
    if (lines !== queue.ready) this.blame('R5', `${queue.spec.name}: ${lines} in line, ${queue.ready} counted`);
  }

  private checkLimits(queue: Queue): void {
    const { isRefusing, maxLength, type } = this.boundsOf(queue.spec.name);
    const slack = type === 'quorum' && isRefusing ? 1 : 0;
    // What comes back, or dies into it, may overfill a queue that refuses publishes.
    const isBounded =
      !isRefusing || ![...this.copies.values()].some(({ message, returns }) => returns > 0 || message.deaths !== null);
    if (isBounded && queue.ready > maxLength + slack)
      this.blame('R18', `${queue.spec.name} has ${queue.ready} ready of ${maxLength}`);
  }

  private checkIdle(queue: Queue): void {
    const idle = this.readersOf(queue.spec.name).find((one) => !this.isFull(one));
    if (idle !== undefined) this.blame('R9', `${idle.tag} is idle while ${queue.ready} are ready in ${queue.spec.name}`);
  }
}
