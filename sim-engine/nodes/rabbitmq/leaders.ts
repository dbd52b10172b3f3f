// On which nodes of a cluster queues have their leaders and replicas; nodes that die and come back, and the queues whose leader was on one:
// until there is another, what they are asked waits.

import { lookUp } from '../../kernel/number-map.ts';
import type { BrokerCore } from './broker-core.ts';
import type { QueueSpec, ReplyCode } from './model.ts';
import { offerNow } from './publishing.ts';
import type { Held, Queue } from './queue.ts';
import { kindOf } from './queue-kinds.ts';

/** Close code of a connection whose node is gone: `CONNECTION_FORCED`. */
const FORCED: ReplyCode = 320;

const GROUP_SIZE = 3;

/** The node that was asked, or with `balanced` the one that runs and leads the fewest queues, the first of several. */
export function leaderFor({ nodes, state }: BrokerCore, { args }: QueueSpec, asked: number): number {
  if (args.get('x-queue-leader-locator') !== 'balanced') return asked;
  const { queues, running } = state;
  const led = (node: number): number => [...queues.values()].filter((queue) => queue.node === node).length;
  let best = asked;
  let fewest = Number.POSITIVE_INFINITY;
  for (let node = 1; node <= nodes; node++) {
    if (!running.has(node) || led(node) >= fewest) continue;
    best = node;
    fewest = led(node);
  }
  return best;
}

/** Nodes that hold replicas: the one that was asked, and those after it. */
export function membersFor({ nodes }: BrokerCore, { args }: QueueSpec, leader: number): number[] {
  const asked = args.get('x-quorum-initial-group-size') ?? args.get('x-initial-cluster-size');
  const size = typeof asked === 'number' ? asked : GROUP_SIZE;
  const count = size < nodes ? size : nodes;
  return Array.from({ length: count }, (_, at) => ((leader - 1 + at) % nodes) + 1);
}

/** Too few nodes run to agree on anything new. */
export function isMinority(core: BrokerCore): boolean {
  return core.state.running.size * 2 <= core.nodes;
}

/** A node dies: its connections are lost, its classic queues are away, its quorum queues look for another leader. */
export function killNode(core: BrokerCore, node: number): void {
  const { connections, queues, running } = core.state;
  if (!running.delete(node)) return;
  for (const queue of queues.values()) if (queue.type !== 'classic') loseMember(core, queue, node);
  for (const connection of [...connections.values()]) {
    if (connection.node !== node) continue;
    core.out.connectionClosed(connection.id, FORCED);
    core.dropConnection(connection.id);
  }
  for (const queue of [...queues.values()]) if (queue.type === 'classic' && queue.node === node) goAway(core, queue);
  core.settleAftermath();
  for (const queue of queues.values()) core.arm(queue);
}

function hasMajority(core: BrokerCore, { members }: Queue): boolean {
  return members.filter((member) => core.state.running.has(member)).length * 2 > members.length;
}

function loseMember(core: BrokerCore, queue: Queue, node: number): void {
  if (!queue.members.includes(node)) return;
  if (!hasMajority(core, queue)) queue.leaderNs = Number.POSITIVE_INFINITY;
  else if (queue.node === node) queue.leaderNs = core.nowNs() + core.electionNs;
  else return;
  queue.node = 0;
  queue.armedNs = Number.POSITIVE_INFINITY;
}

/** A classic queue is away with its node: its readers elsewhere are told, and what was not on disk is lost. */
function goAway(core: BrokerCore, queue: Queue): void {
  if (!queue.spec.isDurable) {
    core.dropQueue(queue, 'restart');
    return;
  }
  core.tellConsumers(queue);
  kindOf(queue).restart(core, queue);
  queue.node = 0;
}

export function startNode(core: BrokerCore, node: number): void {
  const { queues, running } = core.state;
  running.add(node);
  for (const queue of queues.values()) {
    if (!queue.members.includes(node)) continue;
    if (queue.type === 'classic') queue.node = node;
    else if (queue.leaderNs === Number.POSITIVE_INFINITY && hasMajority(core, queue)) {
      queue.leaderNs = core.nowNs() + core.electionNs;
    }
    core.arm(queue);
  }
}

/** If it is time, the next member leads the queue, and what has waited is done in order. False while there is no leader. */
export function findLeader(core: BrokerCore, queue: Queue): boolean {
  if (queue.leaderNs > core.nowNs()) {
    core.arm(queue);
    return false;
  }
  queue.node = queue.members.find((member) => core.state.running.has(member)) as number;
  queue.leaderNs = 0;
  const { backlog } = queue;
  queue.backlog = [];
  for (const held of backlog) catchUp(core, queue, held);
  return true;
}

/** Whether a queue is without a leader, and then what it is asked waits. */
export function isHeld(queue: Queue, held: Held): boolean {
  if (queue.leaderNs === 0) return false;
  queue.backlog.push(held);
  return true;
}

function catchUp(core: BrokerCore, queue: Queue, held: Held): void {
  const kind = kindOf(queue);
  switch (held.type) {
    case 'publish':
      return catchUpPublish(core, queue, held);
    case 'settle':
      return kind.settle(
        core,
        queue,
        held.positions.filter((position) => lookUp(queue.unacked, position) !== undefined),
        held.how,
      );
    case 'consume':
      if (core.state.channels.has(held.consumer.channel)) kind.consume(core, queue, held.consumer, held.args);
      return;
    case 'cancel': {
      const consumer = queue.consumers.get(held.key);
      if (consumer !== undefined) kind.cancel(core, queue, consumer);
      return;
    }
    case 'down':
      return kind.channelDown(core, queue, held.channel);
  }
}

function catchUpPublish(
  core: BrokerCore,
  queue: Queue,
  { channel, from, message, publish }: Held & { readonly type: 'publish' },
): void {
  const isTaken = offerNow(core, queue, message, channel, from);
  core.out.decided(message, isTaken);
  const waiting = core.state.channels.get(channel)?.unconfirmed.get(publish);
  if (waiting === undefined) return;
  waiting.queues.delete(queue.serial);
  if (!isTaken) waiting.isRefused = true;
  if (waiting.queues.size > 0) return;
  core.state.channels.get(channel)?.unconfirmed.delete(publish);
  if (publish !== 0) core.out.confirmed(channel, publish, !waiting.isRefused);
}
