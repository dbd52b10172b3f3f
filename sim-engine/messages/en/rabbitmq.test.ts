// Every text that the parts of a RabbitMQ broker name is there, and nothing is left over; in the style of all others.

import { describe, expect, it } from 'vitest';
import type { Field } from '../../nodes/fields.ts';
import type { NodeKind, WireKind } from '../../nodes/node-kind.ts';
import { ALTERNATE, BINDING, RABBITMQ_EXCHANGE } from '../../nodes/rabbitmq/exchange.declaration.ts';
import { RABBITMQ_DEAD_LETTER, RABBITMQ_QUEUE } from '../../nodes/rabbitmq/queue.declaration.ts';
import { RABBITMQ_FIELD_WORDS, RABBITMQ_KIND_WORDS, RABBITMQ_NAMES } from './rabbitmq.ts';

const PARTS: readonly NodeKind[] = [RABBITMQ_EXCHANGE, RABBITMQ_QUEUE];
const RELATIONS: readonly WireKind[] = [BINDING, ALTERNATE, RABBITMQ_DEAD_LETTER];

const ofField = (field: Field): readonly string[] => [
  field.label,
  field.help,
  ...(field.kind === 'choice' ? field.choices.map(({ label }) => label) : []),
];
const sorted = (keys: readonly string[]) => [...new Set(keys)].sort();

describe('words of the parts of a RabbitMQ broker', () => {
  it('are there for every key that a declaration names, and for no other', () => {
    const kinds = [...PARTS, ...RELATIONS];
    expect(Object.keys(RABBITMQ_NAMES).sort()).toEqual(sorted(kinds.map(({ label }) => label)));
    expect(Object.keys(RABBITMQ_KIND_WORDS).sort()).toEqual(
      sorted([
        ...PARTS.flatMap(({ about, fidelity, ports, gauges }) => [
          about,
          fidelity,
          ...ports.map(({ label }) => label),
          ...gauges.flatMap(({ label, help }) => [label, help]),
        ]),
        ...RELATIONS.map(({ about }) => about),
      ]),
    );
    expect(Object.keys(RABBITMQ_FIELD_WORDS).sort()).toEqual(
      sorted(kinds.flatMap(({ fields }) => Object.values(fields).flatMap(ofField))),
    );
  });

  it('are sentences where they explain, and short where they label', () => {
    for (const [key, text] of Object.entries({ ...RABBITMQ_NAMES, ...RABBITMQ_KIND_WORDS, ...RABBITMQ_FIELD_WORDS })) {
      expect(text, key).toMatch(/\.(help|about|fidelity)$/.test(key) ? /^[A-Z0-9].*\.$/ : /^[A-Z].{0,40}$/);
      expect(text, key).not.toMatch(/\b(simply|just|obviously)\b/i);
    }
  });
});
