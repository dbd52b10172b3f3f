import { describe, expect, test } from 'vitest';
import { fieldsOfWire, NODE_KINDS, nodeKind, WIRE_KINDS } from '../../sim-engine/nodes/declarations.ts';
import type { Field } from '../../sim-engine/nodes/fields.ts';
import { factsOf, isDefault } from './facts.ts';

const field = (kind: string, name: string) => nodeKind(kind)?.fields[name] as Field;

describe('what is declared of a field, in a line', () => {
  test.each([
    ['sender', 'rate', 'From 0 to 10,000,000 /s; 10 /s if left alone.'],
    ['sender', 'poison', 'From 0 to 100 %; 0 % if left alone.'],
    ['service', 'concurrency', 'From 1 to 10,000; 1 if left alone.'],
    ['service', 'work', 'Exponential, 100 ms if left alone.'],
    ['queue', 'ackDeadline', 'From 0 s to 1000 h; 30 s if left alone.'],
    ['queue', 'overflow', 'Refuse the new one if left alone.'],
    ['queue', 'durable', 'On if left alone.'],
  ])('of %s: %s', (kind, name, words) => {
    expect(factsOf(field(kind, name))).toBe(words);
  });

  test('is there for every field, or nothing is, and never a hole or a key', () => {
    const all = [...NODE_KINDS.map(({ fields }) => fields), ...WIRE_KINDS.map(({ type }) => fieldsOfWire(type))];
    for (const [name, each] of all.flatMap((fields) => Object.entries(fields))) {
      expect(factsOf(each), name).not.toMatch(/[{}]|undefined|NaN|inspector\./);
      expect(isDefault(each, each.default), name).toBe(true);
    }
  });
});
