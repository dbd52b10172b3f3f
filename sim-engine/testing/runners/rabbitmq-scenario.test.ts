// The recorded scripts of RabbitMQ: that every outcome holds for its version, that a copy of the broker's state is the whole of it, and
// that a wrong record is seen.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clonePlain, isSamePlain } from '../../kernel/plain-state.ts';
import type { VectorCase } from './format.ts';
import { RABBITMQ_SCENARIO_FORMAT, ScriptClient, type Step } from './rabbitmq-scenario.ts';
import { replay } from './registry.ts';

const VECTORS = 'sim-engine/testing/vectors/rabbitmq';
const FILES = [
  'confirms',
  'consumers',
  'deadletter',
  'dispatch',
  'fuzz',
  'lifecycle',
  'maxlen',
  'priority',
  'quorum',
  'requeue',
  'restart',
  'rpc',
  'ttl',
];

const casesOf = (file: string) =>
  (JSON.parse(readFileSync(`${VECTORS}/${file}.json`, 'utf8')) as { readonly cases: readonly VectorCase[] }).cases;

describe('what RabbitMQ 4.3.6 was seen to do', () => {
  it.each(FILES)('agrees in every case of %s, and in every outcome of 4.0.5 and 3.10.8', (file) => {
    const { passed, failed, faults, versions } = replay(`${VECTORS}/${file}.json`);
    expect([passed, failed, faults]).toEqual([casesOf(file).length, 0, []]);
    const differing = casesOf(file).flatMap((one) => Object.keys(one.differs ?? {}));
    expect(versions ?? { passed: 0, failed: 0 }).toEqual({ passed: differing.length, failed: 0 });
  });

  it.each(FILES)('goes on the same in %s after every step from a copy of the state', (file) => {
    for (const { name, input, expected } of casesOf(file)) {
      const client = new ScriptClient('4.3');
      const observed = (input.steps as readonly Step[]).map((step) => {
        client.broker.state = clonePlain(client.broker.state);
        return client.run(step);
      });
      expect([name, isSamePlain(observed, expected)]).toEqual([name, true]);
    }
  });

  it('is not met by one tag, one flag or one message too few', () => {
    const one = casesOf('requeue').find(
      ({ name }) => name === '[classic] new publishes stay behind requeued messages',
    ) as VectorCase;
    expect(RABBITMQ_SCENARIO_FORMAT.judge(one).faults).toEqual([]);
    const recorded = one.expected as unknown as Record<string, { messages: object[] }>[];
    const planted = (change: (messages: object[]) => void) => {
      const steps = structuredClone(recorded);
      change((steps.at(-1) as { result: { messages: object[] } }).result.messages);
      return RABBITMQ_SCENARIO_FORMAT.judge({ ...one, expected: steps as unknown as Record<string, unknown> }).faults.length;
    };
    expect(planted(() => undefined)).toBe(0);
    expect(planted((messages) => messages.pop())).toBe(1);
    expect(planted((messages) => messages.reverse())).toBe(1);
    expect(planted((messages) => Object.assign(messages[0] as object, { redelivered: false }))).toBe(1);
  });
});
