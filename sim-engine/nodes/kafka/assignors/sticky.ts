// The sticky assignors: even loads first, and of all even ones an assignment in which as many partitions as possible stay where they
// are. The cooperative one takes back what would change hands: it comes free in this round, and is handed over in the next.
// Follows `AbstractStickyAssignor`, `StickyAssignor`, `CooperativeStickyAssignor`; vectors/kafka/assignor-sticky.json,
// assignor-cooperative-sticky.json; K22, K24.

import { type Assignment, type GroupMember, nameOf, type TopicPartitions } from './assignment.ts';
import { inHashOrder } from './hash-order.ts';
import { ownershipOf } from './ownership.ts';
import { assignEqually } from './sticky-equal.ts';
import { assignGenerally } from './sticky-general.ts';
import { rackMap } from './sticky-racks.ts';

export function assignSticky(topics: TopicPartitions, members: readonly GroupMember[]): Assignment {
  return assignedWithMoves(topics, members).assignment;
}

export function assignCooperativeSticky(topics: TopicPartitions, members: readonly GroupMember[]): Assignment {
  const { assignment, moving } = assignedWithMoves(topics, members);
  for (const [name, member] of moving ?? changingHands(members, assignment)) {
    const list = assignment.get(member) ?? [];
    assignment.set(
      member,
      list.filter((partition) => nameOf(partition) !== name),
    );
  }
  return assignment;
}

/** `moving` undefined: which partitions change hands is still to be found out. */
function assignedWithMoves(
  topics: TopicPartitions,
  joined: readonly GroupMember[],
): { readonly assignment: Assignment; readonly moving?: ReadonlyMap<string, string> } {
  const members = inHashOrder(joined);
  const ownership = ownershipOf(topics, members);
  const racks = rackMap(topics, members);
  if (ownership.areSubscriptionsEqual) return assignEqually(topics, ownership, racks);
  return { assignment: assignGenerally(topics, members, ownership, racks) };
}

/** Partitions that somebody loses and somebody else gets, by name, with who gets them. */
function changingHands(members: readonly GroupMember[], assignment: Assignment): Map<string, string> {
  const gained = new Map<string, string>();
  const lost = new Set<string>();
  for (const { id, owned } of members) {
    const had = new Set(owned.map(nameOf));
    const has = new Set((assignment.get(id) ?? []).map(nameOf));
    for (const name of has) if (!had.has(name)) gained.set(name, id);
    for (const name of had) if (!has.has(name)) lost.add(name);
  }
  for (const name of gained.keys()) if (!lost.has(name)) gained.delete(name);
  return gained;
}
