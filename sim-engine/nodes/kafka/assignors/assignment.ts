// What the leader of a consumer group is asked and what it answers: members with their subscriptions, and partitions for each of them. The
// assignors beside this file compute the one from the other; the group coordinator only carries both.

/** A partition of a topic, written as Kafka writes it: `topic-0`. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface GroupMember {
  readonly id: string;
  /** `group.instance.id`; absent = a dynamic member. */
  readonly instanceId?: string;
  /** `client.rack`. */
  readonly rack?: string;
  readonly topics: readonly string[];
  /** What it held when it joined, and since which generation; -1 = it names none. */
  readonly owned: readonly TopicPartition[];
  readonly generation: number;
}

/** The topics that anybody subscribes to and that there are. */
export interface TopicPartitions {
  readonly counts: ReadonlyMap<string, number>;
  /** Racks of the replicas of each partition, where they are known. */
  readonly racks: ReadonlyMap<string, readonly (readonly string[])[]>;
}

/** By member id, of every member. */
export type Assignment = Map<string, TopicPartition[]>;

export const NO_GENERATION = -1;

/** No topic is expected to have more partitions; a claim may name any number. */
const NAMES_KEPT = 100_000;

export function nameOf({ topic, partition }: TopicPartition): string {
  if (!(partition >= 0 && partition < NAMES_KEPT)) return `${topic}-${partition}`;
  let known = names.get(topic);
  if (known === undefined) {
    known = [];
    names.set(topic, known);
  }
  const name = known[partition];
  if (name !== undefined) return name;
  // Partitions are asked for in any order: gaps are filled, so that the list stays a plain one.
  for (let at = known.length; at <= partition; at++) known.push(`${topic}-${at}`);
  return known[partition] as string;
}

/** Names that were made before, by topic and number: what is looked up by them again and again need not be made again each time. */
const names = new Map<string, string[]>();

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
export const byTopic = (a: TopicPartition, b: TopicPartition): number => byText(a.topic, b.topic) || a.partition - b.partition;

/** Static members first, in the order of their instances; then the others, in the order of their ids. */
export function byMember(a: GroupMember, b: GroupMember): number {
  if (a.instanceId !== undefined && b.instanceId !== undefined) return byText(a.instanceId, b.instanceId);
  if (a.instanceId !== undefined) return -1;
  return b.instanceId !== undefined ? 1 : byText(a.id, b.id);
}

/** Everybody's list, still empty. */
export const emptyAssignment = (members: readonly GroupMember[]): Assignment => new Map(members.map(({ id }) => [id, []]));

/** All partitions of the given topics, in their order. */
export function partitionsOf(topics: readonly string[], { counts }: TopicPartitions): TopicPartition[] {
  return topics.flatMap((topic) => Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })));
}

export const partitionCountOf = ({ counts }: TopicPartitions): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Whether a consumer on a rack, if it has one, would read from a replica beside it. */
export const isOnRack = (rack: string | undefined, replicas: readonly string[] | undefined): boolean =>
  rack === undefined || (replicas?.includes(rack) ?? false);

/**
 * Whether racks decide at all: some consumer stands on a rack that has a replica, and not every partition has one on every rack. `racks`
 * holds the racks of each partition.
 */
export function areRacksDeciding(consumerRacks: ReadonlySet<string>, racks: readonly (readonly string[])[]): boolean {
  const all = new Set(racks.flat());
  if (![...consumerRacks].some((rack) => all.has(rack))) return false;
  return racks.some((replicas) => new Set(replicas).size !== all.size);
}

export const rackOf = ({ rack }: GroupMember): string | undefined => (rack === '' ? undefined : rack);

/** Racks of each partition of a topic, none where nothing is known. */
export const racksOf = ({ counts, racks }: TopicPartitions, topic: string): readonly (readonly string[])[] =>
  racks.get(topic) ?? Array.from({ length: counts.get(topic) ?? 0 }, () => []);
