// What has moved between members while a sticky assignor evens out loads. Of two partitions of one topic it makes sure that they do not
// change places: instead, the one that moved goes back. Follows `PartitionMovements` of `AbstractStickyAssignor`.

import { byText, nameOf, type TopicPartition } from './assignment.ts';
import { bucketCount, partitionBucket } from './hash-order.ts';

/** Partitions of one topic that came from one member and are with another. */
interface Route {
  /** By name, in the order in which they came. */
  readonly partitions: Map<string, TopicPartition>;
  /** As many as there ever were at once. */
  most: number;
}

export class Movements {
  /** By the partition's name: from whom it came in the first place. */
  private readonly origins = new Map<string, string>();
  private readonly routes = new Map<string, Route>();

  note(partition: TopicPartition, from: string, to: string): void {
    const name = nameOf(partition);
    const origin = this.origins.get(name);
    if (origin !== undefined) this.forget(partition, origin, from);
    if (origin === to) return;
    this.origins.set(name, origin ?? from);
    const key = routeKey(partition, origin ?? from, to);
    const route = this.routes.get(key) ?? { partitions: new Map(), most: 0 };
    this.routes.set(key, route);
    route.partitions.set(name, partition);
    if (route.partitions.size > route.most) route.most = route.partitions.size;
  }

  /** What to move instead of a partition: another one of its topic that has come the opposite way, if there is one. */
  better(partition: TopicPartition, from: string, to: string): TopicPartition {
    const origin = this.origins.get(nameOf(partition)) ?? from;
    const back = this.routes.get(routeKey(partition, to, origin));
    return back === undefined ? partition : firstOf(back);
  }

  /** Where everything that has moved began, by name. */
  state(): readonly (readonly [string, string])[] {
    return [...this.origins].sort(([a], [b]) => byText(a, b));
  }

  private forget(partition: TopicPartition, from: string, to: string): void {
    const key = routeKey(partition, from, to);
    const route = this.routes.get(key) as Route;
    this.origins.delete(nameOf(partition));
    route.partitions.delete(nameOf(partition));
    if (route.partitions.size === 0) this.routes.delete(key);
  }
}

const routeKey = ({ topic }: TopicPartition, from: string, to: string): string => JSON.stringify([topic, from, to]);

/** The one that a hash set comes upon first. */
function firstOf({ partitions, most }: Route): TopicPartition {
  const buckets = bucketCount(most);
  let first: TopicPartition | undefined;
  for (const partition of partitions.values()) {
    if (first === undefined || partitionBucket(partition, buckets) < partitionBucket(first, buckets)) first = partition;
  }
  return first as TopicPartition;
}
