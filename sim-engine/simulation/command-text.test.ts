// The words for commands: what each one says, the spellings people use for it, and the problem and column of every slip.

import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../checks/actions.ts';
import { describeProblem } from '../topology/describe-problem.ts';
import type { Problem } from '../topology/document.ts';
import { COMMAND_USAGE, parseCommand, printCommand } from './command-text.ts';
import type { Command } from './commands.ts';

function command(text: string): Command {
  const parsed = parseCommand(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return parsed.value;
}

const S = 1_000_000_000;

describe('what the words say', () => {
  it.each<[string, Command]>([
    ['crash worker-1', { type: 'crash', node: 'worker-1' }],
    ['crash worker-1 for 5s', { type: 'crash', node: 'worker-1', forNs: 5 * S }],
    ['restart worker-1', { type: 'restart', node: 'worker-1' }],
    ['slow worker-1 x3', { type: 'slow', node: 'worker-1', factor: 3 }],
    ['slow worker-1 x2.5 for 10s', { type: 'slow', node: 'worker-1', factor: 2.5, forNs: 10 * S }],
    ['stall orders 5s', { type: 'stall', node: 'orders', forNs: 5 * S }],
    ['cut w-1', { type: 'cut', wire: 'w-1' }],
    ['cut w-1 for 500ms', { type: 'cut', wire: 'w-1', forNs: S / 2 }],
    ['heal w-1', { type: 'heal', wire: 'w-1' }],
    ['delay w-1 120ms', { type: 'delay', wire: 'w-1', extraNs: 120_000_000 }],
    ['delay w-1 0s', { type: 'delay', wire: 'w-1', extraNs: 0 }],
    ['delay w-1 120ms for 10s', { type: 'delay', wire: 'w-1', extraNs: 120_000_000, forNs: 10 * S }],
    ['lose w-1 5%', { type: 'lose', wire: 'w-1', share: 0.05 }],
    ['lose w-1 0.07% for 10s', { type: 'lose', wire: 'w-1', share: 0.0007, forNs: 10 * S }],
    ['lose w-1 normal', { type: 'lose', wire: 'w-1' }],
    ['poison checkout 10%', { type: 'poison', node: 'checkout', share: 0.1 }],
    ['poison checkout 100% for 1min', { type: 'poison', node: 'checkout', share: 1, forNs: 60 * S }],
    ['poison checkout normal', { type: 'poison', node: 'checkout' }],
    ['burst checkout 200', { type: 'burst', node: 'checkout', count: 200 }],
    ['burst checkout 200 over 1s', { type: 'burst', node: 'checkout', count: 200, overNs: S }],
    ['set orders.capacity 100', { type: 'setParam', target: 'orders', field: 'capacity', value: 100 }],
    ['set orders.ackDeadline 1.5s', { type: 'setParam', target: 'orders', field: 'ackDeadline', value: '1.5s' }],
    ['set orders.overflow drop-oldest', { type: 'setParam', target: 'orders', field: 'overflow', value: 'drop-oldest' }],
    ['set orders.durable false', { type: 'setParam', target: 'orders', field: 'durable', value: false }],
    ['set orders.capacity default', { type: 'setParam', target: 'orders', field: 'capacity', value: undefined }],
    ['set a.note "two words"', { type: 'setParam', target: 'a', field: 'note', value: 'two words' }],
    ['set a.note "default"', { type: 'setParam', target: 'a', field: 'note', value: 'default' }],
    ['set a.note "5"', { type: 'setParam', target: 'a', field: 'note', value: '5' }],
    [
      'set w.work {"law":"constant","value":"5ms"}',
      { type: 'setParam', target: 'w', field: 'work', value: { law: 'constant', value: '5ms' } },
    ],
    ['redrive dead', { type: 'redrive', node: 'dead' }],
    ['redrive dead 5', { type: 'redrive', node: 'dead', count: 5 }],
    ['redrive dead #17 of web', { type: 'redrive', node: 'dead', message: { sender: 'web', number: 17 } }],
    ['add-node {"id":"worker-2","kind":"service"}', { type: 'addNode', node: { id: 'worker-2', kind: 'service' } }],
    ['remove worker-2', { type: 'removeNode', node: 'worker-2' }],
    [
      'add-wire {"id":"w-2","kind":"deliver","from":"orders","to":"worker-2"}',
      { type: 'addWire', wire: { id: 'w-2', kind: 'deliver', from: 'orders', to: 'worker-2' } },
    ],
    ['remove-wire w-2', { type: 'removeWire', wire: 'w-2' }],
    ['edit:', { type: 'edit', edits: [] }],
    [
      'edit: remove-wire w-2; set a.note "x; y"; remove worker-2',
      {
        type: 'edit',
        edits: [
          { type: 'removeWire', wire: 'w-2' },
          { type: 'setParam', target: 'a', field: 'note', value: 'x; y' },
          { type: 'removeNode', node: 'worker-2' },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    expect(command(text)).toStrictEqual(expected);
    expect(printCommand(expected)).toBe(text);
  });

  it('takes other spellings of the same', () => {
    expect(command('slow a ×3')).toEqual(command('slow a x3'));
    expect(command('slow a 3')).toEqual(command('slow a x3'));
    expect(command('slow a normal')).toEqual(command('slow a x1'));
    expect(command('stall a for 5 s')).toEqual(command('stall a 5s'));
    expect(command('lose a 0.05')).toEqual(command('lose a 5%'));
    expect(command('delay a normal')).toEqual(command('delay a 0s'));
    expect(command('set a.loss 5%')).toEqual(command('set a.loss 0.05'));
    expect(command('  crash   a   for 1500 ms ')).toEqual(command('crash a for 1.5s'));
  });

  it('takes words of the grammar for ids', () => {
    expect(command('crash for for 5s')).toEqual({ type: 'crash', node: 'for', forNs: 5 * S });
    expect(command('set default.limit default')).toEqual({
      type: 'setParam',
      target: 'default',
      field: 'limit',
      value: undefined,
    });
  });

  it('writes an edit inside an edit as part of it', () => {
    const inner: Command = { type: 'edit', edits: [{ type: 'removeNode', node: 'a' }] };
    expect(printCommand({ type: 'edit', edits: [inner, { type: 'removeNode', node: 'b' }] })).toBe('edit: remove a; remove b');
  });

  it('shows for every verb a usage that begins with it', () => {
    for (const verb of ACTIONS) expect(COMMAND_USAGE[verb].startsWith(`${verb} `)).toBe(true);
  });
});

describe('problems', () => {
  it.each([
    ['', 'command-empty', 1],
    ['  ', 'command-empty', 1],
    [`crash ${'a'.repeat(10_000)}`, 'command-too-long', 10_001],
    ['crsh worker-1', 'command-unknown-verb', 1],
    ['Crash worker-1', 'command-unknown-verb', 1],
    ['5s', 'command-unknown-verb', 1],
    ['crash', 'command-incomplete', 6],
    ['cut ', 'command-incomplete', 5],
    ['stall a', 'command-incomplete', 8],
    ['slow a', 'command-incomplete', 7],
    ['lose a', 'command-incomplete', 7],
    ['burst a', 'command-incomplete', 8],
    ['crash a for', 'command-incomplete', 12],
    ['set', 'command-incomplete', 4],
    ['set a.b', 'command-incomplete', 8],
    ['add-node', 'command-incomplete', 9],
    ['add-node worker-2', 'command-incomplete', 10],
    ['crash Worker_1', 'command-bad-id', 7],
    [`crash ${'a'.repeat(41)}`, 'command-bad-id', 7],
    ['add-node {"id":"Worker 2","kind":"service"}', 'command-bad-id', 10],
    ['set orders 5', 'command-bad-target', 5],
    ['set orders.capacity.max 5', 'command-bad-target', 5],
    ['stall a soon', 'command-bad-duration', 9],
    ['stall a 0s', 'command-bad-duration', 9],
    ['stall a 5', 'command-bad-duration', 9],
    ['crash a for 1.5ns', 'command-bad-duration', 13],
    ['slow a x0', 'command-bad-factor', 8],
    ['slow a fast', 'command-bad-factor', 8],
    ['slow a x1e999', 'command-bad-factor', 8],
    ['lose a 101%', 'command-bad-share', 8],
    ['lose a 5', 'command-bad-share', 8],
    ['lose a -5%', 'command-bad-share', 8],
    ['burst a 0', 'command-bad-count', 9],
    ['burst a 1.5', 'command-bad-count', 9],
    ['redrive a all', 'command-bad-count', 11],
    ['redrive a #0 of web', 'command-bad-count', 11],
    ['redrive a #3', 'command-incomplete', 13],
    ['redrive a #3 of', 'command-incomplete', 16],
    ['redrive a #3 of Web', 'command-bad-id', 17],
    ['set a.b 1e999', 'command-bad-value', 9],
    ["set a.b 'x'", 'command-bad-value', 9],
    ['set a.b x%', 'command-bad-value', 9],
    ['add-node {"id":"a"}', 'command-bad-part', 10],
    ['add-wire {"id":"a","kind":"deliver","from":"b","to":3}', 'command-bad-part', 10],
    ['crash a now', 'command-stray-text', 9],
    ['crash a; crash b', 'command-stray-text', 8],
    ['restart a for 5s', 'command-stray-text', 11],
    ['set a.b 1 2', 'command-stray-text', 11],
    ['set a.b {"c":1} 2', 'command-stray-text', 17],
    ['edit: remove a; edit: remove b', 'command-edit-inside', 17],
    ['edit: remove a; remove', 'command-incomplete', 23],
    ['set a.b {"c":}', 'unexpected-character', 14],
    ['set a.b ["c"', 'file-cut-short', 13],
    ['add-node {"__proto__":1}', 'reserved-key', 11],
  ])('%s', (text, code, column) => {
    const parsed = parseCommand(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.problems[0]).toMatchObject({ code, at: ['command', column] });
    expect(describeProblem(parsed.problems[0] as Problem).place).toBe(`command, column ${column}`);
  });

  it('has a sentence and a remedy without open holes for each of its own', () => {
    for (const text of [
      'crsh a',
      'crash',
      'crash A',
      'set a 5',
      'stall a 0s',
      'slow a x0',
      'lose a 5',
      'burst a 0',
      'add-node {}',
    ]) {
      const parsed = parseCommand(text);
      const [problem] = parsed.ok ? [] : parsed.problems;
      if (problem === undefined) throw new Error(text);
      const { sentence, remedy } = describeProblem(problem);
      expect(`${sentence} ${remedy}`).not.toMatch(/problem\.|\{(?:verb|usage|what|text|known|nearest|key)\}/);
    }
  });

  it('suggests the nearest verb', () => {
    const parsed = parseCommand('crsh worker-1');
    expect(parsed).toMatchObject({ problems: [{ values: { verb: 'crsh', nearest: 'crash' } }] });
  });
});
