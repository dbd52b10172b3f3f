// A log from outside holds commands or it is refused. What passes here must never surprise the engine.

import { describe, expect, it } from 'vitest';
import { parseScenarioDocument } from '../topology/parse.ts';
import { isCommand } from './command-shape.ts';
import type { Command } from './commands.ts';
import { Simulation } from './simulation.ts';

const COMMANDS: readonly Command[] = [
  { type: 'setParam', target: 'shop', field: 'rate', value: 3 },
  { type: 'setParam', target: 'shop', field: 'rate', value: undefined },
  { type: 'addNode', node: { id: 'worker-2', kind: 'service' } },
  { type: 'removeNode', node: 'worker-2' },
  { type: 'addWire', wire: { id: 'w-9', kind: 'deliver', from: 'orders', to: 'worker' } },
  { type: 'removeWire', wire: 'w-1' },
  {
    type: 'edit',
    edits: [
      { type: 'removeWire', wire: 'w-1' },
      { type: 'removeNode', node: 'shop' },
    ],
  },
  { type: 'crash', node: 'worker', forNs: 5e9 },
  { type: 'restart', node: 'worker' },
  { type: 'slow', node: 'worker', factor: 2.5 },
  { type: 'stall', node: 'worker', forNs: 1e9 },
  { type: 'cut', wire: 'w-1' },
  { type: 'heal', wire: 'w-1' },
  { type: 'delay', wire: 'w-1', extraNs: 0, forNs: 1 },
  { type: 'lose', wire: 'w-1', share: 0.5 },
  { type: 'poison', node: 'shop' },
  { type: 'burst', node: 'shop', count: 20, overNs: 1e9 },
  { type: 'redrive', node: 'dead' },
  { type: 'redrive', node: 'dead', message: { sender: 'shop', number: 3 } },
];

describe('the form of a command', () => {
  it.each(COMMANDS.map((command) => [command.type, command] as const))(
    '%s is one, also after a way through JSON',
    (_, command) => {
      expect(isCommand(command)).toBe(true);
      expect(isCommand(JSON.parse(JSON.stringify(command)))).toBe(true);
    },
  );

  it.each<[string, unknown]>([
    ['null', null],
    ['a word', 'crash worker'],
    ['a list', [{ type: 'restart', node: 'a' }]],
    ['no type', { node: 'a' }],
    ['a type of another name', { type: 'explode', node: 'a' }],
    ['a type that every object has', { type: 'constructor' }],
    ['a node that is no id', { type: 'crash', node: { id: 'a' } }],
    ['a part that is missing', { type: 'stall', node: 'a' }],
    ['a part too many', { type: 'restart', node: 'a', wire: 'b' }],
    ['a time below 0', { type: 'crash', node: 'a', forNs: -1 }],
    ['a time between two nanoseconds', { type: 'crash', node: 'a', forNs: 0.5 }],
    ['a time in words', { type: 'crash', node: 'a', forNs: '5s' }],
    ['a share above 1', { type: 'lose', wire: 'a', share: 1.5 }],
    ['a factor of 0', { type: 'slow', node: 'a', factor: 0 }],
    ['a burst beyond all measure', { type: 'burst', node: 'a', count: 1e15 }],
    ['a message without a number', { type: 'redrive', node: 'a', message: { sender: 'shop' } }],
    ['a node without a kind', { type: 'addNode', node: { id: 'a' } }],
    ['an edit that holds no list', { type: 'edit', edits: 'all' }],
    ['an edit inside an edit', { type: 'edit', edits: [{ type: 'edit', edits: [] }] }],
    ['a fault among the edits', { type: 'edit', edits: [{ type: 'restart', node: 'a' }] }],
  ])('%s is none', (_, value) => {
    expect(isCommand(value)).toBe(false);
  });
});

it('what has the form of a command but names nothing that is there is refused by the run, which goes on', () => {
  const parsed = parseScenarioDocument({ format: 'broker-lab/topology', version: 1, nodes: [], wires: [] });
  if (!parsed.ok) throw new Error('an empty drawing is one');
  const created = Simulation.create(parsed.value, { log: COMMANDS.map((command) => ({ atNs: 1e6, command })) });
  if (!created.ok) throw new Error('a run of an empty drawing is one');
  created.value.advanceTo(2e6);
  // A new service without wires is allowed and can be taken away again; a restart of nothing is not.
  expect(created.value.refused.length).toBeGreaterThan(COMMANDS.length / 2);
  expect(created.value.timeNs).toBe(2e6);
});
