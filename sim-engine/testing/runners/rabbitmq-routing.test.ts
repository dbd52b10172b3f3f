// The runners of RabbitMQ's routing: that every recorded outcome holds for its version, and that a wrong one is seen.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { VectorCase, VectorFormat } from './format.ts';
import { RABBITMQ_ROUTING_FORMATS } from './rabbitmq-routing.ts';
import { replay } from './registry.ts';

const VECTORS = 'sim-engine/testing/vectors/rabbitmq';
const FILES = ['topic', 'headers', 'routing', 'suite-topic', 'consistent-hash'];

const formatOf = (key: string) => RABBITMQ_ROUTING_FORMATS.find((format) => format.key === key) as VectorFormat;
const casesOf = (file: string) =>
  (JSON.parse(readFileSync(`${VECTORS}/${file}.json`, 'utf8')) as { readonly cases: readonly VectorCase[] }).cases;
const named = (file: string, name: string) => casesOf(file).find((one) => one.name === name) as VectorCase;

describe('what RabbitMQ 4.3.6 was seen to route', () => {
  it.each(FILES)('agrees in every case of %s, and in every outcome of 4.0.5 and 3.10.8', (file) => {
    const { passed, failed, faults, versions } = replay(`${VECTORS}/${file}.json`);
    expect([passed, failed, faults]).toEqual([casesOf(file).length, 0, []]);
    const differing = casesOf(file).flatMap((one) => Object.keys(one.differs ?? {}));
    expect(versions ?? { passed: 0, failed: 0 }).toEqual({ passed: differing.length, failed: 0 });
  });

  it('was different on older servers: the new outcome is none of theirs', () => {
    const one = casesOf('topic').find(({ differs }) => differs !== undefined) as VectorCase;
    expect(formatOf('topic').judge(one).faults).toEqual([]);
    expect(formatOf('topic').judgeVersion?.(one, '3.10.8').faults).toEqual(['{"match":true}, recorded {"error":406}']);
  });

  it('is not met by one queue too few, another code or one key in another bucket', () => {
    const routed = named('routing', 'CC adds routing keys');
    const [first, ...others] = routed.expected.publishes as readonly unknown[];
    const fewer = { ...routed, expected: { publishes: [{ ...(first as object), queues: ['a', 'b'] }, ...others] } };
    expect(formatOf('routing').judge(fewer).faults).toHaveLength(1);

    const refused = named('routing', 'default exchange cannot be bound');
    const [error] = refused.expected.errors as readonly object[];
    const otherCode = { ...refused, expected: { ...refused.expected, errors: [{ ...error, code: 406 }] } };
    expect(formatOf('routing').judge(otherCode).faults).toHaveLength(1);

    const shares = named('consistent-hash', 'weights 10 and 30');
    const keys = [...(shares.expected.first as readonly string[])];
    keys[7] = 'q1';
    const moved = formatOf('consistent-hash').judge({ ...shares, expected: { ...shares.expected, first: keys } });
    expect(moved.faults).toHaveLength(1);
  });
});
