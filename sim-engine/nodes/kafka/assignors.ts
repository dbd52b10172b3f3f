// The assignors of the classic protocol, by the names under which members vote for them. Called by the member that leads its group.

import type { Assignment, GroupMember, TopicPartitions } from './assignors/assignment.ts';
import { assignRange } from './assignors/range.ts';
import { assignRoundRobin } from './assignors/round-robin.ts';
import { assignCooperativeSticky, assignSticky } from './assignors/sticky.ts';

export type Assignor = (topics: TopicPartitions, members: readonly GroupMember[]) => Assignment;

export const ASSIGNORS: ReadonlyMap<string, Assignor> = new Map([
  ['range', assignRange],
  ['roundrobin', assignRoundRobin],
  ['sticky', assignSticky],
  ['cooperative-sticky', assignCooperativeSticky],
]);
