// Laws of the command words: whatever a command says, its text says the same, and no text at all makes the parser throw.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCommand, printCommand } from './command-text.ts';
import type { Command } from './commands.ts';

const ids = fc.stringMatching(/^[a-z0-9-]{1,40}$/);
const fields = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,19}$/);
const times = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const shares = fc.double({ min: 0, max: 1, noNaN: true }).filter((share) => !Object.is(share, -0));
const factors = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true });
const counts = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

/** JSON as a document may hold it: `readJson` refuses names that mean something to JavaScript, and -0 is 0 in JSON. */
const json = fc
  .jsonValue({ maxDepth: 4 })
  .filter(
    (value) =>
      !/"(?:__\w+__|constructor|prototype|toString|toLocaleString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable)":/.test(
        JSON.stringify(value),
      ),
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const lasting = { forNs: times };
const simple: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('crash' as const), node: ids, ...lasting }, { requiredKeys: ['type', 'node'] }),
  fc.record({ type: fc.constant('restart' as const), node: ids }),
  fc.record(
    { type: fc.constant('slow' as const), node: ids, factor: factors, ...lasting },
    { requiredKeys: ['type', 'node', 'factor'] },
  ),
  fc.record({ type: fc.constant('stall' as const), node: ids, forNs: times }),
  fc.record({ type: fc.constant('cut' as const), wire: ids, ...lasting }, { requiredKeys: ['type', 'wire'] }),
  fc.record({ type: fc.constant('heal' as const), wire: ids }),
  fc.record(
    { type: fc.constant('delay' as const), wire: ids, extraNs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), ...lasting },
    { requiredKeys: ['type', 'wire', 'extraNs'] },
  ),
  fc.record({ type: fc.constant('lose' as const), wire: ids, share: shares, ...lasting }, { requiredKeys: ['type', 'wire'] }),
  fc.record({ type: fc.constant('poison' as const), node: ids, share: shares, ...lasting }, { requiredKeys: ['type', 'node'] }),
  fc.record(
    { type: fc.constant('burst' as const), node: ids, count: counts, overNs: times },
    { requiredKeys: ['type', 'node', 'count'] },
  ),
  fc.record({ type: fc.constant('redrive' as const), node: ids, count: counts }, { requiredKeys: ['type', 'node'] }),
  fc.record({ type: fc.constant('redrive' as const), node: ids, message: fc.record({ sender: ids, number: counts }) }),
  fc.record({
    type: fc.constant('setParam' as const),
    target: ids,
    field: fields,
    value: fc.oneof(
      json,
      fc.string(),
      fc.constant(undefined),
      fc.constantFrom('default', '5%', '1.5s', 'null', '-', 'a;b', 'µs'),
    ),
  }),
  fc.record({ type: fc.constant('removeNode' as const), node: ids }),
  fc.record({ type: fc.constant('removeWire' as const), wire: ids }),
  fc.record({
    type: fc.constant('addNode' as const),
    node: fc.record(
      { id: ids, kind: fc.string(), comment: fc.string(), params: fc.constant({ a: [1, '; }'] }) },
      { requiredKeys: ['id', 'kind'] },
    ),
  }),
  fc.record({
    type: fc.constant('addWire' as const),
    wire: fc.record({ id: ids, kind: fc.string(), from: fc.string(), to: fc.string() }),
  }),
);
const commands: fc.Arbitrary<Command> = fc.oneof(
  simple,
  fc.record({ type: fc.constant('edit' as const), edits: fc.array(simple, { maxLength: 4 }) }),
);

it('a command read from its own text is the same command', () => {
  fc.assert(
    fc.property(commands, (command) => {
      const parsed = parseCommand(printCommand(command));
      expect(parsed).toEqual({ ok: true, value: command });
    }),
    { numRuns: 1000 },
  );
});

it('no text makes the parser throw, and what it accepts has one spelling', () => {
  const pieces = fc.constantFrom(
    'crash',
    'set',
    'a',
    'a.b',
    'for',
    '5s',
    '5%',
    'x3',
    '{',
    '}',
    '"',
    '[1]',
    ';',
    'edit:',
    'normal',
    '1e9',
    ' ',
    'add-node',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(pieces, { maxLength: 12 }).map((found) => found.join(' ')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseCommand(text);
      if (parsed.ok) expect(parseCommand(printCommand(parsed.value))).toEqual(parsed);
      else expect(parsed.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
