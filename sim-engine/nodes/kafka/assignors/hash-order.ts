// The order in which Kafka's sticky assignors come upon members and partitions: they keep them in hash maps of Java, and where several would
// do alike it is this order that decides - which member keeps one partition more, whose claim is heard first, which partition goes back.
// Called by `sticky.ts` and `movements.ts`.
// Follows what `java.lang.String` and `java.util.HashMap` promise and `TopicPartition`; vectors/kafka/assignor-sticky.json.

import { imul } from '../../../kernel/exact-math.ts';
import type { GroupMember, TopicPartition } from './assignment.ts';

/** Buckets of an empty map. */
const BUCKETS_MIN = 16;
const MULTIPLIER = 31;

/** Buckets of a map that has held `count` entries: it takes twice the room when it is more than three quarters full. */
export function bucketCount(count: number): number {
  let buckets = BUCKETS_MIN;
  while (count * 4 > buckets * 3) buckets *= 2;
  return buckets;
}

/** The members by the bucket of their ids; those of one bucket stay in the order they have. */
export function inHashOrder(members: readonly GroupMember[]): GroupMember[] {
  const buckets = bucketCount(members.length);
  return [...members].sort((a, b) => bucketOf(hashOf(a.id), buckets) - bucketOf(hashOf(b.id), buckets));
}

/** Place of a partition in a map of that many buckets. */
export function partitionBucket({ topic, partition }: TopicPartition, buckets: number): number {
  return bucketOf((imul(MULTIPLIER + partition, MULTIPLIER) + hashOf(topic)) | 0, buckets);
}

const bucketOf = (hash: number, buckets: number): number => (hash ^ (hash >>> 16)) & (buckets - 1);

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (imul(hash, MULTIPLIER) + text.charCodeAt(i)) | 0;
  return hash;
}
