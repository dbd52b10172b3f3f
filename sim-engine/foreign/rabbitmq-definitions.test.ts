// Definitions files in and out: what is drawn of them, what is left out and told, what refuses them, and how they lie on the canvas.

import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { PROBLEM_MESSAGES } from '../messages/en/problems.ts';
import { RABBITMQ_DEFINITIONS_FORMAT } from '../testing/runners/rabbitmq-definitions.ts';
import { describeProblem } from '../topology/describe-problem.ts';
import type { ParsedTopology, Problem, Result, TopologyDocument } from '../topology/document.ts';
import { parseTopologyDocument } from '../topology/parse.ts';
import { exportDefinitions, type ImportedDefinitions, importDefinitions } from './rabbitmq-definitions.ts';

const FILES = 'sim-engine/testing/vectors/rabbitmq/definitions';

// ------------------------------------------------------------------ short hands

type Loose = { readonly [key: string]: unknown };

const exchange = (name: string, type: string, args: Loose = {}, more: Loose = {}) => ({
  name,
  type,
  durable: true,
  auto_delete: false,
  arguments: args,
  ...more,
});
const queue = (name: string, args: Loose = {}, more: Loose = {}) => ({
  name,
  type: args['x-queue-type'] ?? 'classic',
  durable: true,
  auto_delete: false,
  arguments: { 'x-queue-type': 'classic', ...args },
  ...more,
});
const binding = (source: string, destination: string, routing_key = '', args: Loose = {}, destination_type = 'queue') => ({
  source,
  destination,
  destination_type,
  routing_key,
  arguments: args,
});
const single = (content: Loose): string =>
  JSON.stringify({
    rabbitmq_version: '4.3.6',
    rabbitmq_definition_format: 'single_virtual_host',
    original_vhost_name: 'shop',
    exchanges: [],
    queues: [],
    bindings: [],
    ...content,
  });

const told = new Set<string>();
const words = (problems: readonly Problem[]) =>
  problems.map((problem) => {
    told.add(problem.code);
    const { place, sentence, remedy } = describeProblem(problem);
    for (const text of [place, sentence, remedy]) expect(text, problem.code).not.toMatch(/\{\w+\}|^problem\.|undefined/);
    return `${place}: ${sentence}`;
  });

function imported(text: string): ImportedDefinitions {
  const result = importDefinitions(text);
  if (!result.ok) throw new Error(words(result.problems).join('\n'));
  return result.value;
}
const remarks = (text: string) => words(imported(text).remarks);

function refusal(text: string): readonly string[] {
  const result: Result<ImportedDefinitions> = importDefinitions(text);
  if (result.ok) throw new Error('this file should have been refused');
  // Nothing half imported: there is no drawing beside the problems.
  expect(Object.keys(result)).toEqual(['ok', 'problems']);
  return words(result.problems);
}

function parsed(document: TopologyDocument): ParsedTopology {
  const result = parseTopologyDocument(document);
  if (!result.ok) throw new Error(words(result.problems).join('\n'));
  return result.value;
}

function exported(document: TopologyDocument): string {
  const result = exportDefinitions(parsed(document));
  if (!result.ok) throw new Error(words(result.problems).join('\n'));
  return result.value;
}

const part = ({ topology }: ImportedDefinitions, id: string) => topology.nodes.find((node) => node.id === id);
const wires = ({ topology }: ImportedDefinitions) =>
  topology.wires.map(({ kind, from, to, params }) => [kind, from, to, ...(params === undefined ? [] : [params])]);

// ------------------------------------------------------------------ what is drawn

describe('a definitions file', () => {
  it.each(readdirSync(FILES))('of a real server, %s, comes in and out the same, without a remark', (file) => {
    const text = readFileSync(`${FILES}/${file}`, 'utf8');
    const input = JSON.parse(text) as Record<string, unknown>;
    expect(RABBITMQ_DEFINITIONS_FORMAT.judge({ name: file, input, expected: {} }).faults).toEqual([]);
    expect(remarks(text)).toEqual([]);
  });

  it('is drawn as a broker that holds its exchanges and queues, named as there', () => {
    const drawing = imported(
      single({
        exchanges: [exchange('order.events', 'topic'), exchange('dead', 'fanout', {}, { durable: false, internal: true })],
        queues: [
          queue('mails', { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': 'dead', 'x-delivery-limit': 5 }),
          queue('Wait 5s', { 'x-message-ttl': 5000, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'mails' }),
        ],
        bindings: [binding('order.events', 'mails', 'order.*'), binding('order.events', 'mails', 'stock.#')],
      }),
    );
    expect(part(drawing, 'shop')).toMatchObject({ kind: 'rabbitmq', position: { x: 0, y: 0 } });
    expect(part(drawing, 'order-events')).toMatchObject({
      kind: 'rabbitmq-exchange',
      parent: 'shop',
      name: 'order.events',
      params: { name: 'order.events', type: 'topic' },
    });
    expect(part(drawing, 'dead')?.params).toEqual({ type: 'fanout', durable: false, internal: true });
    expect(part(drawing, 'mails')?.params).toEqual({ type: 'quorum', deliveryLimit: 5 });
    expect(part(drawing, 'wait-5s')?.params).toEqual({ name: 'Wait 5s', messageTtl: '5s' });
    expect(wires(drawing)).toEqual([
      ['binding', 'order-events', 'mails', { routingKey: 'order.*' }],
      ['binding', 'order-events', 'mails', { routingKey: 'stock.#' }],
      ['rabbitmq-dead-letter', 'wait-5s', 'mails'],
      ['rabbitmq-dead-letter', 'mails', 'dead'],
    ]);
  });

  it('keeps alternate exchanges, header tables, weights and exchanges that lead to themselves', () => {
    const text = single({
      exchanges: [
        exchange('h', 'headers', { 'alternate-exchange': 'r' }),
        exchange('r', 'x-consistent-hash', { 'hash-header': 'customer' }),
        exchange('id', 'x-consistent-hash', { 'hash-property': 'message_id' }),
        exchange('f', 'fanout'),
      ],
      queues: [queue('a'), queue('b')],
      bindings: [
        binding('h', 'a', '', { 'x-match': 'any', size: 'large', copies: 2 }),
        binding('r', 'a', '10'),
        binding('r', 'b', '1'),
        binding('f', 'f', '', {}, 'exchange'),
      ],
    }).replace('"copies":2', '"copies":2.0');
    const drawing = imported(text);
    expect(part(drawing, 'r')?.params).toEqual({ type: 'x-consistent-hash', hashOn: 'header', hashHeader: 'customer' });
    expect(part(drawing, 'id')?.params).toEqual({ type: 'x-consistent-hash', hashOn: 'message_id' });
    expect(wires(drawing)).toEqual([
      // A number with a point is a double, and another value than the integer.
      ['binding', 'h', 'a', { arguments: { 'x-match': 'any', size: 'large', copies: { double: 2 } } }],
      ['binding', 'r', 'a', { weight: 10 }],
      ['binding', 'r', 'b'],
      ['binding', 'f', 'f'],
      ['alternate', 'h', 'r'],
    ]);
    expect(imported(exported(drawing.topology)).topology).toEqual(drawing.topology);
    expect(exported(drawing.topology)).toContain('"copies": 2.0');
  });

  it('binds to the exchanges that every server has, which then are drawn too and never written', () => {
    const drawing = imported(single({ queues: [queue('a')], bindings: [binding('amq.topic', 'a', 'x.#')] }));
    expect(part(drawing, 'amq-topic')?.params).toEqual({ name: 'amq.topic', type: 'topic' });
    const file = JSON.parse(exported(drawing.topology));
    expect(file.exchanges).toEqual([]);
    expect(file.bindings).toHaveLength(1);
  });

  it('of a whole node is a broker for each virtual host, and comes out as one of a node', () => {
    const text = JSON.stringify({
      rabbitmq_version: '4.0.5',
      vhosts: [{ name: '/' }, { name: 'test', metadata: { default_queue_type: 'quorum' } }],
      exchanges: [exchange('x', 'direct', {}, { vhost: '/' }), exchange('x', 'fanout', {}, { vhost: 'test' })],
      queues: [queue('q', {}, { vhost: '/' }), { vhost: 'test', name: 'q', durable: true, auto_delete: false, arguments: {} }],
      bindings: [
        { ...binding('x', 'q', 'k'), vhost: '/' },
        { ...binding('x', 'q'), vhost: 'test' },
      ],
    });
    const drawing = imported(text);
    expect(words(drawing.remarks)).toEqual(['vhosts: The virtual hosts /, test are drawn as a broker each.']);
    expect(drawing.topology.nodes.map(({ id, parent }) => [id, parent])).toEqual([
      ['rabbitmq', undefined],
      ['x', 'rabbitmq'],
      ['q', 'rabbitmq'],
      ['test', undefined],
      ['x-2', 'test'],
      ['q-2', 'test'],
    ]);
    expect(part(drawing, 'rabbitmq')).toMatchObject({ name: '/', params: { version: '4.0' } });
    // A queue that says no type is of the virtual host's.
    expect(part(drawing, 'q-2')?.params).toEqual({ name: 'q', type: 'quorum' });
    expect(imported(exported(drawing.topology)).topology).toEqual(drawing.topology);
    expect(JSON.parse(exported(drawing.topology)).vhosts.map(({ name }: { name: string }) => name)).toEqual(['/', 'test']);
  });

  it('of an older server is drawn by the series that is nearest, and says so', () => {
    const of = (version: string) => imported(single({ rabbitmq_version: version }));
    expect(of('4.2.1').topology.nodes[0]?.params).toEqual({ version: '4.0' });
    expect(words(of('4.2.1').remarks)).toEqual(['rabbitmq_version: A RabbitMQ 4.2.1 wrote this file; it is drawn as 4.0.']);
    expect(of('3.13.7').topology.nodes[0]?.params).toEqual({ version: '3.10' });
    expect(of('4.3.0').remarks).toEqual([]);
  });
});

// ------------------------------------------------------------------ what is left out, line by line

describe('what has no place in a drawing', () => {
  it('is named: users, permissions, parameters, limits and what nobody knows', () => {
    const text = single({
      users: [{ name: 'guest', password_hash: '…', tags: ['administrator'] }],
      permissions: [{ user: 'guest', vhost: 'shop', configure: '.*', write: '.*', read: '.*' }],
      parameters: [{ component: 'shovel', name: 'move', value: {} }],
      global_parameters: [{ name: 'cluster_name', value: 'r@vm' }],
      limits: { 'max-queues': 10 },
      topic_permissions: [],
      unheard_of: 7,
    });
    expect(remarks(text)).toEqual([
      'parameters › move: Left out: move (shovel).',
      'users › guest: Left out: guest (users).',
      'permissions › guest: Left out: guest (permissions).',
      'global_parameters › cluster_name: Left out: cluster_name (global_parameters).',
      'limits: Left out: "limits".',
      'unheard_of: Left out: "unheard_of".',
    ]);
  });

  it('is named: an exchange of another type with its bindings, an argument, a reserved name, a second of the same name', () => {
    const text = single({
      exchanges: [
        exchange('late', 'x-delayed-message', { 'x-delayed-type': 'direct' }),
        exchange('d', 'direct', { 'x-note': 'hello' }),
        exchange('d', 'fanout'),
        exchange('amq.rabbitmq.log', 'topic'),
        exchange('else', 'direct', { 'alternate-exchange': 'nowhere' }),
      ],
      queues: [
        queue('a', { 'x-queue-mode': 'lazy', 'x-max-length': 0 }),
        queue('amq.gen-1'),
        queue('b', { 'x-dead-letter-exchange': 'nowhere', 'x-max-length': 9_000_000 }),
        queue('c', { 'x-dead-letter-exchange': '' }),
      ],
      bindings: [binding('late', 'a', 'k'), binding('', 'a', 'a'), binding('d', 'amq.gen-1', 'k'), binding('d', 'a', 'k')],
    });
    expect(remarks(text)).toEqual([
      'exchanges › amq.rabbitmq.log: Left out: amq.rabbitmq.log, a name that only the server itself gives.',
      'exchanges › d › arguments › x-note: Left out: the argument "x-note" of d. There is no model of it.',
      'exchanges › d: d is defined twice; the first one counts.',
      'exchanges › late: Left out: the exchange late of the type "x-delayed-message", with its bindings. There is no model of it.',
      'queues › a › arguments › x-queue-mode: Left out: the argument "x-queue-mode" of a. There is no model of it.',
      'queues › a › arguments › x-max-length: Left out: "x-max-length" of a, since 0 means no limit in a drawing.',
      'queues › amq.gen-1: Left out: amq.gen-1, a name that only the server itself gives.',
      'queues › b › arguments › x-max-length: "x-max-length" of b is 9000000; the most that can be drawn is 4000000.',
      'bindings ›  → a (a): Left out: a binding of a to the default exchange. Every queue has it by its name.',
      'exchanges › else: The alternate exchange "nowhere" of else is not there: what nothing takes is lost, as on the server.',
      'queues › b: Dead letters of b go to "nowhere", which the file does not define: they are dropped, as on the server.',
      'queues › c: Left out: dead letters of c go to the queue that is called as their own key is, which no wire can show.',
    ]);
    expect(wires(imported(text))).toEqual([['binding', 'd', 'a', { routingKey: 'k' }]]);
  });

  it('does not swallow a time to live of nothing', () => {
    const drawing = imported(single({ queues: [queue('now', { 'x-message-ttl': 0 })] }));
    expect(part(drawing, 'now')?.params).toEqual({ messageTtl: '1ns' });
    expect(JSON.parse(exported(drawing.topology)).queues[0].arguments['x-message-ttl']).toBe(0);
  });

  it('a policy is written into what it is in force for, an operator policy too; of two numbers the lower one', () => {
    const text = single({
      exchanges: [exchange('dlx', 'fanout'), exchange('work', 'direct')],
      queues: [queue('work.a', { 'x-max-length': 500, 'x-message-ttl': 1000 }), queue('work.b'), queue('other')],
      policies: [
        { name: 'low', pattern: '^work', 'apply-to': 'all', priority: 0, definition: { 'max-length': 1 } },
        {
          name: 'high',
          pattern: '^work',
          'apply-to': 'queues',
          priority: 5,
          definition: { 'max-length': 100, 'message-ttl': 9000, 'dead-letter-exchange': 'dlx', 'ha-mode': 'all' },
        },
        { name: 'rest', pattern: '^work$', 'apply-to': 'exchanges', priority: 9, definition: { 'alternate-exchange': 'dlx' } },
        { name: 'odd', pattern: '(', 'apply-to': 'queues', priority: 0, definition: {} },
        { name: 'nothing', pattern: '^zzz', 'apply-to': 'queues', priority: 0, definition: {} },
      ],
      parameters: [
        {
          component: 'operator_policy',
          name: 'guard',
          value: { pattern: 'b$', 'apply-to': 'queues', priority: 0, definition: { 'max-length': 10 } },
        },
      ],
    });
    const drawing = imported(text);
    expect(part(drawing, 'work-a')?.params).toEqual({ name: 'work.a', messageTtl: '1s', maxLength: 100 });
    expect(part(drawing, 'work-b')?.params).toEqual({ name: 'work.b', messageTtl: '9s', maxLength: 10 });
    expect(part(drawing, 'other')?.params).toEqual({});
    expect(wires(drawing)).toEqual([
      ['alternate', 'work', 'dlx'],
      ['rabbitmq-dead-letter', 'work-a', 'dlx'],
      ['rabbitmq-dead-letter', 'work-b', 'dlx'],
    ]);
    expect(words(drawing.remarks)).toEqual([
      'policies › odd: Left out: the policy odd. Its pattern ( cannot be read.',
      'policies › low: Left out: the policy low. It is in force for nothing in the file.',
      'policies › high: The policy high is written into what it applies to: work.a, work.b.',
      'policies › high › ha-mode: Left out: "ha-mode" of the policy high. There is no model of it.',
      'policies › rest: The policy rest is written into what it applies to: work.',
      'policies › nothing: Left out: the policy nothing. It is in force for nothing in the file.',
      'parameters › guard: The policy guard is written into what it applies to: work.b.',
    ]);
    expect(imported(exported(drawing.topology)).topology).toEqual(drawing.topology);
  });
});

// ------------------------------------------------------------------ what refuses a file

describe('a broken or foreign file', () => {
  const whole = readFileSync(`${FILES}/order_events.json`, 'utf8');

  it('is refused with the place where it breaks off, wherever that is', () => {
    for (let length = 0; length < whole.trimEnd().length; length += 37) {
      const result = importDefinitions(whole.slice(0, length));
      expect(result.ok).toBe(false);
      if (!result.ok) expect(words(result.problems)[0]).toMatch(/^line \d+, column \d+/);
    }
  });

  it('is refused if it is something else', () => {
    expect(refusal('{"name":"package","version":"1.0.0"}')).toEqual([
      'the whole file: This is no definitions file of RabbitMQ: it lists neither exchanges nor queues nor bindings.',
    ]);
    expect(refusal('[1, 2]')).toHaveLength(1);
    expect(refusal('"text"')).toHaveLength(1);
    expect(refusal(JSON.stringify({ format: 'broker-lab/topology', version: 1, nodes: [], wires: [] }))).toEqual([
      'the whole file: This is a drawing, not a definitions file of RabbitMQ.',
    ]);
    expect(refusal('<definitions/>')[0]).toMatch(/^line 1, column 1: /);
  });

  it('is refused with the place of every wrong shape', () => {
    const text = single({
      exchanges: [{ type: 'topic' }, exchange('x', 'topic', [1] as unknown as Loose), 'x'],
      queues: [queue('q', {}, { durable: 'yes' }), queue(7 as unknown as string)],
      bindings: [binding('x', 'q', '', {}, 'topic'), { source: 'x', destination: 'q', routing_key: 'k' }],
      policies: {},
    });
    expect(refusal(text)).toEqual([
      'exchanges › no. 1: "name" is missing.',
      'exchanges › x › arguments: An object belongs here, not […].',
      'exchanges › no. 3: An object belongs here, not x.',
      'queues › q › durable: true or false belongs here, not yes.',
      'queues › no. 2 › name: Text belongs here, not 7.',
      'bindings › x → q › destination_type: "topic" is not one of the choices.',
      'bindings › x → q (k): "destination_type" is missing.',
      'policies: A list belongs here, not {…}.',
    ]);
  });

  it('is refused if a binding leads nowhere, or to a virtual host that is not there', () => {
    expect(refusal(single({ exchanges: [exchange('x', 'topic')], bindings: [binding('x', 'gone', 'k')] }))).toEqual([
      'bindings › x → gone (k): The binding names the queue "gone", which the file does not define.',
    ]);
    expect(refusal(single({ queues: [queue('q')], bindings: [binding('gone', 'q')] }))).toHaveLength(1);
    const vhosts = JSON.stringify({ vhosts: [{ name: '/' }], exchanges: [], queues: [{ ...queue('q'), vhost: 'lost' }] });
    expect(refusal(vhosts)).toEqual(['queues › q: The file knows no virtual host "lost".']);
  });

  it('is refused if a server would refuse what it defines', () => {
    expect(refusal(single({ queues: [queue('q', { 'x-delivery-limit': 3 })] }))).toEqual([
      'queues › q: RabbitMQ 4.3 would refuse the queue "q" with these arguments.',
    ]);
    const bindings = (list: readonly unknown[]) =>
      refusal(
        single({
          exchanges: [exchange('t', 'topic'), exchange('h', 'headers'), exchange('r', 'x-consistent-hash')],
          queues: [queue('q')],
          bindings: list,
        }),
      );
    expect(bindings([binding('t', 'q', '#.#.#'), binding('h', 'q', '', { 'x-match': 'none' })])).toEqual([
      'bindings › t → q (#.#.#): RabbitMQ 4.3 would refuse a binding with the key "#.#.#" here.',
      'bindings › h → q: RabbitMQ 4.3 would refuse a binding with the key "" here.',
    ]);
    expect(bindings([binding('r', 'q', 'heavy')])).toHaveLength(1);
    // Servers before 4.3 take any number of #.
    const older = single({ rabbitmq_version: '4.0.5', exchanges: [exchange('t', 'topic')], queues: [queue('q')] });
    expect(
      imported(older.replace('"bindings":[]', `"bindings":[${JSON.stringify(binding('t', 'q', '#.#.#'))}]`)).remarks,
    ).toEqual([]);
  });

  it('is refused if an exchange has arguments that exclude each other', () => {
    const args = { 'hash-header': 'a', 'hash-property': 'message_id' };
    expect(refusal(single({ exchanges: [exchange('both', 'x-consistent-hash', args)] }))).toEqual([
      'exchanges › both: RabbitMQ 4.3 would refuse this exchange.',
    ]);
  });
});

// ------------------------------------------------------------------ export

describe('an exported file', () => {
  const drawing = (nodes: readonly unknown[], wiresOf: readonly unknown[] = []): ParsedTopology =>
    parsed({ format: 'broker-lab/topology', version: 1, nodes, wires: wiresOf } as TopologyDocument);
  const broker = { id: 'broker', kind: 'rabbitmq' };
  const inside = (id: string, kind: string, params: Loose = {}) => ({ id, kind, parent: 'broker', params });

  it('has the keys and the kinds of values of the server', () => {
    const text = exportDefinitions(
      drawing(
        [
          broker,
          inside('x', 'rabbitmq-exchange', { type: 'topic' }),
          inside('q', 'rabbitmq-queue', { type: 'quorum', messageTtl: '1500us', deliveryLimit: 0, singleActiveConsumer: true }),
          // What belongs to another type stands in the drawing and is asked of nobody.
          inside('c', 'rabbitmq-queue', { deliveryLimit: 3, maxPriority: 5 }),
        ],
        [
          { id: 'b', kind: 'binding', from: 'x', to: 'q', params: { routingKey: 'a.*' } },
          { id: 'd', kind: 'rabbitmq-dead-letter', from: 'q', to: 'c' },
        ],
      ),
    );
    if (!text.ok) throw new Error(words(text.problems).join('\n'));
    const file = JSON.parse(text.value);
    expect(file).toMatchObject({ rabbitmq_definition_format: 'single_virtual_host', original_vhost_name: 'broker', limits: {} });
    expect(file.exchanges).toEqual([
      { name: 'x', type: 'topic', durable: true, auto_delete: false, internal: false, arguments: {} },
    ]);
    expect(file.queues).toEqual([
      {
        name: 'c',
        type: 'classic',
        durable: true,
        auto_delete: false,
        arguments: { 'x-queue-type': 'classic', 'x-max-priority': 5 },
      },
      {
        name: 'q',
        type: 'quorum',
        durable: true,
        auto_delete: false,
        arguments: {
          'x-queue-type': 'quorum',
          'x-message-ttl': 1,
          'x-delivery-limit': 0,
          'x-single-active-consumer': true,
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': 'c',
        },
      },
    ]);
    expect(file.bindings).toEqual([
      { source: 'x', destination: 'q', destination_type: 'queue', routing_key: 'a.*', arguments: {} },
    ]);
  });

  it('is not made of a drawing that a server would refuse: each place is named', () => {
    const result = exportDefinitions(
      drawing(
        [
          broker,
          inside('x', 'rabbitmq-exchange', { type: 'fanout', name: 'amq.topic' }),
          inside('t', 'rabbitmq-exchange', { type: 'topic' }),
          inside('q', 'rabbitmq-queue', { type: 'quorum', durable: false }),
          inside('r', 'rabbitmq-queue', { name: 'q' }),
        ],
        [{ id: 'b', kind: 'binding', from: 't', to: 'r', params: { routingKey: '#.#.#' } }],
      ),
    );
    expect(result.ok || words(result.problems)).toEqual([
      'nodes › x: RabbitMQ 4.3 would refuse this exchange.',
      'wires › b: RabbitMQ 4.3 would refuse a binding with the key "#.#.#" here.',
      'nodes › r: q is defined twice; the first one counts.',
      'nodes › q: RabbitMQ 4.3 would refuse the queue "q" with these arguments.',
    ]);
    const none = exportDefinitions(drawing([]));
    expect(none.ok || words(none.problems)).toEqual(['the whole file: The drawing has no RabbitMQ broker.']);
  });

  it('may be of some brokers only', () => {
    const two = drawing([broker, { id: 'other', kind: 'rabbitmq' }]);
    const text = exportDefinitions(two, ['other']);
    expect(text.ok && JSON.parse(text.value).original_vhost_name).toBe('other');
  });
});

afterAll(() => {
  const codes = Object.keys(PROBLEM_MESSAGES).flatMap((key) => /^problem\.(definitions-[a-z-]+)$/.exec(key)?.[1] ?? []);
  expect(codes.filter((code) => !told.has(code))).toEqual([]);
});
