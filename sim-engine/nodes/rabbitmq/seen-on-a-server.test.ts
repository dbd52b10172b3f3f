// What random scripts were seen to do on a real RabbitMQ 4.3.6 (Debian packages, amqplib 2.3.1, loopback) where the recorded vectors do not
// reach. Each script is the shortest that shows it; the function of the server that it comes of stands with it.

import { describe, expect, it } from 'vitest';
import { ScriptClient, type Step } from '../../testing/runners/rabbitmq-scenario.ts';

const quorum = (args: object = {}): Step => ({ op: 'queue', name: 'q', args: { 'x-queue-type': 'quorum', ...args } });
const single = quorum({ 'x-single-active-consumer': true });
const publish = (...bodies: string[]): Step => ({ op: 'publish', key: 'q', bodies });
const get = (ch: string): Step => ({ op: 'get', queue: 'q', ch });
const close = (ch: string): Step => ({ op: 'closeChannel', ch });
/** Opens a channel on a connection of its own and reads there. */
const reader = (consumer: string, prefetch: number, more: object = {}): Step[] => [
  { op: 'channel', ch: `c${consumer}`, conn: `k${consumer}`, prefetch },
  { op: 'consume', ch: `c${consumer}`, consumer, queue: 'q', ...more },
];
const policy = (definition: object): Step => ({ op: 'policy', name: 'p', pattern: '^q$', definition });

/** What the last of the steps leads to: `A:m1#2` is a delivery to A with tag 2. */
function seen(...steps: readonly (Step | Step[])[]): string {
  const client = new ScriptClient('4.3');
  let last: Record<string, unknown> = {};
  for (const step of steps.flat()) last = client.run(step);
  const deliveries = (last.deliveries ?? {}) as Record<string, { body: string; tag: number }[]>;
  const found = Object.entries(deliveries).flatMap(([name, got]) => got.map(({ body, tag }) => `${name}:${body}#${tag}`));
  const result = (last.result ?? {}) as Record<string, unknown>;
  const messages = (result.messages ?? []) as { body: string }[];
  return [...found, ...messages.map(({ body }) => body), ...(result.confirm ? [result.confirm] : [])].join(' ');
}

const drain: Step = { op: 'drain', queue: 'q' };

describe('a quorum queue', () => {
  it('hands out what one change frees consumer by consumer (`delivery_effects`)', () => {
    const both = [...reader('A', 3), { op: 'consume', ch: 'cA', consumer: 'B', queue: 'q', noAck: true }];
    const back = { op: 'nack', ch: 'cA', tag: 0, multiple: true };
    expect(seen(quorum(), publish('m1', 'm2', 'm3', 'm4'), both, back)).toBe('A:m2#5 B:m1#6 B:m3#7');
  });

  it('takes back what was got last when a channel closes, by the text of its tag (`handle_down`)', () => {
    const gets = Array.from({ length: 10 }, () => get('cA'));
    const all = Array.from({ length: 11 }, (_, i) => `m${i + 1}`);
    expect(seen(quorum(), publish(...all), reader('A', 1), gets, close('cA'), drain)).toBe('m1 m10 m11 m2 m3 m4 m5 m6 m7 m8 m9');
  });

  it('serves a nacked message first where there is no delivery limit (`send_command`)', () => {
    const back = { op: 'nack', ch: 'cA', body: 'm1' };
    expect(seen(quorum({ 'x-delivery-limit': -1 }), publish('m1', 'm2'), reader('A', 1), back)).toBe('A:m1#2');
  });

  it('has the limit of a policy beside an argument that lifts it (`resolve_delivery_limit`)', () => {
    const reject = { op: 'reject', ch: 'cA', body: 'm1' };
    const limited = [quorum({ 'x-delivery-limit': -1 }), policy({ 'delivery-limit': 1 })];
    expect(seen(limited, publish('m1'), reader('A', 1), reject)).toBe('A:m1#2');
    expect(seen(limited, publish('m1'), reader('A', 1), reject, reject)).toBe('');
  });

  it('stops a publisher that was there before it had to (`evaluate_limit`)', () => {
    const limit = policy({ 'max-length': 2, overflow: 'reject-publish' });
    const toTheLimit = { op: 'get', queue: 'q' };
    expect(seen(quorum(), publish('m1', 'm2', 'm3'), limit, toTheLimit, publish('m4'))).toBe('nack');
  });
});

describe('a quorum queue with a single active consumer', () => {
  it('goes on with the widest window of those of a priority that wait (`sort_waiting`)', () => {
    const waiting = [...reader('B', 1), ...reader('D', 2)];
    const cancel = { op: 'cancel', consumer: 'A' };
    expect(seen(single, publish('m1', 'm2'), reader('A', 1), waiting, cancel)).toBe('D:m2#1');
  });

  it('lets one wait on that steps down while its channel closes, and hands it what nobody gives back (`update_or_remove_con`)', () => {
    const waiting = [...reader('B', 1), ...reader('C', 3, { priority: 2 })];
    const steps = [single, publish('m1', 'm2', 'm3', 'm4'), ...reader('A', 3), ...waiting, close('cA')];
    expect(seen(steps)).toBe('C:m1#1 C:m2#2 C:m3#3');
    expect(seen(steps, close('cC'))).toBe('');
    const restart = { op: 'broker', commands: [] };
    expect(seen(steps, close('cC'), close('cB'), restart, reader('E', 9))).toBe('E:m1#1 E:m2#2 E:m3#3 E:m4#4');
  });
});

describe('a quorum queue of 4.0', () => {
  it('goes on with urgent ones after two in a row if they came before all others (`rabbit_fifo_q`)', () => {
    const client = new ScriptClient('4.0');
    client.run(quorum());
    for (const [body, priority] of [
      ['m1', 6],
      ['m2', 6],
      ['m3', 6],
      ['m4', 1],
    ] as const)
      client.run({ op: 'publish', key: 'q', body, priority });
    const { messages } = client.run(drain).result as { messages: { body: string }[] };
    expect(messages.map(({ body }) => body)).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  it('lets nobody wait on whose channel is gone', () => {
    const client = new ScriptClient('4.0');
    const waiting = [...reader('B', 1), ...reader('C', 3, { priority: 2 })];
    for (const step of [single, publish('m1'), ...reader('A', 3), ...waiting, close('cA'), close('cC'), close('cB')])
      client.run(step);
    expect(client.run({ op: 'state', queue: 'q' }).result).toEqual({ ready: 1, consumers: 0 });
  });
});

describe('a classic queue', () => {
  it('drops from its head once more as a policy turns it to refusing (`process_args_policy`)', () => {
    const limit = policy({ 'max-length': 2, overflow: 'reject-publish' });
    expect(seen({ op: 'queue', name: 'q' }, publish('m1', 'm2', 'm3'), limit, drain)).toBe('m2 m3');
  });
});

describe('a classic queue with priorities', () => {
  it('lets several that are rejected at once die by their priority (`ackfold`)', () => {
    const args = { 'x-max-priority': 5, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    const important: Step = { op: 'publish', key: 'q', body: 'm2', priority: 3 };
    const reject: Step = { op: 'nack', ch: 'cA', tag: 0, multiple: true, requeue: false };
    const steps = [{ op: 'queue', name: 'q', args }, reader('A', 3), publish('m1'), important, publish('m3'), reject];
    expect(seen({ op: 'queue', name: 'dead' }, ...steps, { op: 'drain', queue: 'dead' })).toBe('m2 m1 m3');
  });
});

describe('what was rejected in another queue', () => {
  it('comes as new to who waits for it, and redelivered to who finds it (`deliver_or_enqueue`)', () => {
    const from: Step = { op: 'queue', name: 'from', args: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' } };
    const taken: Step[] = [
      { op: 'channel', ch: 'c' },
      { op: 'get', queue: 'from', ch: 'c' },
    ];
    const client = new ScriptClient('4.3');
    for (const step of [from, { op: 'queue', name: 'q' }, { op: 'publish', key: 'from', bodies: ['m1', 'm2'] }, ...taken])
      client.run(step);
    client.run({ op: 'reject', ch: 'c', body: 'm1', requeue: false });
    const found = client.run({ op: 'get', queue: 'q' }).result;
    expect(found).toMatchObject({ message: { body: 'm1', redelivered: true } });
    for (const step of [...reader('A', 1), taken[1] as Step]) client.run(step);
    const handed = client.run({ op: 'reject', ch: 'c', body: 'm2', requeue: false });
    expect(handed).toMatchObject({ deliveries: { A: [{ body: 'm2', redelivered: false }] } });
  });
});

describe('a connection that is lost', () => {
  it('shows none of its channels what another of them gives back', () => {
    const sibling = [
      { op: 'channel', ch: 'cB', conn: 'kA' },
      { op: 'consume', ch: 'cB', consumer: 'B', queue: 'q' },
    ];
    const kill = { op: 'killConnection', conn: 'kA' };
    const steps = [{ op: 'queue', name: 'q' }, reader('A', 2), publish('m1'), sibling, kill];
    expect(seen(...steps)).toBe('');
    expect(seen(...steps, drain)).toBe('m1');
  });
});

/** How the last of the steps is answered: a code, or what of it is there. */
function answer(...steps: readonly Step[]): unknown {
  const client = new ScriptClient('4.3');
  let result: unknown;
  for (const step of steps) result = client.run(step).result;
  const { closed, error, returned } = (result ?? {}) as Record<string, unknown>;
  return closed ?? error ?? returned ?? 'done';
}
const queue = (args: object, more: object = {}): Step => ({ op: 'queue', name: 'q', args, ...more });

describe('a declaration', () => {
  it('is not alike if one belongs to a connection and the other does not (`check_exclusive_access`)', () => {
    expect(answer(queue({}), queue({}, { exclusive: true }))).toBe(405);
    expect(answer(queue({}, { exclusive: true }), queue({}))).toBe(405);
  });

  it('is compared in what its type of queue knows, and in nothing else (`assert_args_equivalence`)', () => {
    expect(answer(queue({}), queue({ 'x-delivery-limit': 5, 'x-consumer-timeout': 5, 'x-unknown': 1 }))).toBe('done');
    expect(answer(queue({ 'x-unknown': 1 }), queue({}))).toBe('done');
    expect(answer(queue({}), queue({ 'x-max-length': 5 }))).toBe(406);
  });

  it.each([
    [{ 'x-queue-leader-locator': 'anywhere' }, 406],
    [{ 'x-queue-version': 1 }, 406],
    [{ 'x-queue-version': 2 }, 'done'],
    [{ 'x-message-ttl': 315_360_000_001 }, 406],
    [{ 'x-message-ttl': 315_360_000_000 }, 'done'],
    [{ 'x-queue-type': 'stream', 'x-max-age': '07h' }, 'done'],
    [{ 'x-queue-type': 'quorum', 'x-delivery-limit': 'many' }, 'done'],
    [{ 'x-queue-type': 'quorum', 'x-delayed-retry-type': 'now and then', 'x-delayed-retry-min': -1 }, 'done'],
  ])('with %j is answered with %s (`declare_args`)', (args, expected) => {
    expect(answer(queue(args))).toBe(expected);
  });

  it('of no name is not to be asked for (`check_not_default_exchange`)', () => {
    expect(answer({ op: 'checkExchange', exchange: '' })).toBe(403);
  });
});

describe('who reads', () => {
  it.each([
    ['classic', { 'x-stream-offset': 'first' }, 406],
    ['classic', { 'x-consumer-timeout': 5000 }, 406],
    ['quorum', { 'x-consumer-timeout': 5000 }, 'done'],
    ['quorum', { 'x-consumer-timeout': -1 }, 406],
    ['stream', { 'x-priority': 1 }, 406],
    ['classic', { 'x-unknown': 1 }, 'done'],
  ])('a queue that is %s with %j is answered with %s (`check_consume_arguments`)', (type, args, expected) => {
    const [channel, consume] = reader('A', 5, { args });
    expect(answer(queue({ 'x-queue-type': type }), channel as Step, consume as Step)).toBe(expected);
  });

  it('a stream may delete it, on conditions that it passes over', () => {
    const stream = queue({ 'x-queue-type': 'stream' });
    expect(answer(stream, { op: 'deleteQueue', queue: 'q', ifUnused: true, ifEmpty: true })).toBe('done');
  });
});

describe('a hash ring', () => {
  it('hashes an integer within a list by the narrowest type that holds it (amqplib, codec)', () => {
    const client = new ScriptClient('4.3');
    client.run({ op: 'exchange', name: 'x', type: 'x-consistent-hash', args: { 'hash-header': 'h' } });
    for (const [name, key] of [
      ['three', '3'],
      ['five', '5'],
    ] as const) {
      client.run({ op: 'queue', name });
      client.run({ op: 'bind', queue: name, exchange: 'x', key });
    }
    client.run({ op: 'publish', exchange: 'x', key: 'k', body: 'm1', headers: { h: [3, 4] } });
    expect(client.run({ op: 'state', queue: 'five' }).result).toEqual({ ready: 1, consumers: 0 });
  });
});

describe('the name that replies are read from', () => {
  it('can always be asked for (`declare_fast_reply_to`)', () => {
    const client = new ScriptClient('4.3');
    const { result } = client.run({ op: 'state', queue: 'amq.rabbitmq.reply-to' });
    expect(result).toEqual({ ready: 0, consumers: 1 });
  });
});

describe('a publish', () => {
  it('goes by the texts in CC and BCC and passes over what else stands there (`header_routes`)', () => {
    const further = (headers: object): Step => ({ op: 'publish', key: 'none', body: 'm1', headers, mandatory: true });
    expect(answer(queue({}), further({ CC: [1] }))).toBe(312);
    expect(answer(queue({}), further({ CC: ['q', 1] }))).toBe('done');
    expect(answer(queue({}), further({ BCC: [null, 'q'] }))).toBe('done');
    expect(answer(queue({}), further({ CC: null }))).toBe(406);
  });

  it('tells in x-death the keys less those of BCC, each where it stands first (`record_death`)', () => {
    const client = new ScriptClient('4.3');
    client.run(queue({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead', 'x-max-length': 0 }));
    client.run({ op: 'queue', name: 'dead' });
    client.run({ op: 'publish', key: 'q', body: 'm1', CC: ['k'], BCC: ['q'] });
    const { messages } = client.run({ op: 'drain', queue: 'dead' }).result as { messages: { headers: object }[] };
    expect(messages[0]?.headers).toMatchObject({ 'x-death': [{ 'routing-keys': ['k', 'q'] }] });
  });

  it('expires after a whole number as Erlang reads one, of ten years at most (`check_expiry`)', () => {
    const expiring = (expiration: string): Step => ({ op: 'publish', key: 'q', body: 'm1', expiration });
    expect(answer(queue({}), expiring('+5'))).toBe('done');
    expect(answer(queue({}), expiring('315360000001'))).toBe(406);
  });
});
