// The round-robin assignor: all partitions of all topics in one line, dealt to the members in a circle, past those who do not subscribe.
// Follows `RoundRobinAssignor`; vectors/kafka/assignor-roundrobin.json; K22.

import {
  type Assignment,
  byMember,
  byText,
  emptyAssignment,
  type GroupMember,
  partitionsOf,
  type TopicPartitions,
} from './assignment.ts';

export function assignRoundRobin(topics: TopicPartitions, members: readonly GroupMember[]): Assignment {
  const assignment = emptyAssignment(members);
  const circle = [...members].sort(byMember);
  const subscribed = new Set(members.flatMap((member) => member.topics));
  let turn = 0;
  for (const partition of partitionsOf([...subscribed].sort(byText), topics)) {
    while (!(circle[turn] as GroupMember).topics.includes(partition.topic)) turn = (turn + 1) % circle.length;
    assignment.get((circle[turn] as GroupMember).id)?.push(partition);
    turn = (turn + 1) % circle.length;
  }
  return assignment;
}
