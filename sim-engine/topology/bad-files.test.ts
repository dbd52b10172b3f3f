// What the reader says to files that cannot run: a few of every class, each with place, sentence and remedy as people see
// them. The last test makes sure that no problem the reader can report was forgotten here.

import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { PROBLEM_MESSAGES } from '../messages/en/problems.ts';
import { NODE_KINDS, WIRE_KINDS } from '../nodes/declarations.ts';
import type { NodeKind } from '../nodes/node-kind.ts';
import { advice } from './advice.ts';
import { canConnect } from './connect.ts';
import { describeProblem } from './describe-problem.ts';
import type { Problem, Result, TopologyDocument } from './document.ts';
import { BYTES_MAX, NODES_MAX, PROBLEMS_MAX, TEXT_MAX, VALUES_MAX, WIRES_MAX } from './limits.ts';
import { parseParam } from './params.ts';
import { parseScenario, parseTopology, parseTopologyDocument } from './parse.ts';
import { type KindRegistry, registryOf } from './registry.ts';
import { remarks } from './remarks.ts';

// ------------------------------------------------------------------ fixtures

const base = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'shop', kind: 'sender' },
    { id: 'orders', kind: 'queue' },
    { id: 'worker', kind: 'service' },
    { id: 'dead', kind: 'dead-letter-queue' },
  ],
  wires: [
    { id: 'in', kind: 'publish', from: 'shop', to: 'orders' },
    { id: 'out', kind: 'deliver', from: 'orders', to: 'worker' },
    { id: 'given-up', kind: 'dead-letter', from: 'orders', to: 'dead' },
  ],
};
type Loose = { [key: string]: unknown };

/** The good topology with other members. */
const topology = (changes: Loose = {}): string => JSON.stringify({ ...base, ...changes });
/** The good topology with one more node. */
const withNode = (node: unknown): string => topology({ nodes: [...base.nodes, node] });
const withWire = (wire: unknown): string => topology({ wires: [...base.wires, wire] });
/** The good topology with these parameters of one node. */
const withParams = (id: string, params: unknown): string =>
  topology({ nodes: base.nodes.map((node) => (node.id === id ? { ...node, params } : node)) });
const withWireParams = (id: string, params: unknown): string =>
  topology({ wires: base.wires.map((wire) => (wire.id === id ? { ...wire, params } : wire)) });
const scenario = (changes: Loose = {}): string =>
  JSON.stringify({ format: 'broker-lab/scenario', version: 1, title: 'T', topology: base, ...changes });

/** A container, as later brokers will be: it holds queues and takes no wire itself. */
const HOUSE: NodeKind = {
  ...(NODE_KINDS.find((kind) => kind.type === 'queue') as NodeKind),
  type: 'house',
  accepts: ['queue', 'house'],
};
const HOUSES: KindRegistry = registryOf([...NODE_KINDS, HOUSE], WIRE_KINDS);

// ------------------------------------------------------------------ told problems

const reported = new Set<string>();

function told(problem: Problem): [place: string, sentence: string, remedy: string] {
  reported.add(problem.code);
  const { place, sentence, remedy } = describeProblem(problem);
  for (const text of [place, sentence, remedy]) {
    expect(text, problem.code).not.toMatch(/\{\w+\}|^problem\.|undefined/);
  }
  return [place, sentence, remedy];
}

function problemsOf(result: Result<unknown>): readonly Problem[] {
  if (result.ok) throw new Error('this file should have been refused');
  expect(result.problems.length).toBeGreaterThan(0);
  expect(result.problems.length).toBeLessThanOrEqual(PROBLEMS_MAX);
  return result.problems;
}

/** Everything that is said about a file. */
const allTold = (result: Result<unknown>) => problemsOf(result).map(told);

/** What is said about a file with one mistake. */
function only(result: Result<unknown>): [place: string, sentence: string, remedy: string] {
  const all = allTold(result);
  expect(all).toHaveLength(1);
  return all[0] as [string, string, string];
}

describe('a good file', () => {
  it('is read without a word', () => {
    expect(parseTopology(topology()).ok).toBe(true);
    expect(parseScenario(scenario()).ok).toBe(true);
  });
});

describe('truncated text', () => {
  const whole = JSON.stringify(base, null, 2);
  const remedy = 'It was probably not copied or downloaded to the end. Get it again, or add what is missing.';

  it('is said to end in the middle, with the line where the open part began', () => {
    expect(only(parseTopology(whole.slice(0, whole.indexOf('"orders"') - 1)))).toEqual([
      'line 10, column 12 (nodes › no. 2 › id)',
      'The file ends in the middle: what opens on line 9 is never closed.',
      remedy,
    ]);
  });
  it('is found inside a text', () => {
    expect(only(parseTopology('{\n  "format": "broker-lab/topo'))).toEqual([
      'line 2, column 29 (format)',
      'The file ends in the middle: what opens on line 1 is never closed.',
      remedy,
    ]);
  });
  it('is found inside a word', () => {
    expect(only(parseTopology('[1, tru'))).toEqual([
      'line 1, column 8 (no. 2)',
      'The file ends in the middle: what opens on line 1 is never closed.',
      remedy,
    ]);
  });
  it('is found wherever the file is cut, with the place where it ends', () => {
    for (let length = 1; length < whole.length; length++) {
      const [problem] = problemsOf(parseTopology(whole.slice(0, length)));
      expect([problem?.code, problem?.values?.line], whole.slice(0, length)).toEqual([
        'file-cut-short',
        whole.slice(0, length).split('\n').length,
      ]);
    }
  });
  it('is no text at all', () => {
    expect(only(parseTopology(' \n'))).toEqual([
      'line 1, column 1',
      'The file is empty.',
      'Open another file, or start from one of the examples.',
    ]);
  });
});

describe('text that is not JSON', () => {
  const cases: [string, string, place: string, sentence: string, remedy: string][] = [
    [
      'a comma too many',
      '{"a": 1,}',
      'line 1, column 8 (a)',
      'This comma is followed by nothing.',
      'Remove the comma: JSON allows none after the last member.',
    ],
    [
      'a comma too few',
      '{"a": 1\n "b": 2}',
      'line 2, column 2 (a)',
      'A comma or a closing bracket belongs here, not ".',
      'Put a comma between this and what stands before it, or close the bracket.',
    ],
    [
      'a bracket of the wrong sort',
      '[1}',
      'line 1, column 3 (no. 2)',
      'A comma or a closing bracket belongs here, not }.',
      'Put a comma between this and what stands before it, or close the bracket.',
    ],
    [
      'a missing value',
      '{"a": }',
      'line 1, column 7 (a)',
      'A value belongs here, not }.',
      'Look here and just before: often a value is missing or a comma is too many.',
    ],
    ['a missing colon', '{"a" 1}', 'line 1, column 6 (a)', 'A colon belongs after the key, not 1.', 'Write "key": value.'],
    [
      'a key without quotes',
      '{a: 1}',
      'line 1, column 2',
      'A key in double quotes belongs here, not a.',
      'Write the key in double quotes.',
    ],
    [
      'a text without quotes',
      '{"a": queue}',
      'line 1, column 7 (a)',
      'queue means nothing in JSON.',
      'Write text in double quotes. Without quotes there are numbers, true, false and null.',
    ],
    ['single quotes', "{'a': 1}", 'line 1, column 2', 'Text stands in single quotes here.', 'Use double quotes.'],
    [
      'a comment',
      '{\n  // the shop\n}',
      'line 2, column 3',
      'A comment stands here, and JSON knows none.',
      'Remove it, or write it as the "comment" of a node, a wire or the document.',
    ],
    [
      'a text over the end of the line',
      '{"a": "b\nc"}',
      'line 1, column 9 (a)',
      'A text is broken off by the end of the line or by a control character.',
      'Close the quotes, or write \\n for a new line inside a text.',
    ],
    [
      'a backslash too many',
      '["C:\\temp\\x"]',
      'line 1, column 2 (no. 1)',
      'A backslash in this text is followed by something it does not go with.',
      'Write \\\\ for a backslash itself.',
    ],
    [
      'a number with zeros in front',
      '[007]',
      'line 1, column 2 (no. 1)',
      '007 is not a number as JSON writes it.',
      'Write digits with a point, such as 0.5 or 12, without a plus sign or zeros in front.',
    ],
    [
      'something after the end',
      '{} {}',
      'line 1, column 4',
      'The document has ended, but { follows.',
      'Remove what stands after the last closing brace.',
    ],
    [
      'a key that stands twice',
      '{"a": 1, "a": 2}',
      'line 1, column 10 (a)',
      'The key "a" stands twice in the same object.',
      'Keep one of the two.',
    ],
  ];
  it.each(cases)('tells %s', (_name, text, ...expected) => {
    expect(only(parseTopology(text))).toEqual(expected);
  });
});

describe('wrong type', () => {
  it('of a duration: a plain number has no unit', () => {
    expect(only(parseTopology(withParams('orders', { ackDeadline: 30 })))).toEqual([
      'nodes › orders › params › ackDeadline',
      '30 of what?',
      'Write a length of time with its unit, in quotes: "250ms", "1.5s", "2min".',
    ]);
    expect(only(parseTopology(withParams('orders', { ackDeadline: '30' })))[1]).toBe('30 of what?');
  });
  it('of a number: text in quotes is none', () => {
    expect(only(parseTopology(withParams('worker', { concurrency: '2' })))).toEqual([
      'nodes › worker › params › concurrency',
      'A number belongs here, not 2.',
      'Write a number without quotes.',
    ]);
  });
  it('of a whole number: half a message is none', () => {
    expect(only(parseTopology(withParams('orders', { capacity: 2.5 })))).toEqual([
      'nodes › orders › params › capacity',
      'A whole number belongs here, not 2.5.',
      'Write a number without decimals.',
    ]);
  });
  it('of a flag: yes is not true', () => {
    expect(only(parseTopology(withWireParams('in', { confirm: 'yes' })))).toEqual([
      'wires › in › params › confirm',
      'true or false belongs here, not yes.',
      'Write true or false without quotes.',
    ]);
  });
  it('of the nodes: an object is no list', () => {
    expect(allTold(parseTopology(topology({ nodes: { shop: {} }, wires: [] })))).toEqual([
      ['nodes', 'A list belongs here, not {…}.', 'Write it in square brackets: [ … ].'],
    ]);
  });
  it('of a node: text is no object', () => {
    expect(only(parseTopology(withNode('queue')))).toEqual([
      'nodes › no. 5',
      'An object belongs here, not queue.',
      'Write it in braces: { … }.',
    ]);
  });
  it('of a name: a number is no text', () => {
    expect(only(parseTopology(withNode({ id: 'q', kind: 'queue', name: 5 })))).toEqual([
      'nodes › q › name',
      'Text belongs here, not 5.',
      'Write it in double quotes.',
    ]);
  });
  it('of the parameters: a list is no object', () => {
    expect(only(parseTopology(withParams('orders', [1])))[1]).toBe('An object belongs here, not […].');
  });
  it('of the document itself', () => {
    expect(only(parseTopology('[]'))).toEqual([
      'the whole file',
      'An object with the format "broker-lab/topology" belongs here, not […].',
      'Start from one of the examples.',
    ]);
    expect(only(parseTopology('null'))[1]).toContain('not null');
    expect(only(parseTopologyDocument(undefined))[1]).toContain('not null');
  });
  it('of an id', () => {
    expect(allTold(parseTopology(withNode({ id: 5, kind: 'queue' })))).toEqual([
      ['nodes › no. 5 › id', 'Text belongs here, not 5.', 'Write it in double quotes.'],
    ]);
  });
});

describe('text that is no quantity', () => {
  it('is told apart by what is wrong with it', () => {
    expect(only(parseTopology(withParams('orders', { ackDeadline: 'soon' })))).toEqual([
      'nodes › orders › params › ackDeadline',
      'soon is not a length of time.',
      'Write a number and a unit, in quotes: ns, us, ms, s, min, h or d. For example "250ms".',
    ]);
    expect(only(parseTopology(withParams('orders', { ackDeadline: '0.5ns' })))).toEqual([
      'nodes › orders › params › ackDeadline',
      '0.5ns is not a whole number of nanoseconds.',
      'Round it: time is counted in whole nanoseconds here.',
    ]);
    expect(only(parseTopology(withParams('orders', { ackDeadline: '200d' })))).toEqual([
      'nodes › orders › params › ackDeadline',
      '200d is longer than a run can be.',
      'Choose less than 104 days.',
    ]);
    expect(only(parseTopology(withWireParams('in', { bandwidth: 'wide' })))).toEqual([
      'wires › in › params › bandwidth',
      'wide is not a size.',
      'Write a number of bytes, or a text with a unit: "10KB", "1.5MB".',
    ]);
  });
});

/** The first dozen of them, however many there will be. */
const KINDS = NODE_KINDS.slice(0, 12)
  .map((kind) => kind.type)
  .join(', ')
  .concat(` and ${NODE_KINDS.length - 12} more`);

describe('unknown kind', () => {
  it('of a node: the nearest known one is named', () => {
    expect(only(parseTopology(withNode({ id: 'q', kind: 'que' })))).toEqual([
      'nodes › q › kind',
      'There is no kind of node called "que".',
      `Did you mean "queue"? Kinds of nodes: ${KINDS}.`,
    ]);
  });
  it('of a node: all are named when none is near', () => {
    expect(only(parseTopology(withNode({ id: 'q', kind: 'elephant' })))).toEqual([
      'nodes › q › kind',
      'There is no kind of node called "elephant".',
      `Use one of these: ${KINDS}.`,
    ]);
  });
  it('of a wire', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'delivers', from: 'orders', to: 'worker' })))).toEqual([
      'wires › w › kind',
      'There is no kind of wire called "delivers".',
      'Did you mean "deliver"? Kinds of wires: publish, deliver, subscribe, feed, call, direct, dead-letter, watch, scale, rabbitmq-publish, rabbitmq-consume, binding and 6 more.',
    ]);
  });
  it('named like something of JavaScript', () => {
    for (const kind of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(only(parseTopology(withNode({ id: 'q', kind })))[1]).toBe(`There is no kind of node called "${kind}".`);
      const wire = { id: 'w', kind, from: 'orders', to: 'worker' };
      expect(only(parseTopology(withWire(wire)))[1]).toBe(`There is no kind of wire called "${kind}".`);
    }
  });
  it('asked for while drawing', () => {
    const answer = canConnect('queue', 'elephant');
    expect(answer).toEqual({ ok: false, code: 'unknown-kind', values: { found: 'elephant', known: expect.any(String) } });
  });
});

describe('unknown field', () => {
  it('of a node: the nearest known one is named', () => {
    expect(only(parseTopology(withParams('orders', { ackDedline: '1s' })))).toEqual([
      'nodes › orders › params › ackDedline',
      'There is no parameter called "ackDedline" here.',
      'Did you mean "ackDeadline"? Parameters here: ackDeadline, maxAttempts, capacity, overflow, capacityCounts, order, priorityWeights, expiry, timeToLive, dedupWindow, returnTo, durable.',
    ]);
  });
  it('of a node: all are named when none is near', () => {
    expect(only(parseTopology(withParams('orders', { colour: 'red' })))[2]).toBe(
      'Remove it. Parameters here: ackDeadline, maxAttempts, capacity, overflow, capacityCounts, order, priorityWeights, expiry, timeToLive, dedupWindow, returnTo, durable.',
    );
  });
  it('of a kind that has none', () => {
    expect(only(parseTopology(withParams('dead', { capacity: 5 })))).toEqual([
      'nodes › dead › params › capacity',
      'There is no parameter called "capacity": this kind has none.',
      'Remove it.',
    ]);
  });
  it('of a wire: its own and those of the link are known', () => {
    expect(only(parseTopology(withWireParams('out', { dely: '1s' })))[2]).toBe(
      'Did you mean "delay"? Parameters here: acknowledge, desk, pollTimeout, retryAs, delay, jitter, loss, duplication, bandwidth.',
    );
  });
  it('of the skeleton', () => {
    expect(only(parseTopology(withNode({ id: 'q', kind: 'queue', parms: {} })))).toEqual([
      'nodes › q › parms',
      'Nothing here is called "parms".',
      'Did you mean "params"? Known here: id, kind, name, parent, position, size, params, view, comment.',
    ]);
    expect(only(parseTopology(topology({ authors: [] })))[2]).toMatch(/^Remove it\. Known here: format, version, nodes/);
  });
  it('missing in the skeleton', () => {
    const { kind: _, ...kindless } = { id: 'q', kind: 'queue' };
    expect(only(parseTopology(withNode(kindless)))).toEqual(['nodes › q', '"kind" is missing.', 'Add "kind".']);
    expect(only(parseTopology(topology({ wires: undefined })))).toEqual([
      'the whole file',
      '"wires" is missing.',
      'Add "wires".',
    ]);
    expect(only(parseScenario(scenario({ topology: undefined })))).toEqual([
      'the whole file',
      '"topology" is missing.',
      'Add "topology".',
    ]);
  });
});

describe('out of range', () => {
  it('of a whole number', () => {
    expect(only(parseTopology(withParams('worker', { concurrency: 0 })))).toEqual([
      'nodes › worker › params › concurrency',
      '0 is outside the limits.',
      'Choose a value from 1 to 10000.',
    ]);
  });
  it('of a share', () => {
    expect(only(parseTopology(withParams('worker', { failure: 1.01 })))[2]).toBe('Choose a value from 0 to 1.');
    expect(only(parseTopology(withWireParams('in', { loss: -0.1 })))[1]).toBe('-0.1 is outside the limits.');
  });
  it('of a duration', () => {
    expect(only(parseTopology(withParams('orders', { ackDeadline: '1001h' })))).toEqual([
      'nodes › orders › params › ackDeadline',
      '1001h is outside the limits.',
      'Choose a value from 0s to 1000h.',
    ]);
  });
  it('of a length inside a law', () => {
    expect(only(parseTopology(withParams('worker', { work: { law: 'constant', value: '25h' } })))).toEqual([
      'nodes › worker › params › work › value',
      '25h is outside the limits.',
      'Choose a value from 0s to 24h.',
    ]);
  });
  it('of a size', () => {
    expect(only(parseTopology(withWireParams('in', { bandwidth: '2TB' })))[2]).toBe('Choose a value from 0 to 1000000000000.');
  });
  it('of a position, a seed, a speed and a duration of the run', () => {
    const far = { id: 'q', kind: 'queue', position: { x: 1e7, y: 0 } };
    expect(only(parseTopology(withNode(far)))[0]).toBe('nodes › q › position › x');
    expect(only(parseScenario(scenario({ seed: -1 })))[0]).toBe('seed');
    expect(only(parseScenario(scenario({ speed: 0 })))[2]).toBe('Choose a value from 0.001 to 1000000.');
    expect(only(parseScenario(scenario({ duration: '1us' })))).toEqual([
      'duration',
      '1us is outside the limits.',
      'Choose a value from 1ms to 104d.',
    ]);
  });
  it('of a point of a curve', () => {
    expect(only(parseTopology(withParams('shop', { dayCurve: [['0s', -1]] })))[0]).toBe(
      'nodes › shop › params › dayCurve › no. 1 › no. 2',
    );
  });
});

describe('not finite', () => {
  it('as a number too large to be one', () => {
    const text = withParams('worker', { failure: 123.5 }).replace('123.5', '1e999');
    const at = text.indexOf('1e999') + 1;
    expect(only(parseTopology(text))).toEqual([
      `line 1, column ${at} (nodes › worker › params › failure)`,
      '1e999 is not a number that can be counted with.',
      'Write a finite number.',
    ]);
  });
  it('as a word', () => {
    for (const word of ['NaN', 'Infinity', '-Infinity']) {
      expect(only(parseTopology(`{"x": ${word}}`))).toEqual([
        'line 1, column 7 (x)',
        `${word} is not a number that can be counted with.`,
        'Write a finite number.',
      ]);
    }
  });
  it('in a value that never was text', () => {
    const document = { ...base, nodes: [{ id: 'w', kind: 'service', params: { failure: Number.NaN } }], wires: [] };
    expect(only(parseTopologyDocument(document))).toEqual([
      'nodes › w › params › failure',
      'NaN is not a number that can be counted with.',
      'Write a finite number.',
    ]);
  });
  it('in a value given by a command', () => {
    const worker = NODE_KINDS.find((kind) => kind.type === 'service') as NodeKind;
    const failure = worker.fields.failure as NonNullable<(typeof worker.fields)[string]>;
    const parsed = parseParam(failure, Number.POSITIVE_INFINITY, ['nodes', 'w', 'params', 'failure']);
    expect(only(parsed)[0]).toBe('nodes › w › params › failure');
  });
  it('as something that no document can hold', () => {
    expect(only(parseTopologyDocument({ ...base, comment: 5n }))).toEqual([
      'comment',
      'A bigint cannot stand in a document.',
      'Use text, numbers, true, false, lists and objects.',
    ]);
  });
});

describe('duplicate id', () => {
  const remedy = 'Give every node and every wire an id of its own: commands name either by its id.';
  it('of two nodes', () => {
    expect(only(parseTopology(withNode({ id: 'orders', kind: 'queue' })))).toEqual([
      'nodes › no. 5 › id',
      'The id "orders" is used more than once.',
      remedy,
    ]);
  });
  it('of two wires', () => {
    expect(only(parseTopology(withWire({ id: 'in', kind: 'publish', from: 'worker', to: 'other' })))).toEqual([
      'wires › no. 4 › id',
      'The id "in" is used more than once.',
      remedy,
    ]);
  });
  it('of a node and a wire', () => {
    const nodes = [...base.nodes, { id: 'mail', kind: 'queue' }];
    const wires = [...base.wires, { id: 'shop', kind: 'publish', from: 'worker', to: 'mail' }];
    expect(only(parseTopology(topology({ nodes, wires })))).toEqual([
      'wires › no. 4 › id',
      'The id "shop" is used more than once.',
      remedy,
    ]);
  });
});

describe('bad id', () => {
  it('is told with one that would do', () => {
    expect(only(parseTopology(withNode({ id: 'My Orders!', kind: 'queue' })))).toEqual([
      'nodes › no. 5 › id',
      '"My Orders!" cannot be an id.',
      'Use 1 to 40 small letters, digits and hyphens, such as "my-orders". The name may be anything.',
    ]);
    expect(only(parseTopology(withNode({ id: '', kind: 'queue' })))[2]).toContain('such as "orders"');
    expect(only(parseTopology(withNode({ id: 'a'.repeat(41), kind: 'queue' })))[0]).toBe('nodes › no. 5 › id');
    expect(only(parseTopology(withNode({ id: 'orders\n', kind: 'queue' })))[0]).toBe('nodes › no. 5 › id');
  });
});

describe('dangling wire', () => {
  const remedy = 'Write the id of an existing node, or remove the wire.';
  it('at its end', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'publish', from: 'shop', to: 'nowhere' })))).toEqual([
      'wires › w › to',
      'The wire w names "nowhere" as its end "to", and there is no such node.',
      remedy,
    ]);
  });
  it('at its start', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'deliver', from: 'toString', to: 'worker' })))).toEqual([
      'wires › w › from',
      'The wire w names "toString" as its end "from", and there is no such node.',
      remedy,
    ]);
  });
  it('at both ends, and also where it names a wire', () => {
    const told = allTold(parseTopology(withWire({ id: 'w', kind: 'deliver', from: 'in', to: 'constructor' })));
    expect(told.map(([place]) => place)).toEqual(['wires › w › from', 'wires › w › to']);
  });
  it('but not at a node in which something else is wrong', () => {
    const nodes = base.nodes.map((node) => (node.id === 'orders' ? { ...node, kind: 'queu' } : node));
    expect(allTold(parseTopology(topology({ nodes }))).map(([place]) => place)).toEqual(['nodes › orders › kind']);
  });
});

describe('forbidden wire', () => {
  it('straight from a sender to a dead-letter queue', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'publish', from: 'shop', to: 'dead' })))).toEqual([
      'wires › w',
      'A wire cannot lead from Sender straight to Dead-letter queue.',
      'Put one of these between them: queue.',
    ]);
  });
  it('the wrong way round', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'publish', from: 'orders', to: 'shop' })))).toEqual([
      'wires › w',
      'Messages flow from Sender to Queue, not the other way.',
      'Draw the wire the other way round.',
    ]);
  });
  it('out of a dead-letter queue', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'deliver', from: 'dead', to: 'worker' })))).toEqual([
      'wires › w',
      'Nothing leads on by a wire from Dead-letter queue.',
      'Remove the wire.',
    ]);
  });
  it('from one queue to another', () => {
    const nodes = [...base.nodes, { id: 'more', kind: 'queue' }];
    const wires = [...base.wires, { id: 'w', kind: 'deliver', from: 'orders', to: 'more' }];
    expect(only(parseTopology(topology({ nodes, wires })))).toEqual([
      'wires › w',
      'A wire cannot lead from Queue straight to Queue.',
      'Put one of these between them: service.',
    ]);
  });
  it('to a kind that no path leads to', () => {
    const lonely: NodeKind = { ...HOUSE, type: 'lonely', ports: [] };
    const { accepts: _, ...noContainer } = lonely;
    const kinds = registryOf([...NODE_KINDS, noContainer], WIRE_KINDS);
    const text = topology({
      nodes: [...base.nodes, { id: 'l', kind: 'lonely' }],
      wires: [...base.wires, { id: 'w', kind: 'deliver', from: 'orders', to: 'l' }],
    });
    expect(only(parseTopology(text, kinds))).toEqual([
      'wires › w',
      'A wire cannot lead from Queue to lonely.',
      'From Queue a wire can lead to: requester, service, dead-letter-queue, projection, autoscaler.',
    ]);
  });
  it('of a kind that does not fit its ends', () => {
    const wires = base.wires.map((wire) => (wire.id === 'out' ? { ...wire, kind: 'subscribe' } : wire));
    expect(only(parseTopology(topology({ wires })))).toEqual([
      'wires › out › kind',
      'Queue and Worker are not joined by a wire of the kind "subscribe".',
      'Write "kind": "deliver".',
    ]);
  });
  it('from a node to itself', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'publish', from: 'worker', to: 'worker' })))).toEqual([
      'wires › w',
      'The wire w leads from worker back to worker.',
      'Remove it, or lead it to another node.',
    ]);
  });
  it('beside another that does the same', () => {
    expect(only(parseTopology(withWire({ id: 'w', kind: 'deliver', from: 'orders', to: 'worker' })))).toEqual([
      'wires › w',
      'The wires out and w do the same thing between orders and worker.',
      'Remove one. To share work add concurrency or a second node; two equal wires would hide it.',
    ]);
  });
  it('between the parts of two containers, of a kind that stays inside; such a kind may also say that it repeats', () => {
    const inner = WIRE_KINDS.map((kind) => (kind.type === 'feed' ? { ...kind, isInner: true, isRepeatable: true } : kind));
    const kinds = registryOf([...NODE_KINDS, { ...HOUSE, accepts: ['queue', 'topic'] }], inner);
    const nodes = [
      ...base.nodes,
      ...['left', 'right'].map((id) => ({ id, kind: 'house' })),
      { id: 'news', kind: 'topic', parent: 'left' },
      { id: 'near', kind: 'queue', parent: 'left' },
      { id: 'far', kind: 'queue', parent: 'right' },
    ];
    const feed = (id: string, to: string) => ({ id, kind: 'feed', from: 'news', to });
    const both = [feed('one', 'near'), feed('other', 'near')];
    expect(parseTopology(topology({ nodes, wires: [...base.wires, ...both] }), kinds).ok).toBe(true);
    expect(only(parseTopology(topology({ nodes, wires: [...base.wires, ...both, feed('w', 'far')] }), kinds))).toEqual([
      'wires › w',
      'The wire w joins news and far, which lie in different containers.',
      'Join parts of one container, or put both into the same one.',
    ]);
  });
  it('at a port that is full', () => {
    const nodes = [...base.nodes, { id: 'dead-2', kind: 'dead-letter-queue' }];
    const wires = [...base.wires, { id: 'w', kind: 'dead-letter', from: 'orders', to: 'dead-2' }];
    expect(only(parseTopology(topology({ nodes, wires })))).toEqual([
      'wires › w',
      'The node orders takes no more wires of the kind "dead-letter": it can have 1.',
      'Remove the wire w, or the one that is there already.',
    ]);
  });
  it('into or out of a container', () => {
    const nodes = [...base.nodes, { id: 'house', kind: 'house' }];
    const into = [...base.wires, { id: 'w', kind: 'publish', from: 'shop', to: 'house' }];
    expect(only(parseTopology(topology({ nodes, wires: into }), HOUSES))).toEqual([
      'wires › w',
      'A wire ends at a part inside house, not at house itself.',
      'Lead it to one of its parts: queue, house.',
    ]);
    const out = [...base.wires, { id: 'w', kind: 'deliver', from: 'house', to: 'worker' }];
    expect(only(parseTopology(topology({ nodes, wires: out }), HOUSES))).toEqual([
      'wires › w',
      'A wire starts at a part inside house, not at house itself.',
      'Start it at one of its parts: queue, house.',
    ]);
  });
});

describe('containers', () => {
  const house = { id: 'house', kind: 'house' };
  const inHouse = (parts: unknown[]): Result<unknown> => parseTopology(topology({ nodes: [...base.nodes, ...parts] }), HOUSES);

  it('hold the parts they accept', () => {
    expect(inHouse([house, { id: 'q', kind: 'queue', parent: 'house' }]).ok).toBe(true);
  });
  it('must exist', () => {
    expect(only(inHouse([{ id: 'q', kind: 'queue', parent: 'toString' }]))).toEqual([
      'nodes › q › parent',
      'q is said to lie in "toString", and there is no such node.',
      'Write the id of an existing container, or remove "parent".',
    ]);
  });
  it('must be containers', () => {
    expect(only(inHouse([{ id: 'q', kind: 'queue', parent: 'orders' }]))).toEqual([
      'nodes › q › parent',
      'q cannot lie in orders: Queue holds nothing.',
      'Remove "parent", or name a container.',
    ]);
  });
  it('refuse what they do not accept', () => {
    expect(only(inHouse([house, { id: 's', kind: 'sender', parent: 'house' }]))).toEqual([
      'nodes › s › parent',
      'Sender cannot lie in house.',
      'house holds only: queue, house.',
    ]);
  });
  it('are where parts lie: one that stands alone is told so', () => {
    expect(only(inHouse([{ id: 'q', kind: 'rabbitmq-queue' }]))).toEqual([
      'nodes › q',
      'q stands alone, and RabbitMQ queue lies only inside another node.',
      'Put it into one of these: rabbitmq.',
    ]);
  });
  it('do not lie in themselves', () => {
    expect(only(inHouse([{ id: 'a', kind: 'house', parent: 'a' }]))[1]).toBe(
      'These nodes lie inside one another in a circle: a → a.',
    );
    const circle = [
      { id: 'c', kind: 'queue', parent: 'a' },
      { id: 'a', kind: 'house', parent: 'b' },
      { id: 'b', kind: 'house', parent: 'a' },
    ];
    expect(only(inHouse(circle))).toEqual([
      'nodes › a › parent',
      'These nodes lie inside one another in a circle: a → b → a.',
      'Remove "parent" from one of them.',
    ]);
  });
});

describe('cycle', () => {
  it('of a worker that publishes into its own queue', () => {
    expect(only(parseTopology(withWire({ id: 'back', kind: 'publish', from: 'worker', to: 'orders' })))).toEqual([
      'wires › back',
      'Messages would travel in a circle for ever: orders → worker → orders.',
      'Remove one wire of the circle, for example back.',
    ]);
  });
  it('through a topic and two queues', () => {
    const nodes = [...base.nodes, { id: 'events', kind: 'topic' }];
    const wires = [
      ...base.wires,
      { id: 'results', kind: 'publish', from: 'worker', to: 'events' },
      { id: 'again', kind: 'feed', from: 'events', to: 'orders' },
    ];
    expect(only(parseTopology(topology({ nodes, wires })))).toEqual([
      'wires › again',
      'Messages would travel in a circle for ever: orders → worker → events → orders.',
      'Remove one wire of the circle, for example again.',
    ]);
  });
  it('through a topic that its own listener feeds', () => {
    const nodes = [
      { id: 'constructor', kind: 'topic' },
      { id: 'prototype', kind: 'service' },
    ];
    const wires = [
      { id: 'valueof', kind: 'subscribe', from: 'constructor', to: 'prototype' },
      { id: 'tostring', kind: 'publish', from: 'prototype', to: 'constructor' },
    ];
    expect(only(parseTopology(topology({ nodes, wires })))[1]).toBe(
      'Messages would travel in a circle for ever: constructor → prototype → constructor.',
    );
  });
  it('is none where replies come back to whoever asked, and is one beside it', () => {
    const nodes = [
      { id: 'client', kind: 'requester' },
      { id: 'asked', kind: 'queue' },
      { id: 'server', kind: 'service' },
      { id: 'replies', kind: 'queue' },
    ];
    const wires = [
      { id: 'ask', kind: 'publish', from: 'client', to: 'asked' },
      { id: 'hand-out', kind: 'deliver', from: 'asked', to: 'server' },
      { id: 'reply', kind: 'publish', from: 'server', to: 'replies' },
      { id: 'answer', kind: 'deliver', from: 'replies', to: 'client' },
    ];
    expect(parseTopology(topology({ nodes, wires })).ok).toBe(true);
    const again = [...wires, { id: 'again', kind: 'publish', from: 'server', to: 'asked' }];
    expect(only(parseTopology(topology({ nodes, wires: again })))[1]).toBe(
      'Messages would travel in a circle for ever: asked → server → asked.',
    );
  });
  it('is none where only a share of what comes goes round', () => {
    const nodes = (routing: string) => [
      { id: 'orders', kind: 'queue' },
      { id: 'worker', kind: 'service', params: { routing } },
      { id: 'done', kind: 'queue' },
    ];
    const wires = [
      { id: 'hand-out', kind: 'deliver', from: 'orders', to: 'worker' },
      { id: 'on', kind: 'publish', from: 'worker', to: 'done' },
      { id: 'again', kind: 'publish', from: 'worker', to: 'orders' },
    ];
    expect(parseTopology(topology({ nodes: nodes('one-by-share'), wires })).ok).toBe(true);
    const forEver = 'Messages would travel in a circle for ever: orders → worker → orders.';
    expect(only(parseTopology(topology({ nodes: nodes('every-wire'), wires })))[1]).toBe(forEver);
    // The only way out is no choice.
    const single = topology({ nodes: nodes('one-by-share'), wires: wires.filter(({ id }) => id !== 'on') });
    expect(only(parseTopology(single))[1]).toBe(forEver);
  });
  it('is none where two ways lead to the same worker', () => {
    const nodes = [...base.nodes, { id: 'second', kind: 'queue' }];
    const wires = [
      ...base.wires,
      { id: 'in-2', kind: 'publish', from: 'shop', to: 'second' },
      { id: 'out-2', kind: 'deliver', from: 'second', to: 'worker' },
    ];
    expect(parseTopology(topology({ nodes, wires })).ok).toBe(true);
  });
});

describe('prototype name', () => {
  it('as a key of parameters', () => {
    const text =
      '{"format": "broker-lab/topology", "version": 1, "wires": [], "nodes": [{"id": "q", "kind": "queue", "params": {"__proto__": {"capacity": 1}}}]}';
    expect(only(parseTopology(text))).toEqual([
      `line 1, column ${text.indexOf('"__proto__"') + 1} (nodes › q › params › __proto__)`,
      '"__proto__" has a meaning of its own in JavaScript and cannot be a key here.',
      'Remove the key. As the id of a node the name is fine if it fits the pattern of ids.',
    ]);
  });
  it('as a key of the document, of a node and of a wire', () => {
    for (const key of ['constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf']) {
      const texts = [
        topology({ [key]: {} }),
        withNode({ id: 'q', kind: 'queue', [key]: {} }),
        withWire({ id: 'w', kind: 'publish', from: 'shop', to: 'orders', [key]: 1 }),
      ];
      for (const text of texts) {
        expect(only(parseTopology(text))[1]).toBe(`"${key}" has a meaning of its own in JavaScript and cannot be a key here.`);
      }
    }
  });
  it('as a key of a value that never was text', () => {
    const document = {
      ...base,
      nodes: [{ id: 'q', kind: 'queue', params: JSON.parse('{"__proto__": 1}') as unknown }],
      wires: [],
    };
    expect(only(parseTopologyDocument(document))[0]).toBe('nodes › q › params');
    expect(({} as Loose).capacity).toBeUndefined();
  });
  it('as an id is a name like any other', () => {
    const document = {
      ...base,
      nodes: [
        { id: 'constructor', kind: 'sender' },
        { id: 'prototype', kind: 'queue', params: { capacity: 5 } },
        { id: 'valueof', kind: 'service' },
      ],
      wires: [
        { id: 'tostring', kind: 'publish', from: 'constructor', to: 'prototype' },
        { id: 'hasownproperty', kind: 'deliver', from: 'prototype', to: 'valueof' },
      ],
    };
    const parsed = parseTopology(JSON.stringify(document));
    if (!parsed.ok) throw new Error('refused');
    expect(parsed.value.nodes.map((node) => node.id)).toEqual(['constructor', 'prototype', 'valueof']);
    expect(parsed.value.nodes[1]?.params.capacity).toBe(5);
    expect(parsed.value.wires.map((wire) => [wire.from, wire.to])).toEqual([
      ['prototype', 'valueof'],
      ['constructor', 'prototype'],
    ]);
  });
});

describe('depth', () => {
  const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const told = ['Brackets lie more than 32 deep inside one another.', 'A drawing needs far less: remove the inner ones.'];
  it('of one too many', () => {
    expect(only(parseTopology(nest(33))).slice(1)).toEqual(told);
    expect(only(parseTopology(nest(32)))[1]).toContain('An object with the format');
  });
  it('inside a parameter', () => {
    const text = topology({ nodes: [{ id: 'q', kind: 'queue', params: { capacity: 77 } }] }).replace('77', nest(40));
    const [place, ...rest] = only(parseTopology(text));
    expect(place).toMatch(/^line 1, column \d+ \(nodes › q › params › capacity › no\. 1/);
    expect(rest).toEqual(told);
  });
  it('that would overflow a stack', () => {
    expect(only(parseTopology('['.repeat(2_000_000))).slice(1)).toEqual(told);
    expect(only(parseTopology('{"a":'.repeat(900_000))).slice(1)).toEqual(told);
  });
  it('of a value that never was text, also of one that contains itself', () => {
    const endless: Loose = { ...base };
    endless.comment = endless;
    expect(only(parseTopologyDocument(endless)).slice(1)).toEqual(told);
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(only(parseTopologyDocument(deep)).slice(1)).toEqual(told);
  });
});

describe('size', () => {
  it('of the file', () => {
    expect(only(parseTopology(' '.repeat(BYTES_MAX + 1)))).toEqual(
      ['line 1, column 1', 'The file is larger than 5 MB.', 'Split the drawing, or remove what is not needed.'].map((text, i) =>
        i === 0 ? 'the whole file' : text,
      ),
    );
    expect(only(parseTopology(`["${'ü'.repeat(BYTES_MAX / 2)}"]`))[1]).toBe('The file is larger than 5 MB.');
    expect(only(parseTopology(' '.repeat(BYTES_MAX)))[1]).toBe('The file is empty.');
  });
  it('of the drawing: nodes', () => {
    const nodes = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `n${i}`, kind: 'queue' }));
    expect(only(parseTopology(topology({ nodes: nodes(NODES_MAX + 1), wires: [] })))).toEqual([
      'nodes',
      'The drawing has 5001 nodes; at most 5000 are possible.',
      'Remove some nodes. One worker with a higher concurrency does the work of many.',
    ]);
    expect(parseTopology(topology({ nodes: nodes(NODES_MAX), wires: [] })).ok).toBe(true);
  });
  it('of the drawing: wires', () => {
    const wires = Array.from({ length: WIRES_MAX + 1 }, (_, i) => ({ id: `w${i}`, kind: 'publish', from: 'shop', to: 'orders' }));
    expect(only(parseTopology(topology({ wires })))).toEqual([
      'wires',
      'The drawing has 20001 wires; at most 20000 are possible.',
      'Remove some wires.',
    ]);
  });
  it('of the controls on a card', () => {
    const knobs = Array.from({ length: 13 }, () => ({ field: 'rate' }));
    expect(only(parseTopology(withNode({ id: 'more', kind: 'sender', view: { knobs } })))).toEqual([
      'nodes › more › view › knobs',
      'There are 13 controls on one card; at most 12 are possible.',
      'Take some of them off the card. They stay in the settings of the node.',
    ]);
    const misspelt = { id: 'more', kind: 'sender', view: { knobs: [{ field: 'rate' }, { field: 'rait' }] } };
    expect(only(parseTopology(withNode(misspelt))).slice(0, 1)).toEqual(['nodes › more › view › knobs › no. 2']);
    expect(parseTopology(withNode({ ...misspelt, view: { knobs: [{ field: 'rate' }] } })).ok).toBe(true);
  });
  it('of the drawing in the old version', () => {
    const nodes = Object.fromEntries(Array.from({ length: NODES_MAX + 1 }, (_, i) => [`n${i}`, { kind: 'queue' }]));
    expect(only(parseTopologyDocument({ ...base, version: 0, nodes, wires: [] }))[1]).toBe('One object has more than 5000 keys.');
    expect(only(parseTopology(topology({ version: 0, nodes, wires: [] }))).slice(1)).toEqual([
      'One object has more than 5000 keys.',
      'Remove what is not needed.',
    ]);
  });
  it('of a scenario', () => {
    const commands = Array.from({ length: 10_001 }, () => ({ at: '1s', do: 'crash worker' }));
    expect(only(parseScenario(scenario({ commands }))).slice(1)).toEqual([
      'The scenario has 10001 commands; at most 10000 are possible.',
      'Remove some commands.',
    ]);
    const expectations = Array.from({ length: 1_001 }, () => ({ check: 'lost == 0' }));
    expect(only(parseScenario(scenario({ expect: expectations }))).slice(1)).toEqual([
      'The scenario has 1001 expectations; at most 1000 are possible.',
      'Remove some expectations.',
    ]);
  });
  it('of a text', () => {
    const text = withNode({ id: 'q', kind: 'queue', comment: 'x'.repeat(TEXT_MAX + 1) });
    expect(only(parseTopology(text)).slice(1)).toEqual([
      'This text has 2001 characters; at most 2000 are possible.',
      'Shorten it.',
    ]);
    expect(parseTopology(withNode({ id: 'q', kind: 'queue', comment: 'x'.repeat(TEXT_MAX) })).ok).toBe(true);
    expect(only(parseTopology(withNode({ id: 'q', kind: 'queue', name: 'x'.repeat(201) })))[0]).toBe('nodes › q › name');
    expect(only(parseTopologyDocument({ ...base, comment: 'x'.repeat(TEXT_MAX + 1) }))[0]).toBe('comment');
  });
  it('of a parameter that the model leaves out', () => {
    const asked = topology({ nodes: [...base.nodes, { id: 'rabbit', kind: 'rabbitmq', params: { diskWriteTime: '4ms' } }] });
    expect(only(parseTopology(asked))).toEqual([
      'nodes › rabbit › params › diskWriteTime',
      'There is no parameter "diskWriteTime": the model leaves out what it would set.',
      'Remove it. What is left out, and why, stands in the sheet of its kind.',
    ]);
  });
  it('of a name that is a server’s own', () => {
    const own = (name: string) =>
      topology({
        nodes: [
          ...base.nodes,
          { id: 'rabbit', kind: 'rabbitmq' },
          { id: 'q', kind: 'rabbitmq-queue', parent: 'rabbit', params: { name } },
        ],
      });
    expect(only(parseTopology(own('amq.mine')))).toEqual([
      'nodes › q › params › name',
      'A name that begins with "amq." is the server\'s own: it refuses to declare "amq.mine" (403).',
      'Choose another name.',
    ]);
    expect(parseTopology(own('am.mine')).ok).toBe(true);
  });
  it('of a key', () => {
    const key = 'k'.repeat(TEXT_MAX + 1);
    expect(only(parseTopology(topology({ [key]: 1 }))).slice(1)).toEqual([
      'This key has 2001 characters; at most 2000 are possible.',
      'No key of a drawing is that long: remove it.',
    ]);
    expect(only(parseTopologyDocument({ ...base, [key]: 1 }))[0]).toBe('the whole file');
  });
  it('in values', () => {
    const many = `[${'0,'.repeat(VALUES_MAX)}0]`;
    expect(only(parseTopology(many)).slice(1)).toEqual([
      'The file holds more than 250000 values.',
      'Split the drawing. Parameters that have their default can be left out.',
    ]);
    expect(only(parseTopologyDocument(JSON.parse(many)))[1]).toBe('The file holds more than 250000 values.');
  });
  it('of a list', () => {
    const times = Array.from({ length: 10_001 }, () => '1s');
    expect(only(parseTopology(withParams('shop', { times })))).toEqual([
      'nodes › shop › params › times',
      'This list has 10001 members; at most 10000 are possible.',
      'Shorten the list.',
    ]);
  });
});

describe('older version', () => {
  const draft = {
    format: 'broker-lab/topology',
    version: 0,
    nodes: { shop: { kind: 'sender' }, orders: { kind: 'queue' }, worker: { kind: 'service' } },
    wires: [
      { id: 'in', kind: 'publish', source: 'shop', target: 'orders' },
      { id: 'out', kind: 'deliver', source: 'orders', target: 'worker' },
    ],
  };
  it('is read as if it were new', () => {
    const parsed = parseTopology(JSON.stringify(draft));
    if (!parsed.ok) throw new Error('refused');
    expect(parsed.value.nodes.map((node) => node.id)).toEqual(['orders', 'shop', 'worker']);
    expect(parsed.value.document.version).toBe(1);
  });
  it('has its mistakes told at their place in the new form', () => {
    const wires = [...draft.wires, { id: 'w', kind: 'publish', source: 'shop', target: 'nowhere' }];
    expect(only(parseTopology(JSON.stringify({ ...draft, wires })))).toEqual([
      'wires › w › to',
      'The wire w names "nowhere" as its end "to", and there is no such node.',
      'Write the id of an existing node, or remove the wire.',
    ]);
    const nodes = { ...draft.nodes, orders: { kind: 'queue', params: { capacity: -1 } } };
    expect(only(parseTopology(JSON.stringify({ ...draft, nodes })))[0]).toBe('nodes › orders › params › capacity');
  });
  it('has its ids checked', () => {
    const nodes = { ...draft.nodes, 'My Queue': { kind: 'queue' } };
    expect(only(parseTopology(JSON.stringify({ ...draft, nodes })))).toEqual([
      'nodes › no. 4 › id',
      '"My Queue" cannot be an id.',
      'Use 1 to 40 small letters, digits and hyphens, such as "my-queue". The name may be anything.',
    ]);
  });
  it('is refused if it is older than the oldest', () => {
    expect(only(parseTopology(topology({ version: -1 })))).toEqual([
      'version',
      'There has never been a version -1.',
      'Write a whole number from 0 on.',
    ]);
    expect(only(parseTopology(topology({ version: 0.5 })))[1]).toBe('There has never been a version 0.5.');
  });
  it('keeps its old shape for itself: the new version has no source and target', () => {
    const told = allTold(parseTopology(JSON.stringify({ ...draft, version: 1 })));
    expect(told[0]).toEqual(['nodes', 'A list belongs here, not {…}.', 'Write it in square brackets: [ … ].']);
    expect(told.map(([, sentence]) => sentence)).toContain('Nothing here is called "source".');
  });
});

describe('newer version', () => {
  const remedy = 'Open it with a newer release of this program, or save it from there in an older version.';
  it('of a topology is refused with both numbers', () => {
    expect(only(parseTopology(topology({ version: 2, blocks: [] })))).toEqual([
      'version',
      'The file has version 2; this program reads versions up to 1.',
      remedy,
    ]);
  });
  it('of a scenario too, whatever else it holds', () => {
    expect(only(parseScenario(scenario({ version: 7, acts: [] })))).toEqual([
      'version',
      'The file has version 7; this program reads versions up to 1.',
      remedy,
    ]);
  });
  it('of a topology inside a scenario', () => {
    expect(only(parseScenario(scenario({ topology: { ...base, version: 3 } })))[0]).toBe('topology › version');
  });
  it('must be a number, and must be there', () => {
    expect(only(parseTopology(topology({ version: '1' })))).toEqual([
      'version',
      'A number belongs here, not 1.',
      'Write a number without quotes.',
    ]);
    expect(only(parseTopology(topology({ version: undefined })))[1]).toBe('"version" is missing.');
  });
  it('of the engine is only remarked on', () => {
    const parsed = parseTopology(topology({ engineRevision: 9 }));
    if (!parsed.ok) throw new Error('refused');
    expect(remarks(parsed.value.document, 9)).toEqual([]);
    expect(remarks(parsed.value.document, 3).map(told)).toEqual([
      [
        'engineRevision',
        'This was made with engine revision 9; here runs revision 3.',
        'Nothing needs to be done. Details of the run may differ from what its author saw.',
      ],
    ]);
  });
});

describe('wrong format', () => {
  it('is told with the right one', () => {
    expect(only(parseTopology(topology({ format: undefined })))).toEqual([
      'format',
      'The file does not say what it is.',
      'Add "format": "broker-lab/topology".',
    ]);
    expect(only(parseTopology(scenario()))).toEqual([
      'format',
      'The format is broker-lab/scenario; it should be broker-lab/topology.',
      'Write "format": "broker-lab/topology", or open another file.',
    ]);
    expect(only(parseScenario(scenario({ format: 'drawing' })))[1]).toBe(
      'The format is drawing; it should be broker-lab/scenario.',
    );
  });
});

describe('bad values of every kind of field', () => {
  const cases: [name: string, node: string, params: Loose, place: string, sentence: string, remedy: string][] = [
    [
      'a misspelt choice',
      'orders',
      { overflow: 'blok' },
      'overflow',
      '"blok" is not one of the choices.',
      'Did you mean "block"? Choices: refuse, drop-newest, drop-oldest, block.',
    ],
    [
      'an unknown choice',
      'orders',
      { overflow: 7 },
      'overflow',
      '"7" is not one of the choices.',
      'Choose one of these: refuse, drop-newest, drop-oldest, block.',
    ],
    [
      'a law that is none',
      'worker',
      { work: '5ms' },
      'work',
      'A law belongs here, not 5ms.',
      'Write for example { "law": "exponential", "mean": "100ms" } or { "law": "constant", "value": "100ms" }.',
    ],
    [
      'a misspelt law',
      'worker',
      { work: { law: 'exponentiel', mean: '1s' } },
      'work › law',
      '"exponentiel" is not one of the choices.',
      'Did you mean "exponential"? Choices: constant, uniform, exponential, erlang, hyperexponential, two-point, normal, log-normal, geometric.',
    ],
    [
      'a law without its mean',
      'worker',
      { work: { law: 'erlang', shape: 2 } },
      'work',
      'The law erlang needs "mean".',
      'Add "mean".',
    ],
    [
      'a law with a misspelt parameter',
      'worker',
      { work: { law: 'constant', value: '1s', valeu: 1 } },
      'work › valeu',
      'The law constant has no "valeu".',
      'Did you mean "value"? The law constant has: value.',
    ],
    [
      'a law with a parameter of another',
      'worker',
      { work: { law: 'constant', value: '1s', deviation: '1s' } },
      'work › deviation',
      'The law constant has no "deviation".',
      'Remove it. The law constant has: value.',
    ],
    [
      'a range upside down',
      'worker',
      { work: { law: 'uniform', low: '2s', high: '1s' } },
      'work',
      'The lower end, 2s, lies above the upper end, 1s.',
      'Exchange the two.',
    ],
    [
      'an empty list',
      'shop',
      { times: [] },
      'times',
      'This list is empty.',
      'Add at least one member, or leave the parameter out to get its default.',
    ],
    [
      'a point that is none',
      'shop',
      { dayCurve: [5] },
      'dayCurve › no. 1',
      'A point of the curve belongs here, not 5.',
      'Write a time and a rate: ["10s", 60].',
    ],
    [
      'a curve that goes back in time',
      'shop',
      {
        dayCurve: [
          ['2s', 1],
          ['1s', 1],
        ],
      },
      'dayCurve › no. 2',
      'The point at 1s does not come after the one at 2s.',
      'Put the points in order of time, each time once.',
    ],
    [
      'a weight that is none',
      'shop',
      { types: ['order'] },
      'types › no. 1',
      'A name with a weight belongs here, not order.',
      'Write { "name": "order-created", "weight": 3 } and nothing else.',
    ],
    [
      'a weight with more than that',
      'shop',
      { types: [{ name: 'a', weight: 1, colour: 'red' }] },
      'types › no. 1',
      'A name with a weight belongs here, not colour.',
      'Write { "name": "order-created", "weight": 3 } and nothing else.',
    ],
    [
      'a name of a weight that is too long',
      'shop',
      { types: [{ name: 'a'.repeat(101), weight: 1 }] },
      'types › no. 1 › name',
      'This text has 101 characters; at most 100 are possible.',
      'Shorten it.',
    ],
    [
      'a weight named twice',
      'shop',
      {
        types: [
          { name: 'a', weight: 1 },
          { name: 'a', weight: 2 },
        ],
      },
      'types › no. 2',
      '"a" stands in the list twice.',
      'Keep one of the two and add up the weights.',
    ],
    [
      'weights that are all 0',
      'shop',
      { types: [{ name: 'a', weight: 0 }] },
      'types',
      'All weights are 0, so nothing could ever be chosen.',
      'Give at least one a weight above 0.',
    ],
    [
      'an unknown step',
      'worker',
      { steps: ['receive', 'wrok'] },
      'steps › no. 2',
      '"wrok" is not one of the choices.',
      'Did you mean "work"? Choices: receive, work, sleep, charge, check, mark, remember, call, read, write, publish, acknowledge.',
    ],
    [
      'a message that is received twice',
      'worker',
      { steps: ['receive', 'work', 'receive'] },
      'steps',
      'The step "receive" stands in the list twice.',
      'Keep one of the two.',
    ],
    [
      'a step with a field of another step',
      'worker',
      { steps: ['receive', { do: 'sleep', fails: 0.5 }] },
      'steps › no. 2 › fails',
      'There is no parameter called "fails" here.',
      'Remove it. Parameters here: takes.',
    ],
    [
      'a step that says what it needs and not what it does',
      'worker',
      { steps: ['receive', { takes: '1s' }] },
      'steps › no. 2',
      '"do" is missing.',
      'Add "do".',
    ],
    [
      'work before anything was received',
      'worker',
      { steps: ['work', 'receive'] },
      'steps',
      'The list does not start with "receive".',
      'Put "receive" first: nothing can be done with a message before it is there.',
    ],
    [
      'a share of a geometric law that would never end',
      'worker',
      { work: { law: 'geometric', share: 0, unit: '1ms' } },
      'work › share',
      '0 is outside the limits.',
      'Choose a value from 0.000001 to 1.',
    ],
    [
      'a size of a message that is none',
      'shop',
      { size: { law: 'constant', value: 'big' } },
      'size › value',
      'big is not a size.',
      'Write a number of bytes, or a text with a unit: "10KB", "1.5MB".',
    ],
  ];
  it.each(cases)('tells %s', (_name, node, params, place, sentence, remedy) => {
    expect(only(parseTopology(withParams(node, params)))).toEqual([`nodes › ${node} › params › ${place}`, sentence, remedy]);
  });
});

describe('many mistakes', () => {
  it('are told up to fifty, the last of which says that there are more', () => {
    const nodes = Array.from({ length: 200 }, (_, i) => ({ id: `n${i}`, kind: 'elephant' }));
    const all = allTold(parseTopology(topology({ nodes, wires: [] })));
    expect(all).toHaveLength(PROBLEMS_MAX);
    expect(all.at(-1)).toEqual([
      'the whole file',
      'There are more problems than the 49 listed here.',
      'Repair these first; the others are listed then.',
    ]);
  });
  it('are told in the order of the document', () => {
    const nodes = [
      { id: 'a', kind: 'queue', params: { capacity: -1 } },
      { id: 'B', kind: 'queue' },
      { id: 'c', kind: 'topik' },
    ];
    expect(allTold(parseTopology(topology({ nodes, wires: [] }))).map(([place]) => place)).toEqual([
      'nodes › a › params › capacity',
      'nodes › no. 2 › id',
      'nodes › c › kind',
    ]);
  });
});

describe('advice', () => {
  const adviceOf = (changes: Loose) => advice({ ...base, ...changes } as unknown as TopologyDocument).map(told);

  it('is not given on a complete drawing, nor on one that cannot run', () => {
    expect(adviceOf({})).toEqual([]);
    expect(adviceOf({ nodes: 5 })).toEqual([]);
  });
  it('names a queue that nobody reads and a worker that nothing reaches', () => {
    expect(adviceOf({ wires: base.wires.filter((wire) => wire.id !== 'out') })).toEqual([
      ['nodes › orders', 'No way out of orders.', 'Draw a wire from it to whoever takes the messages.'],
      ['nodes › worker', 'Nothing leads to worker.', 'Draw a wire to it, or remove it.'],
    ]);
  });
  it('names a sender that leads nowhere', () => {
    expect(adviceOf({ nodes: [{ id: 'shop', kind: 'sender' }], wires: [] })).toEqual([
      ['nodes › shop', 'No way out of shop.', 'Draw a wire from it to whoever takes the messages.'],
    ]);
  });
  it('names a queue without dead letters only where something can be given up', () => {
    const wires = base.wires.filter((wire) => wire.id !== 'given-up');
    const nodes = base.nodes.filter((node) => node.id !== 'dead');
    const changed = (id: string, params: Loose) => nodes.map((node) => (node.id === id ? { ...node, params } : node));
    const warned = [
      [
        'nodes › orders',
        'orders has nowhere to put what it gives up on: those messages are dropped.',
        'Wire it to a dead-letter queue, unless dropping is what you want.',
      ],
    ];
    expect(adviceOf({ wires, nodes })).toEqual([]);
    expect(adviceOf({ wires, nodes: changed('worker', { failure: 0.1 }) })).toEqual(warned);
    expect(adviceOf({ wires, nodes: changed('worker', { failure: 0.1, maxAttempts: 0 }) })).toEqual([]);
    expect(adviceOf({ wires, nodes: changed('shop', { poison: 0.1 }) })).toEqual(warned);
    expect(adviceOf({ wires, nodes: changed('orders', { maxAttempts: 3 }) })).toEqual(warned);
  });
  it('names gaps of no length', () => {
    const nodes = base.nodes.map((node) =>
      node.id === 'shop' ? { ...node, params: { arrivals: 'gaps', gaps: { law: 'constant', value: '0s' } } } : node,
    );
    expect(adviceOf({ nodes })).toEqual([
      [
        'nodes › shop › params › gaps',
        'shop sends with no gap at all: messages without end in one instant.',
        'Choose gaps longer than 0.',
      ],
    ]);
  });
  it('names an empty drawing', () => {
    expect(adviceOf({ nodes: [], wires: [] })[0]?.[1]).toBe('The drawing is empty.');
  });
});

// ------------------------------------------------------------------ completeness

const sourceOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('messages'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .join('\n');
const sources = sourceOf(import.meta.dirname);
const codes = Object.keys(PROBLEM_MESSAGES).flatMap((key) => /^problem\.([a-z-]+)$/.exec(key)?.[1] ?? []);

describe('problem messages', () => {
  it('have a sentence and a remedy for every code', () => {
    for (const key of Object.keys(PROBLEM_MESSAGES)) {
      const code = /^problem\.([a-z-]+)(\.remedy(\.nearest)?)?$/.exec(key)?.[1];
      if (code === undefined) expect(key).toMatch(/^place\./);
      else expect(Object.keys(PROBLEM_MESSAGES)).toEqual(expect.arrayContaining([`problem.${code}`, `problem.${code}.remedy`]));
    }
  });

  it('are there for no code that nobody reports', () => {
    const engine = sourceOf(`${import.meta.dirname}/..`);
    expect(codes.filter((code) => !engine.includes(`'${code}'`))).toEqual([]);
  });
});

afterAll(() => {
  const ours = codes.filter((code) => sources.includes(`'${code}'`));
  expect(ours.filter((code) => !reported.has(code))).toEqual([]);
});
