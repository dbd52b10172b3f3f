// What has moved between members while a sticky assignor evens out loads. Of two partitions of one topic it makes sure that they do not
// change places: instead, the one that moved goes back. Follows `PartitionMovements` of `AbstractStickyAssignor`.

import { nameOf, type TopicPartition } from './assignment.ts';

interface Movement {
  readonly partition: TopicPartition;
  readonly from: string;
  readonly to: string;
}

export class Movements {
  /** By the partition's name: from whom it came in the first place, and who has it. */
  private readonly made = new Map<string, Movement>();

  note(partition: TopicPartition, from: string, to: string): void {
    const name = nameOf(partition);
    const earlier = this.made.get(name);
    this.made.delete(name);
    const origin = earlier?.from ?? from;
    if (origin !== to) this.made.set(name, { partition, from: origin, to });
  }

  /** What to move instead of a partition: another one of its topic that has come the opposite way, if there is one. */
  better(partition: TopicPartition, from: string, to: string): TopicPartition {
    const origin = this.made.get(nameOf(partition))?.from ?? from;
    for (const movement of this.made.values()) {
      if (movement.partition.topic === partition.topic && movement.from === to && movement.to === origin)
        return movement.partition;
    }
    return partition;
  }
}
