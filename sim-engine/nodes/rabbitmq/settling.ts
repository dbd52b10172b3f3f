// What a reader says of its deliveries, and how that reaches the queues they are from: at once, when a leader is there again, or with the end of
// a transaction.

import { lookUp } from '../../kernel/number-map.ts';
import type { BrokerCore } from './broker-core.ts';
import { byQueue, type Channel, type PendingAck, type Settling, takeOnePending, takePending } from './channel.ts';
import { classicResume } from './classic-queue.ts';
import { DONE, PRECONDITION_FAILED, type ReplyCode } from './model.ts';
import type { Queue } from './queue.ts';
import { kindOf } from './queue-kinds.ts';

/** One delivery, or with `isMultiple` all up to its tag; 406 for a tag that nothing is out under. */
export function settle(core: BrokerCore, channel: Channel, tag: number, isMultiple: boolean, how: Settling): ReplyCode {
  if (!isMultiple && channel.transaction === null) return settleOne(core, channel, tag, how);
  const taken = takePending(channel, tag, isMultiple);
  if (taken === null) return PRECONDITION_FAILED;
  if (channel.transaction !== null) channel.transaction.settled.push({ how, pending: taken });
  else settleAtQueues(core, channel, taken, how);
  return DONE;
}

/** What nearly all readers do: one delivery, by its own tag. */
function settleOne(core: BrokerCore, channel: Channel, tag: number, how: Settling): ReplyCode {
  const one = takeOnePending(channel, tag);
  if (one === undefined) return PRECONDITION_FAILED;
  const queue = core.state.queues.get(one.queue);
  if (queue !== undefined) {
    if (isStillOut(queue, channel, one)) settleThere(core, queue, [one.position], how);
    core.arm(queue);
  }
  if (channel.sharedPrefetch > 0) resumeConsumers(core, channel);
  return DONE;
}

function settleThere(core: BrokerCore, queue: Queue, positions: readonly number[], how: Settling): void {
  if (queue.leaderNs !== 0) queue.backlog.push({ type: 'settle', positions, how });
  else kindOf(queue).settle(core, queue, positions, how);
}

export function settleAtQueues(core: BrokerCore, channel: Channel, taken: readonly PendingAck[], how: Settling): void {
  if (taken.length === 0) return;
  for (const group of byQueue(taken)) settleGroup(core, channel, group, how);
  if (channel.sharedPrefetch > 0) resumeConsumers(core, channel);
}

function settleGroup(core: BrokerCore, channel: Channel, group: readonly PendingAck[], how: Settling): void {
  const queue = core.state.queues.get((group[0] as PendingAck).queue);
  if (queue === undefined) return;
  const positions: number[] = [];
  for (const each of group) if (isStillOut(queue, channel, each)) positions.push(each.position);
  if (positions.length > 0) settleThere(core, queue, positions, how);
  core.arm(queue);
}

/** Whether a delivery is still out where it was: its queue may have taken it back since. */
function isStillOut(queue: Queue, channel: Channel, { consumer, position }: PendingAck): boolean {
  const out = lookUp(queue.unacked, position);
  return out !== undefined && out.channel === channel.id && out.consumer === consumer;
}

/** The window that all consumers of a channel share has room again: each queue they read from may go on. */
export function resumeConsumers(core: BrokerCore, channel: Channel): void {
  for (const serial of channel.queues) {
    const queue = core.state.queues.get(serial);
    if (queue?.type === 'classic') classicResume(core, queue, channel.id);
  }
}
