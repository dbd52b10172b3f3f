// THE list of K1 to K38 of docs/semantics/kafka.md: which test holds each, and which planted fault has turned it red; or why nothing that is
// built is concerned. The laws of groups, clients and logs are checkers over random clusters (testing/kafka), which the fuzzer runs as
// well. lists.test.ts keeps it true, docs/semantics/kafka-checked.md shows it, and `npm run mutants` plants each fault into its test.

import type { Row } from './rows.ts';

const LAWS = 'sim-engine/testing/kafka/laws.property.test.ts';
const RETRIES = 'sim-engine/nodes/kafka/retry-topics.test.ts';

const ONE_REPLICA = 'Every partition has one replica: no follower, no ISR and no election is built yet.';
const NO_TRANSACTIONS =
  'No client begins a transaction yet: the log keeps what it needs for it, and the recorded cases of it are replayed.';

export const KAFKA: readonly Row[] = [
  {
    number: 1,
    says: 'offsets of a log grow one by one',
    file: LAWS,
    test: 'K1: offsets of a log grow one by one, and each keeps its record',
    mutant: 'offset-given-twice',
    but: 'there is no other replica to agree with',
  },
  {
    number: 2,
    says: 'the marks of a log stand in their order, and the high watermark never falls',
    file: LAWS,
    test: 'K2: log start <= last stable offset <= high watermark <= log end, and the high watermark never falls',
    mutant: 'watermark-falls',
  },
  {
    number: 3,
    says: 'nobody is given what readers may not see',
    file: LAWS,
    test: 'K3: no consumer is given an offset at or above the high watermark',
    mutant: 'reads-to-the-end',
    but: 'without transactions the last stable offset is the high watermark',
  },
  { number: 4, says: 'the high watermark is at most the least log end of the ISR', why: ONE_REPLICA },
  { number: 5, says: 'the high watermark stands while the ISR is too small', why: ONE_REPLICA },
  { number: 6, says: 'acks=all means every member of the ISR has it', why: ONE_REPLICA },
  { number: 7, says: 'one broker that dies takes no acknowledged record with it', why: ONE_REPLICA },
  { number: 8, says: 'acks=1 loses only what no follower had', why: ONE_REPLICA },
  { number: 9, says: 'with too small an ISR nothing is appended', why: ONE_REPLICA },
  { number: 10, says: 'a clean election chooses from the ISR, in replica order', why: ONE_REPLICA },
  { number: 11, says: 'one leader per partition and epoch', why: ONE_REPLICA },
  { number: 12, says: 'an unclean election leaves the new leader alone in the ISR', why: ONE_REPLICA },
  { number: 13, says: 'a follower leaves the ISR when it lags, and not before', why: ONE_REPLICA },
  {
    number: 14,
    says: 'a key goes to the partition of its hash, whatever is down',
    file: LAWS,
    test: 'K14: a key lies in the partition of its hash, whatever is down',
    mutant: 'key-by-remainder',
  },
  {
    number: 15,
    says: 'records without a key change partition after a batch of bytes at the earliest',
    file: LAWS,
    test: 'K15: records without a key stay with a partition for a batch of bytes',
    mutant: 'sticks-half-as-long',
  },
  {
    number: 16,
    says: 'an idempotent producer writes each record once and in order',
    file: LAWS,
    test: 'K16: a numbered record is in a partition once, in the order in which it was sent',
    mutant: 'duplicates-unknown',
  },
  {
    number: 17,
    says: 'without numbers one request at a time doubles and never reorders',
    file: LAWS,
    test: 'K17: one request at a time doubles and never reorders',
    mutant: 'newest-batch-first',
    but: 'that several at a time reorder is shown by the scenario kafka-sent-again',
  },
  {
    number: 18,
    says: 'every send is over within its delivery time-out',
    file: LAWS,
    test: 'K18: every send is over within its delivery time-out',
    mutant: 'delivers-for-ever',
  },
  {
    number: 19,
    says: 'what a producer holds fits into its buffer',
    file: LAWS,
    test: 'K19: what is buffered and under way fits into the buffer',
    mutant: 'buffer-without-end',
  },
  {
    number: 20,
    says: 'requests under way on a connection are limited',
    file: LAWS,
    test: 'K20: no more requests are under way on a connection than allowed',
    mutant: 'one-more-under-way',
  },
  {
    number: 21,
    says: 'waits between tries follow the back-off',
    file: LAWS,
    test: 'K21: waits between tries lie within the bounds of the back-off',
    mutant: 'waits-twice-as-long',
  },
  {
    number: 22,
    says: 'in a stable group each partition has one owner',
    file: LAWS,
    test: 'K22: in a stable group every partition has one owner, and who is too many is idle',
    mutant: 'first-one-left-out',
  },
  {
    number: 23,
    says: 'generations grow, and commits of old ones do nothing',
    file: LAWS,
    test: 'K23: generations grow, and a commit of an old one moves nothing',
    mutant: 'old-generation-commits',
  },
  {
    number: 24,
    says: 'an eager member stands still in a rebalance, a cooperative one keeps what it has; never two owners',
    file: LAWS,
    test: 'K24: between join and assignment an eager member does nothing, a cooperative one keeps its own, and no partition has two owners',
    mutant: 'keeps-while-joining',
  },
  {
    number: 25,
    says: 'members are let go after their session, or when they leave; static ones come back without a round',
    file: LAWS,
    test: 'K25: a silent member is let go after its session, one that leaves at once, a static one that is back in time without a round',
    mutant: 'half-a-session',
  },
  {
    number: 26,
    says: 'a member that does not poll leaves, whatever its heartbeats say',
    file: LAWS,
    test: 'K26: who does not poll leaves',
    mutant: 'polls-by-heartbeat',
  },
  {
    number: 27,
    says: 'a rebalance ends in time',
    file: LAWS,
    test: 'K27: a rebalance is over after the longest rebalance time-out',
    mutant: 'waits-for-the-last',
  },
  {
    number: 28,
    says: 'what a commit before or after the work promises',
    file: LAWS,
    test: 'K28: committed after the work, all below is done; before it, nothing is done twice',
    mutant: 'commits-what-is-polled',
  },
  {
    number: 29,
    says: 'lag is never below zero',
    file: LAWS,
    test: 'K29: nobody reads or commits beyond what is there',
    mutant: 'position-one-too-far',
  },
  {
    number: 30,
    says: 'a group works as fast as its partitions and members allow',
    file: LAWS,
    test: 'K30: a member works on what it owns, as much at once as it has places',
    mutant: 'all-at-once',
  },
  {
    number: 31,
    says: 'retention takes whole segments, the oldest first',
    file: LAWS,
    test: 'K31: retention takes whole segments, the oldest first, and the log start never falls',
    mutant: 'newest-record-again',
  },
  {
    number: 32,
    says: 'compaction keeps the last value of each key',
    file: LAWS,
    test: 'K32: compaction keeps the last record of each key, order and offsets',
    mutant: 'one-too-many-cleaned',
  },
  { number: 33, says: 'transactions become visible as a whole', why: NO_TRANSACTIONS },
  { number: 34, says: 'a fenced producer never appends', why: NO_TRANSACTIONS },
  { number: 35, says: 'a record of a share group is held by one member', why: 'No kind of node is a share group yet.' },
  {
    number: 36,
    says: 'no record of a retry chain is tried before it is due, or more often than it may',
    file: RETRIES,
    test: 'is never tried again before it is due, and each record as often as the chain is long (K36)',
    mutant: 'due-or-not',
  },
  { number: 37, says: 'without a controller nothing healthy stops', why: 'The controller of a cluster is never down yet.' },
  { number: 38, says: 'how long a crash keeps a partition out of service', why: ONE_REPLICA },
];
