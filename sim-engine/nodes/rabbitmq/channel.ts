// A channel of a connection: its settings, what is out on it under which delivery tag, and what a transaction holds back. Plain data and
// the questions asked of it; `broker.ts` does what follows from the answers.

import type { Message } from './model.ts';

/** A delivery that its reader has not settled. */
export interface PendingAck {
  readonly tag: number;
  /** It is out still; what is settled stays in its line until those before it are too. */
  isOut: boolean;
  /** Serial and name of the queue it is from, and its position there. */
  readonly queue: number;
  readonly queueName: string;
  readonly position: number;
  /** Key of the consumer, 0 for what was taken by `get`, and its tag. */
  readonly consumer: number;
  readonly consumerTag: string;
  readonly sentNs: number;
}

/** How a reader settles what it got. `nack` and `reject` differ in what counts as a failed delivery. */
export type Settling = 'ack' | 'nack-requeue' | 'nack-discard' | 'reject-requeue' | 'reject-discard';

export interface HeldPublish {
  readonly exchange: string;
  readonly message: Message;
  readonly isMandatory: boolean;
  /** Queues it goes to, found when it was published. */
  readonly targets: readonly string[];
}

export interface Transaction {
  readonly publishes: HeldPublish[];
  readonly settled: { readonly how: Settling; readonly pending: PendingAck[] }[];
}

export interface Channel {
  readonly id: number;
  readonly connection: number;
  /** Window of each consumer that is created from now on, 0 = none. */
  prefetch: number;
  /** Window that all consumers share (3.10, 4.0), 0 = none. */
  sharedPrefetch: number;
  isConfirming: boolean;
  /** The last delivery tag and publish number given. */
  tags: number;
  publishes: number;
  /** In order of tags. What lies before `firstPending` is settled, behind it some may be. */
  pending: PendingAck[];
  firstPending: number;
  pendingCount: number;
  /** Deliveries of consumers among them. */
  heldByConsumers: number;
  /** By consumer tag: the queue's serial and the consumer's key there. */
  readonly consumers: Map<string, { readonly queue: number; readonly key: number }>;
  /** Serials of queues that have something to do with it: they are told when it closes. */
  readonly queues: Set<number>;
  /** Tag of the consumer of direct replies; null = none. */
  replyTag: string | null;
  transaction: Transaction | null;
  /** Publishes that wait for a queue to say something, by number. */
  readonly unconfirmed: Map<number, { readonly queues: Set<number>; isRefused: boolean }>;
}

export const newChannel = (id: number, connection: number): Channel => ({
  id,
  connection,
  prefetch: 0,
  sharedPrefetch: 0,
  isConfirming: false,
  tags: 0,
  publishes: 0,
  pending: [],
  firstPending: 0,
  pendingCount: 0,
  heldByConsumers: 0,
  consumers: new Map(),
  queues: new Set(),
  replyTag: null,
  transaction: null,
  unconfirmed: new Map(),
});

/** Settled deliveries are swept out when they are so many, and most. */
const SETTLED_MIN = 64;

/** A delivery goes out; its tag is above all before it. */
export function addPending(channel: Channel, pending: PendingAck): void {
  channel.pending.push(pending);
  channel.pendingCount++;
  if (pending.consumer !== 0) channel.heldByConsumers++;
}

/** What is out, oldest first. */
export function outstanding({ firstPending, pending }: Channel): PendingAck[] {
  const out: PendingAck[] = [];
  for (let at = firstPending; at < pending.length; at++) if (pending[at]?.isOut) out.push(pending[at] as PendingAck);
  return out;
}

/** The oldest delivery that is out. */
export const oldestPending = ({ firstPending, pending }: Channel): PendingAck | undefined => pending[firstPending];

/**
 * Takes out what `tag` names: it alone, with `isMultiple` all up to it, or all there is if it is 0. Null if it names nothing that is
 * out, and then nothing is taken.
 */
export function takePending(channel: Channel, tag: number, isMultiple: boolean): PendingAck[] | null {
  const isAll = tag === 0 && isMultiple;
  const one = isAll ? undefined : findPending(channel, tag);
  if (one === undefined && !isAll) return null;
  const taken = one !== undefined && !isMultiple ? [one] : upTo(channel, isAll ? Number.POSITIVE_INFINITY : tag);
  for (const each of taken) {
    each.isOut = false;
    if (each.consumer !== 0) channel.heldByConsumers--;
  }
  channel.pendingCount -= taken.length;
  sweep(channel);
  return taken;
}

/** Takes out the delivery that has this tag, alone; undefined if it is not out. */
export function takeOnePending(channel: Channel, tag: number): PendingAck | undefined {
  const one = findPending(channel, tag);
  if (one === undefined) return undefined;
  one.isOut = false;
  if (one.consumer !== 0) channel.heldByConsumers--;
  channel.pendingCount--;
  sweep(channel);
  return one;
}

function findPending({ firstPending, pending }: Channel, tag: number): PendingAck | undefined {
  let low = firstPending;
  let high = pending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pending[middle] as PendingAck).tag < tag) low = middle + 1;
    else high = middle;
  }
  const found = pending[low];
  return found?.tag === tag && found.isOut ? found : undefined;
}

function upTo({ firstPending, pending }: Channel, tag: number): PendingAck[] {
  const taken: PendingAck[] = [];
  for (let at = firstPending; at < pending.length; at++) {
    const each = pending[at] as PendingAck;
    if (each.tag > tag) break;
    if (each.isOut) taken.push(each);
  }
  return taken;
}

function sweep(channel: Channel): void {
  const { pending } = channel;
  while (pending[channel.firstPending]?.isOut === false) channel.firstPending++;
  const settled = pending.length - channel.pendingCount;
  if (settled < SETTLED_MIN || settled < channel.pendingCount) return;
  channel.pending = outstanding(channel);
  channel.firstPending = 0;
}

/** Puts back what a transaction that is rolled back had taken, in order of tags. */
export function restorePending(channel: Channel, taken: readonly PendingAck[]): void {
  const all = [...outstanding(channel), ...taken].sort((a, b) => a.tag - b.tag);
  channel.pending = [];
  channel.firstPending = 0;
  channel.pendingCount = 0;
  channel.heldByConsumers = 0;
  for (const each of all) {
    each.isOut = true;
    addPending(channel, each);
  }
}

/**
 * What goes to one queue for one consumer in one message: the server sorts by name of the queue, what was taken by `get` first, each by
 * itself, then by consumer tag; within that the oldest delivery first.
 */
export function byQueue(taken: readonly PendingAck[]): readonly PendingAck[][] {
  if (taken.length === 1) return [[taken[0] as PendingAck]];
  const sorted = [...taken].sort(compare);
  const groups: PendingAck[][] = [];
  for (const each of sorted) {
    const group = groups.at(-1);
    const first = group?.[0];
    const isSame = each.consumer !== 0 && first?.queue === each.queue && first.consumerTag === each.consumerTag;
    if (isSame) group?.push(each);
    else groups.push([each]);
  }
  return groups;
}

function compare(a: PendingAck, b: PendingAck): number {
  if (a.queueName !== b.queueName) return a.queueName < b.queueName ? -1 : 1;
  if (a.queue !== b.queue) return a.queue - b.queue;
  const [isGetA, isGetB] = [a.consumer === 0, b.consumer === 0];
  if (isGetA !== isGetB) return isGetA ? -1 : 1;
  if (!isGetA && a.consumerTag !== b.consumerTag) return a.consumerTag < b.consumerTag ? -1 : 1;
  return a.tag - b.tag;
}
