// What a cluster holds, by what is drawn: topics with their partitions and who leads them, groups with what they read. The controller works
// it out and tells the brokers. Where a partition lies hangs on the topic's own id, so that another topic moves nothing.

import type { PartRef } from '../node-kind.ts';
import { murmur2, toPositive } from './murmur2.ts';
import type { ClusterMetadata, PassOns } from './protocol.ts';

export const TOPIC = 'kafka-topic';
export const GROUP = 'kafka-group';

/** `subscriptions`: topics by group, `passOns`: where groups publish what they fail at, both as the relations of the drawing say. */
export function clusterMetadata(
  parts: readonly PartRef[],
  brokerCount: number,
  subscriptions: ReadonlyMap<string, readonly string[]>,
  passOns: ReadonlyMap<string, PassOns>,
): ClusterMetadata {
  const leaders = new Map<string, readonly number[]>();
  for (const { id, kind, params } of parts) {
    if (kind === TOPIC) leaders.set(id, leadersOf(id, params.partitions as number, brokerCount));
  }
  return { leaders, subscriptions, passOns };
}

/** One broker after the other, from one that the topic's id says. */
function leadersOf(id: string, partitionCount: number, brokerCount: number): readonly number[] {
  const first = toPositive(murmur2(charCodes(id))) % brokerCount;
  return Array.from({ length: partitionCount }, (_, partition) => (first + partition) % brokerCount);
}

/** Ids of a document are plain letters. */
const charCodes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** `offsets.topic.num.partitions`. */
const OFFSETS_PARTITIONS = 50;

/**
 * The broker that coordinates a group: the leader of the partition of `__consumer_offsets` that the hash of its name falls on (Java's
 * hash of a text, without its sign).
 */
export function coordinatorOf(group: string, brokerCount: number): number {
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (31 * hash + group.charCodeAt(i)) | 0;
  return (toPositive(hash) % OFFSETS_PARTITIONS) % brokerCount;
}
