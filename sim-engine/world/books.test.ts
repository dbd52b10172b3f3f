// Every way in which a message or an obligation can end, each in the smallest story that leads there: the class of the book, the place and
// the reason. The sums are checked at every tick on the way, and no reason is left out.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../testing/drawing.ts';
import { Story } from '../testing/story.ts';
import type { NodeDocument, WireDocument } from '../topology/document.ts';
import { REASONS } from './reasons.ts';

/** Five messages, a hundred milliseconds apart. */
const SHOP = node('shop', 'sender', { arrivals: 'times', times: ['0s', '100ms', '200ms', '300ms', '400ms'] });
const worker = (params: ParamsDocument = {}) => node('worker', 'service', { work: lasting('10ms'), ...params });
const slow = () => worker({ work: lasting('1h') });
const FAILING = { failure: 1, maxAttempts: 0, retry: 'fixed', retryBase: '0s' };

const queued = (
  nodes: readonly NodeDocument[],
  queue: ParamsDocument = {},
  publish: ParamsDocument = {},
  deliver: ParamsDocument = {},
) => ({
  nodes: [SHOP, node('orders', 'queue', queue), ...nodes],
  wires: [
    wire('publish', 'shop', 'orders', { ...INSTANT, ...publish }),
    ...nodes.filter(({ kind }) => kind === 'service').map(({ id }) => wire('deliver', 'orders', id, { ...INSTANT, ...deliver })),
    ...nodes.filter(({ kind }) => kind === 'dead-letter-queue').map(({ id }) => wire('dead-letter', 'orders', id)),
  ],
});
const published = (nodes: readonly NodeDocument[], wires: readonly WireDocument[]) => ({
  nodes: [SHOP, node('news', 'topic'), ...nodes],
  wires: [wire('publish', 'shop', 'news', INSTANT), ...wires],
});

const numbered = ({ nodes, wires }: Ending['drawing']) => ({
  nodes: nodes.map((one) => (one === SHOP ? node('shop', 'sender', { ...SHOP.params, numbered: true }) : one)),
  wires,
});
/** A question at 0 and one at 200 ms, each given up after 100 ms, and a desk that answers. */
const asked = (client: ParamsDocument, work: string, answers: ParamsDocument = {}) => ({
  nodes: [
    node('client', 'requester', { arrivals: 'times', times: ['0s', '200ms'], timeout: '100ms', ...client }),
    node('questions', 'queue'),
    node('desk', 'service', { work: lasting(work) }),
    node('replies', 'queue'),
  ],
  wires: [
    wire('publish', 'client', 'questions', INSTANT),
    wire('deliver', 'questions', 'desk', INSTANT),
    wire('publish', 'desk', 'replies', { ...INSTANT, ...answers }),
    wire('deliver', 'replies', 'client', INSTANT),
  ],
});

interface Ending {
  readonly title: string;
  readonly drawing: { readonly nodes: readonly NodeDocument[]; readonly wires: readonly WireDocument[] };
  readonly commands?: readonly (readonly [at: string, command: string])[];
  readonly book: 'publish' | 'delivery';
  readonly cls: string;
  /** By place and reason; empty where a class has none. */
  readonly reasons: { readonly [whereAndWhy: string]: number };
  readonly count: number;
}

const DEAD = node('dead', 'dead-letter-queue');
const ENDINGS: readonly Ending[] = [
  { title: 'accepted', drawing: queued([]), book: 'publish', cls: 'accepted', reasons: {}, count: 5 },
  {
    title: 'refused by a full queue',
    drawing: queued([], { capacity: 2 }),
    book: 'publish',
    cls: 'refused',
    reasons: { 'orders full': 3 },
    count: 3,
  },
  {
    title: 'published to nobody',
    drawing: published([], []),
    book: 'publish',
    cls: 'unroutable',
    reasons: { 'news none': 5 },
    count: 5,
  },
  {
    title: 'lost by the network',
    drawing: queued([], {}, { loss: 1 }),
    book: 'publish',
    cls: 'lost',
    reasons: { 'shop-orders loss': 5 },
    count: 5,
  },
  {
    title: 'on a wire that is cut',
    drawing: queued([], {}, { delay: '50ms' }),
    commands: [['220ms', 'cut shop-orders']],
    book: 'publish',
    cls: 'lost',
    reasons: { 'shop-orders cut': 3 },
    count: 3,
  },
  {
    title: 'on a wire that is taken away',
    drawing: queued([], {}, { delay: '50ms' }),
    commands: [['220ms', 'remove-wire shop-orders']],
    book: 'publish',
    cls: 'lost',
    reasons: { 'shop-orders removed': 1 },
    count: 1,
  },
  {
    title: 'at the door of a queue that is down',
    drawing: queued([]),
    commands: [['250ms', 'crash orders']],
    book: 'publish',
    cls: 'lost',
    reasons: { 'orders down': 2 },
    count: 2,
  },
  {
    title: 'let wait outside a queue that crashes',
    drawing: queued([], { capacity: 1, overflow: 'block' }),
    commands: [['450ms', 'crash orders']],
    book: 'publish',
    cls: 'lost',
    reasons: { 'orders crash': 1 },
    count: 1,
  },
  {
    title: 'let wait outside a queue that is taken away',
    drawing: queued([], { capacity: 1, overflow: 'block' }),
    commands: [['450ms', 'remove orders']],
    book: 'publish',
    cls: 'lost',
    reasons: { 'orders removed': 1 },
    count: 1,
  },
  { title: 'worked off', drawing: queued([worker()]), book: 'delivery', cls: 'processed', reasons: {}, count: 5 },
  {
    title: 'handed out too often, with no place for dead letters',
    drawing: queued([worker(FAILING)], { maxAttempts: 2 }),
    book: 'delivery',
    cls: 'dropped',
    reasons: { 'orders max-attempts': 5 },
    count: 5,
  },
  {
    title: 'rejected, with no place for dead letters',
    drawing: queued([worker({ ...FAILING, maxAttempts: 1 })]),
    book: 'delivery',
    cls: 'dropped',
    reasons: { 'orders rejected': 5 },
    count: 5,
  },
  {
    title: 'pushed out by newer ones',
    drawing: queued([], { capacity: 2, overflow: 'drop-oldest' }),
    book: 'delivery',
    cls: 'dropped',
    reasons: { 'orders overflow': 3 },
    count: 3,
  },
  {
    title: 'a copy for a full queue',
    drawing: published([node('mail', 'queue', { capacity: 2 })], [wire('feed', 'news', 'mail', INSTANT)]),
    book: 'delivery',
    cls: 'dropped',
    reasons: { 'mail full': 3 },
    count: 3,
  },
  {
    title: 'a copy for a listener whose desk is full',
    drawing: published([slow()], [wire('subscribe', 'news', 'worker', INSTANT)]),
    commands: [['1s', 'burst shop 10000']],
    book: 'delivery',
    cls: 'dropped',
    reasons: { 'worker no-room': 5 },
    count: 5,
  },
  {
    title: 'in the hands of a worker that had acknowledged it and crashes',
    drawing: queued([worker({ work: lasting('150ms'), steps: ['receive', 'acknowledge', 'work'] })]),
    commands: [['450ms', 'crash worker']],
    book: 'delivery',
    cls: 'lost',
    reasons: { 'worker crash': 1 },
    count: 1,
  },
  {
    title: 'in the memory of a queue that crashes',
    drawing: queued([], { durable: false }),
    commands: [['450ms', 'crash orders']],
    book: 'delivery',
    cls: 'lost',
    reasons: { 'orders crash': 5 },
    count: 5,
  },
  {
    title: 'in a queue that is taken away',
    drawing: queued([]),
    commands: [['450ms', 'remove orders']],
    book: 'delivery',
    cls: 'lost',
    reasons: { 'orders removed': 5 },
    count: 5,
  },
  {
    title: 'acknowledged, then failed',
    drawing: queued([worker({ ...FAILING, steps: ['receive', 'acknowledge', 'work'] })]),
    book: 'delivery',
    cls: 'lost',
    reasons: { 'worker forgotten': 5 },
    count: 5,
  },
  {
    title: 'remembered as done by a worker that crashed before it did it',
    drawing: queued(
      [worker({ work: lasting('150ms'), memoryKept: true, steps: ['receive', 'remember', 'work', 'acknowledge'] })],
      {
        ackDeadline: '1s',
      },
    ),
    commands: [['50ms', 'crash worker for 10ms']],
    book: 'delivery',
    cls: 'dropped',
    reasons: { 'worker recognised': 1 },
    count: 1,
  },
  {
    title: 'a copy for a listener that is down',
    drawing: published([worker()], [wire('subscribe', 'news', 'worker', INSTANT)]),
    commands: [['250ms', 'crash worker']],
    book: 'delivery',
    cls: 'lost',
    reasons: { 'worker down': 2 },
    count: 2,
  },
  {
    title: 'a copy that the network lost',
    drawing: published([node('mail', 'queue')], [wire('feed', 'news', 'mail', { delay: '1ms', loss: 1 })]),
    book: 'delivery',
    cls: 'lost',
    reasons: { 'news-mail loss': 5 },
    count: 5,
  },
  {
    title: 'a copy on a wire that is cut, and one on a wire that is taken away',
    drawing: published([node('mail', 'queue')], [wire('feed', 'news', 'mail', { delay: '150ms' })]),
    commands: [
      ['220ms', 'cut news-mail for 100ms'],
      ['450ms', 'remove-wire news-mail'],
    ],
    book: 'delivery',
    cls: 'lost',
    reasons: { 'news-mail cut': 3, 'news-mail removed': 1 },
    count: 4,
  },
  {
    title: 'a reply whose caller had given up',
    drawing: asked({}, '150ms'),
    book: 'delivery',
    cls: 'expired',
    reasons: { 'client late': 2 },
    count: 2,
  },
  {
    title: 'a second reply to a question that was answered',
    drawing: asked({}, '10ms', { duplication: 1 }),
    book: 'delivery',
    cls: 'skipped',
    reasons: { 'client duplicate': 2 },
    count: 2,
  },
  {
    title: 'a reply to a caller that has crashed since and knows of no question',
    drawing: asked({}, '50ms'),
    commands: [['10ms', 'crash client for 10ms']],
    book: 'delivery',
    cls: 'dropped',
    reasons: { 'client unknown': 1 },
    count: 1,
  },
  {
    // The first one makes the broker say so; it is read when the alarm is over.
    title: 'not sent while the broker blocks its publishers',
    drawing: {
      nodes: [SHOP, node('rabbit', 'rabbitmq', { memoryAlarm: true }), { ...node('orders', 'rabbitmq-queue'), parent: 'rabbit' }],
      wires: [wire('rabbitmq-publish', 'shop', 'orders', { ...INSTANT, onBlocked: 'give-up' })],
    },
    book: 'publish',
    cls: 'refused',
    reasons: { 'shop blocked': 4 },
    count: 4,
  },
  {
    title: 'too old for the queue it lies in',
    drawing: queued([], { expiry: 'on-time', timeToLive: lasting('500ms') }),
    book: 'delivery',
    cls: 'expired',
    reasons: { 'orders too-old': 5 },
    count: 5,
  },
  {
    title: 'a second copy of a message that is numbered',
    drawing: numbered(queued([], {}, { duplication: 1 })),
    book: 'publish',
    cls: 'refused',
    reasons: { 'orders duplicate': 5 },
    count: 5,
  },
  {
    title: 'set aside after too many attempts',
    drawing: queued([worker(FAILING), DEAD], { maxAttempts: 2 }),
    book: 'delivery',
    cls: 'deadLettered',
    reasons: { 'orders max-attempts': 5 },
    count: 5,
  },
  {
    title: 'set aside because it was rejected',
    drawing: queued([worker({ ...FAILING, maxAttempts: 1 }), DEAD]),
    book: 'delivery',
    cls: 'deadLettered',
    reasons: { 'orders rejected': 5 },
    count: 5,
  },
  {
    title: 'a dead letter whose place is taken away',
    drawing: queued([worker({ ...FAILING, maxAttempts: 1 }), DEAD]),
    commands: [['1s', 'remove dead']],
    book: 'delivery',
    cls: 'lost',
    reasons: { 'dead removed': 5 },
    count: 5,
  },
];

describe('each ending', () => {
  it.each(ENDINGS)('$title: $cls', ({ drawing, commands = [], book, cls, reasons, count }) => {
    const story = new Story(drawing);
    for (const [at, command] of commands) story.at(at, command);
    // `to` looks at the sums.
    for (let ms = 1; ms <= 1200; ms++) story.to(`${ms}ms`);
    const { ledger } = story;
    const found = ledger.reasons.filter((one) => one.book === book && one.class === cls);
    expect(Object.fromEntries(found.map((one) => [`${one.where} ${one.reason}`, one.count]))).toEqual(reasons);
    expect((ledger[book] as unknown as { readonly [cls: string]: number })[cls]).toBe(count);
    // Whoever ends without its work has a reason: the classes and their reasons say the same number.
    const counted = (of: 'publish' | 'delivery', ...classes: readonly string[]) =>
      ledger.reasons.filter((one) => one.book === of && classes.includes(one.class)).reduce((sum, one) => sum + one.count, 0);
    const { publish, delivery } = ledger;
    expect(counted('publish', 'refused', 'unroutable', 'lost')).toBe(publish.refused + publish.unroutable + publish.lost);
    const { dropped, lost, expired, skipped } = delivery;
    expect(counted('delivery', 'dropped', 'lost', 'expired', 'skipped')).toBe(dropped + lost + expired + skipped);
  });

  it('is among these: no reason is left out', () => {
    const named = new Set(ENDINGS.flatMap(({ reasons }) => Object.keys(reasons).map((key) => key.split(' ')[1])));
    expect(named).toEqual(new Set(REASONS));
  });
});
