// THE list of P1 to P62 of docs/semantics/patterns.md: which test holds each, and which planted fault has turned it red; or why nothing that
// is built is concerned. A number may have several rows. lists.test.ts keeps it true, docs/semantics/patterns-checked.md shows it, and
// `npm run mutants` plants each fault into its test.

import type { Row } from './rows.ts';

const NODES = 'sim-engine/nodes';
const REQUESTER = `${NODES}/services/requester.property.test.ts`;
const WAITS = `${NODES}/services/retry-waits.test.ts`;
const SERVICE = `${NODES}/services/service.test.ts`;
const METASTABLE = `${NODES}/services/metastable.test.ts`;
const GUARDS = `${NODES}/services/guards.test.ts`;
const MEMORY = `${NODES}/services/service-memory.test.ts`;
const LANES = `${NODES}/services/service-lanes.test.ts`;
const SCALER = `${NODES}/services/autoscaler.test.ts`;
const STORE = `${NODES}/stores/store.test.ts`;
const STREAMS = `${NODES}/stores/event-store.test.ts`;
const ORDER = `${NODES}/textbook/queue-order.test.ts`;
const DEAD = `${NODES}/textbook/dead-letter-queue.test.ts`;

const WATERMARK = 'sim-engine/parts/commit-watermark.test.ts';
const NO_LOG = 'The machine alone: it is about a consumer that commits offsets of a log, and no kind keeps a log before Kafka.';
const NO_SAGA =
  'No kind runs steps with compensations. What comes nearest, one service that asks several stores, undoes nothing.';

export const PATTERNS: readonly Row[] = [
  // 1. Request-response
  {
    number: 1,
    says: 'every request completes exactly once',
    file: REQUESTER,
    test: 'completes every request exactly once, the first reply in time or its deadline (P1)',
    mutant: 'deadline-forgotten',
  },
  {
    number: 2,
    says: 'late, duplicate and unknown replies complete nothing and are counted',
    file: REQUESTER,
    test: 'P2: late, twice or to nobody completes nothing, and is counted as what it is',
    mutant: 'bin-not-counted',
  },
  {
    number: 3,
    says: 'nobody starts work whose caller has given up',
    file: `${NODES}/services/service-expired.test.ts`,
    test: 'that skips what nobody waits for begins nothing whose caller has given up (P3)',
    mutant: 'nobody-is-too-late',
  },
  {
    number: 3,
    says: 'the same with requests that live in the queue as long as their callers wait',
    file: `${NODES}/services/requester.test.ts`,
    test: 'are begun for nobody who has left (P3), while others are',
    mutant: 'never-too-old',
  },
  {
    number: 4,
    says: 'a closed loop has the throughput and response time of theory',
    file: 'sim-engine/testing/runners/closed-loop.test.ts',
    test: 'P4: of the recorded ones agrees with theory',
    mutant: 'thinks-less',
  },
  {
    number: 5,
    says: 'open requests are the request rate times the mean response time',
    file: REQUESTER,
    test: 'are on average the rate of requests times their mean time, time-outs at their time-out (P5)',
    mutant: 'time-out-takes-no-time',
  },
  // 2. Retries, backoff, jitter
  {
    number: 6,
    says: 'no delay exceeds its cap, and jitter stays in its bounds',
    file: WAITS,
    test: 'P6: no wait of %s is above its cap or outside of its bounds',
    mutant: 'above-its-cap',
  },
  {
    number: 7,
    says: 'the mean of full jitter is x/2, of equal jitter 3x/4',
    file: SERVICE,
    test: '%s jitter lies where it should, all over, with the mean in the middle (P6, P7)',
    mutant: 'jitter-leans-low',
  },
  {
    number: 8,
    says: 'attempts per message and dead letters follow from p and n',
    file: `${NODES}/textbook/queue.test.ts`,
    test: 'gives lambda p^n dead letters and n more attempts per poison message (P54, P8)',
    mutant: 'fails-more-often',
  },
  {
    number: 9,
    says: 'without jitter clients come in peaks, with full jitter spread out',
    file: SERVICE,
    test: 'without jitter come in waves, with full jitter spread out (P9)',
    mutant: 'no-jitter',
  },
  {
    number: 10,
    says: 'retries at several layers multiply',
    file: `${NODES}/services/calls.test.ts`,
    test: 'asks again as often as there are retries: each is work for the other side (P10)',
    mutant: 'one-try-more',
  },
  // 3. Retry storms
  {
    number: 11,
    says: 'without a remedy the collapse stays',
    file: METASTABLE,
    test: 'P11: without a remedy lasts ten times as long and more, while the server is busy all the time',
    mutant: 'late-work-costs-nothing',
  },
  {
    number: 12,
    says: 'a budget of a tenth recovers in backlog / (mu - 1.1 lambda)',
    file: METASTABLE,
    test: 'P12: with a retry budget of a tenth is over once what has piled up is worked off',
    mutant: 'share-without-end',
  },
  {
    number: 13,
    says: 'newest first recovers',
    file: METASTABLE,
    test: 'P13: is over soon where the newest comes first',
    mutant: 'always-oldest-first',
  },
  {
    number: 13,
    says: 'dropping what is too old recovers',
    file: METASTABLE,
    test: 'P13: is over soon where what is older than the time-out is dropped',
    mutant: 'never-too-old',
  },
  {
    number: 14,
    says: 'below mu / (1 + retries) it recovers, but slowly',
    file: METASTABLE,
    test: 'P14: heals slowly where the load times the tries is within what the server can do',
    mutant: 'late-work-costs-nothing',
  },
  // 4. Retry budgets
  {
    number: 15,
    says: 'retries are paid by the first tokens',
    file: GUARDS,
    test: 'of AWS allows as many at first as its tokens pay for (P15)',
    mutant: 'token-for-a-failure',
  },
  {
    number: 15,
    says: 'and by successes',
    file: GUARDS,
    test: 'P15: of AWS earns another retry by every five answers to a first try',
    mutant: 'answers-pay-double',
  },
  {
    number: 15,
    says: 'of requesters too, a time-out costing twice as much',
    file: `${NODES}/services/requester.test.ts`,
    test: 'of AWS is spent at 10 tokens for a time-out, and then there are no retries (P15, P16)',
    mutant: 'token-for-a-failure',
  },
  {
    number: 16,
    says: 'in a full outage retries come to an end',
    file: GUARDS,
    test: 'of %s goes to nothing in a full outage (P16)',
    mutant: 'quota-always-full',
  },
  {
    number: 16,
    says: 'or to a share of the requests',
    file: GUARDS,
    test: 'of a share adds that share (P16)',
    mutant: 'share-without-end',
  },
  {
    number: 16,
    says: 'of requesters too',
    file: `${NODES}/services/requester.test.ts`,
    test: 'that is a share allows so many of the requests of ten seconds and one more (P16)',
    mutant: 'share-without-end',
  },
  {
    number: 17,
    says: 'budgets are per client',
    file: GUARDS,
    test: 'P17: of AWS is each client s own',
    mutant: 'one-quota-for-all',
  },
  // 5. Circuit breaker
  {
    number: 18,
    says: 'open: no call passes',
    file: GUARDS,
    test: 'opens when the service is down, and then nothing goes out (P18)',
    mutant: 'open-lets-through',
  },
  {
    number: 19,
    says: 'half-open: at most the permitted calls are out',
    file: GUARDS,
    test: 'lets as many probes out as it may, and closes when they come back (P19)',
    mutant: 'probes-without-end',
  },
  {
    number: 20,
    says: 'it never opens before the minimum volume',
    file: GUARDS,
    test: 'never opens before the minimum of calls (P20)',
    mutant: 'opens-too-soon',
  },
  {
    number: 21,
    says: 'it is closed a wait and its probes after what it calls has healed',
    file: GUARDS,
    test: 'P21: is closed again a wait and its probes after the service has healed, at the latest',
    mutant: 'open-for-twice-as-long',
  },
  {
    number: 22,
    says: 'n breakers of their own send n times the probes',
    file: GUARDS,
    test: 'P22: as many of %s let out as many times the probes of one',
    mutant: 'one-breaker-for-all',
  },
  // 6. Deduplication
  {
    number: 23,
    says: 'duplicates removed are deliveries less distinct ids',
    file: MEMORY,
    test: 'are recognised when marked %s the effect: deliveries less ids (P23)',
    mutant: 'every-fifth-forgotten',
  },
  {
    number: 24,
    says: 'memory is the rate of new ids times the time to live',
    file: MEMORY,
    test: 'is as much as comes within the time to live (P24)',
    mutant: 'remembered-twice',
  },
  {
    number: 25,
    says: 'at the age of the time to live a redelivery is skipped, just after it is processed',
    file: MEMORY,
    test: 'P25: are skipped at the age at which they are forgotten, and done again a nanosecond later',
    mutant: 'forgotten-at-its-age',
  },
  {
    number: 26,
    says: 'marking before, after and with the effect lose, double and do neither',
    file: MEMORY,
    test: 'P26: marked %s it: none, one or two, by whether it came before or after',
    mutant: 'memory-not-on-disk',
  },
  // 7. Inbox, outbox
  {
    number: 27,
    says: 'outbox: committed and published at least once are the same',
    file: STORE,
    test: 'misses as many events as rows were left behind, and an outbox none (P27)',
    mutant: 'marked-unpublished',
  },
  {
    number: 28,
    says: 'what was rolled back is never published',
    file: STORE,
    test: 'publishes what was committed, and nothing else (P28)',
    mutant: 'ghost-of-a-transaction',
  },
  {
    number: 29,
    says: 'the relay keeps the order of commits of each aggregate',
    file: STORE,
    test: 'keeps the order of commits for each key, whatever the wire and the relay do (P29)',
    mutant: 'relay-knows-no-keys',
  },
  {
    number: 30,
    says: 'duplicates are crashes of the relay, and with an inbox each event has one effect',
    file: STORE,
    test: 'with an inbox behind it every event has one effect, however often the relay dies (P30)',
    mutant: 'inbox-takes-all',
  },
  // 8. Event sourcing
  {
    number: 31,
    says: 'the same events give the same state, however often it is built',
    file: STREAMS,
    test: 'is built again from the log, at its rate, and is what it was (P31)',
    mutant: 'view-counts-twice',
  },
  {
    number: 32,
    says: 'duplicates do not change state',
    file: STREAMS,
    test: 'ignores what it has taken in already (P32)',
    mutant: 'folded-again',
  },
  {
    number: 33,
    says: 'a snapshot and what came after it are the same as all',
    file: STREAMS,
    test: 'begins at its last snapshot (P33)',
    mutant: 'snapshot-lacks-one',
  },
  {
    number: 34,
    says: 'of two appends that expect the same exactly one wins',
    file: STREAMS,
    test: 'lets one of two win who have seen the same (P34)',
    mutant: 'appends-blindly',
  },
  {
    number: 35,
    says: 'illegal transitions are rejected and do not advance',
    file: STREAMS,
    test: 'rejects an event that has no meaning where the trip stands, and does not advance (P35)',
    mutant: 'anything-may-happen',
  },
  // 9. Saga
  { number: 36, says: 'a saga ends with all its steps, or with none that is not compensated', why: NO_SAGA },
  { number: 37, says: 'others see the first steps of a saga before its end', why: NO_SAGA },
  // 10. Lanes
  {
    number: 38,
    says: 'lanes by key keep the order of every key',
    file: LANES,
    test: '%i lanes keep the order of every key, whatever the work takes (P38)',
    mutant: 'lanes-by-number',
  },
  {
    number: 39,
    says: 'competing places break it',
    file: LANES,
    test: 'competing places break it as soon as there are two and the work differs (P39)',
    mutant: 'lanes-for-all',
  },
  {
    number: 40,
    says: 'capacity is lanes / mean work only if no lane has too much',
    file: LANES,
    test: 'P40: as many have as many times the speed of one place only while none of them has more to do',
    mutant: 'lanes-by-number',
  },
  {
    number: 41,
    says: 'one key has the throughput of one worker',
    file: LANES,
    test: 'one key has the speed of one place, however many lanes there are (P41)',
    mutant: 'lanes-by-number',
  },
  // 11. Uber consumer proxy
  {
    number: 42,
    says: 'the commit passes no offset that is not acknowledged, and never goes back',
    file: 'sim-engine/parts/commit-watermark.property.test.ts',
    test: 'P42: is the lowest offset that is not done, and never goes back',
    mutant: 'commits-past-a-gap',
    but: NO_LOG,
  },
  {
    number: 43,
    says: 'a crash redelivers what was acknowledged above the watermark',
    file: WATERMARK,
    test: 'P43: after a crash all from the committed offset on are fetched again, also those that were done',
    mutant: 'goes-on-after-a-crash',
    but: NO_LOG,
  },
  {
    number: 44,
    says: 'one poison message freezes the commit, and the window stops the fetch',
    file: WATERMARK,
    test: 'P44: stays before a message that never ends, and the window stops the fetch in the end',
    mutant: 'window-by-what-is-done',
    but: NO_LOG,
  },
  // 12. Keystone
  {
    number: 45,
    says: 'a stopped sink makes only its own lag grow',
    file: `${NODES}/textbook/topic.test.ts`,
    test: 'lets no subscription wait for another (P45)',
    mutant: 'waits-for-the-slowest',
  },
  {
    number: 46,
    says: 'acks=1 and the loss of a leader lose the tail that was not replicated',
    why: 'Replicas, leaders and acks come with Kafka; a textbook queue is one place.',
  },
  {
    number: 47,
    says: 'a full producer buffer that does not block drops, and counts what it drops',
    why: 'No client keeps a buffer of its own before that of Kafka. A textbook queue that is full refuses or drops by its own rules, which count too (nodes/textbook/queue-order.test.ts).',
  },
  {
    number: 48,
    says: 'after a failover to another cluster there is no order across both',
    why: 'There are no clusters before Kafka, and no client that is redirected from one to another.',
  },
  // 13. Claim check, backpressure, shedding, priority
  {
    number: 49,
    says: 'a claim check queues references and costs two more trips',
    why: 'Queues count messages, not bytes, and no step puts a payload into a store and a reference into the message.',
  },
  {
    number: 50,
    says: 'a bounded buffer loses what theory says, and nobody waits longer than K times the work',
    file: ORDER,
    test: 'loses what Erlang and Kendall say, and nobody waits longer than its length of work (P50)',
    mutant: 'one-too-many',
  },
  {
    number: 51,
    says: 'an unbounded buffer grows by (lambda - mu) t, and its age by 1 - mu / lambda',
    file: ORDER,
    test: 'grows without bound by what comes beyond its capacity, and so does the age of its oldest (P51)',
    mutant: 'bounded-by-itself',
  },
  {
    number: 52,
    says: 'goodput with shedding by age is at least that without',
    file: ORDER,
    test: 'keeps goodput near the capacity where a queue that sheds nothing serves the dead (P52)',
    mutant: 'never-too-old',
  },
  {
    number: 53,
    says: 'the waits of the low class diverge as the load nears 1, those of the high do not',
    file: ORDER,
    test: 'strict starves the lower class as the load nears 1, while the higher waits for hardly anything (P53)',
    mutant: 'all-alike',
  },
  // 14. Poison, dead letters, redrive
  {
    number: 54,
    says: 'a poison message costs all n attempts, and lambda p^n are given up on',
    file: SERVICE,
    test: 'fails at every attempt and costs all of them: q (n - 1) more (P54)',
    mutant: 'one-attempt-more',
  },
  {
    number: 55,
    says: 'a redrive without a fix brings back the same number',
    file: DEAD,
    test: 'without a fix brings back the same number (P55)',
    mutant: 'redrive-leaves-one',
  },
  {
    number: 56,
    says: 'a redrive above spare capacity hurts what is sent meanwhile',
    file: DEAD,
    test: 'P56: faster than there is room for hurts what is sent meanwhile, and is over no sooner than room allows',
    mutant: 'redriven-in-drops',
  },
  {
    number: 57,
    says: 'in = done + in the queue + dead letters + shed',
    file: DEAD,
    test: 'P57: what came is done, waits, is dead or was shed: the dials add up at every moment',
    mutant: 'loses-one-in-forty',
  },
  // 15. Autoscaling
  {
    number: 58,
    says: 'there are at most as many replicas as partitions',
    file: SCALER,
    test: 'P58: is at most that of the partitions, unless idle replicas are allowed',
    mutant: 'idle-replicas',
  },
  {
    number: 59,
    says: 'the threshold is what one replica does in the time that is wanted',
    file: SCALER,
    test: 'P59: is what the threshold was sized for: what one replica does in %i s',
    mutant: 'half-of-what-waits',
  },
  {
    number: 60,
    says: 'a stuck partition drives useless scaling',
    file: SCALER,
    test: 'P60: follows a partition that is stuck, and nothing is done the sooner by those that come',
    mutant: 'stuck-left-out',
  },
  {
    number: 60,
    says: 'unless it is left out',
    file: 'sim-engine/parts/autoscaler.test.ts',
    test: 'P60: of a stuck partition drives useless scaling unless it is left out',
    mutant: 'stuck-counted',
    but: 'The machine alone: a queue has no committed offset that stands still, so that the autoscaler cannot be told to leave it out.',
  },
  {
    number: 61,
    says: 'replicas that start later than a burst lasts are of no use to it',
    file: SCALER,
    test: 'P61: replicas that start later than a burst lasts come when it is over, more of them than were of use',
    mutant: 'starts-at-once',
  },
  {
    number: 61,
    says: 'starts that take longer than a burst make scaling oscillate',
    file: SCALER,
    test: 'P61: and with every burst it swings four times as wide as with replicas that start at once',
    mutant: 'starts-at-once',
  },
  // 16. Token bucket
  {
    number: 62,
    says: 'accepted in any window is at most burst + rate times its length',
    file: GUARDS,
    test: 'lets at most burst + rate × time out (P62)',
    mutant: 'a-token-too-many',
  },
];
