// Parameters from the document's form to the engine's.

import { describe, expect, it } from 'vitest';
import { NODE_KINDS, WIRE_KINDS } from '../nodes/declarations.ts';
import type { Field, Fields, Value } from '../nodes/fields.ts';
import type { Problem } from './document.ts';
import { RESERVED_KEYS } from './limits.ts';
import { defaultParams, parseParam, parseParams } from './params.ts';
import { KINDS } from './registry.ts';

const LABELS = { label: 'x.label', help: 'x.help', live: true };
const read = (field: Field, raw: unknown): Value | undefined => {
  const parsed = parseParam(field, raw, ['nodes', 'n', 'params', 'f']);
  return parsed.ok ? parsed.value : undefined;
};
const fieldsOf = (type: string): Fields => KINDS.nodeKinds.get(type)?.fields ?? {};
const allFields = [...NODE_KINDS.map((kind) => kind.fields), ...WIRE_KINDS.map((kind) => KINDS.wireFields.get(kind.type) ?? {})];

describe('a choice', () => {
  it('may be written as a number where one of its words is that number, as versions are', () => {
    const version = fieldsOf('rabbitmq').version as Field;
    expect([4.3, 4.0, 3.1, '4.0'].map((raw) => read(version, raw))).toEqual(['4.3', '4.0', '3.10', '4.0']);
    expect(read(version, 4.1)).toBeUndefined();
    expect(read(fieldsOf('rabbitmq-queue').type as Field, 0)).toBeUndefined();
  });
});

describe('parameters', () => {
  it('have a sound default in every declaration, and no name that means something to JavaScript', () => {
    for (const fields of allFields) {
      const params = defaultParams(fields);
      expect(Object.keys(params)).toEqual(Object.keys(fields));
      for (const name of Object.keys(fields)) expect(RESERVED_KEYS.has(name)).toBe(false);
    }
  });

  it('hide behind fields that exist, at values that exist', () => {
    for (const fields of allFields) {
      for (const { when } of Object.values(fields)) {
        if (when === undefined) continue;
        const other = fields[when.field];
        expect(other?.kind).toBe('choice');
        const choices = other?.kind === 'choice' ? other.choices.map((choice) => choice.value) : [];
        expect(choices).toEqual(expect.arrayContaining([...when.is]));
      }
    }
  });

  it('are all there, with defaults for what is left out', () => {
    const problems: Problem[] = [];
    const fields = fieldsOf('queue');
    const params = parseParams(fields, { ackDeadline: '5s', capacity: 10 }, ['nodes', 'q', 'params'], problems);
    expect(problems).toEqual([]);
    expect(Object.keys(params).sort()).toEqual(Object.keys(fields).sort());
    expect(params).toMatchObject({
      ackDeadline: 5_000_000_000,
      maxAttempts: 0,
      capacity: 10,
      overflow: 'refuse',
      expiry: 'never',
      timeToLive: { law: 'constant', value: 10_000_000_000 },
      returnTo: 'back',
      durable: true,
    });
  });

  it('have their default where they are wrong, so that the search goes on', () => {
    const problems: Problem[] = [];
    const raw = { ackDeadline: 5, capacity: -1, overflow: 'block' };
    const params = parseParams(fieldsOf('queue'), raw, ['nodes', 'q', 'params'], problems);
    expect(problems.map(({ code, at }) => [code, at])).toEqual([
      ['duration-without-unit', ['nodes', 'q', 'params', 'ackDeadline']],
      ['out-of-range', ['nodes', 'q', 'params', 'capacity']],
    ]);
    expect(params).toMatchObject({ ackDeadline: 30_000_000_000, capacity: 0, overflow: 'block' });
  });

  it('of undefined are the default, as when a command takes a value back', () => {
    expect(read(fieldsOf('queue').ackDeadline as Field, undefined)).toBe(30_000_000_000);
  });

  it('are never -0, which a digest could tell from 0', () => {
    expect(Object.is(read(fieldsOf('queue').capacity as Field, -0), 0)).toBe(true);
  });
});

describe('each kind of field', () => {
  const rate: Field = { kind: 'rate', ...LABELS, min: 0, max: 100, default: 1 };
  const text: Field = { kind: 'text', ...LABELS, maxLength: 5, default: '' };
  const bytes: Field = { kind: 'bytes', ...LABELS, unit: 'bytes', min: 0, max: 1e6, default: 0 };
  const ofBytes: Field = { kind: 'distribution', of: 'bytes', ...LABELS, max: 1e6, default: { law: 'constant', value: 5 } };

  it('reads what it is for', () => {
    expect(read(rate, 2.5)).toBe(2.5);
    expect(read(text, 'abc')).toBe('abc');
    expect(read(text, 'abcdef')).toBeUndefined();
    expect(read(text, 5)).toBeUndefined();
    expect([read(bytes, 1500), read(bytes, '10KB'), read(bytes, '2MB'), read(bytes, 0.5)]).toEqual([
      1500,
      10_000,
      undefined,
      undefined,
    ]);
    expect(read(ofBytes, { law: 'uniform', low: 10, high: '1KB' })).toEqual({ law: 'uniform', low: 10, high: 1000 });
  });

  it('reads every law with its lengths in nanoseconds', () => {
    const work = fieldsOf('service').work as Field;
    expect(
      [
        { law: 'constant', value: '1ms' },
        { law: 'uniform', low: '1ms', high: '1ms' },
        { law: 'exponential', mean: '1ms' },
        { law: 'erlang', shape: 3, mean: '1ms' },
        { law: 'hyperexponential', share: 0.5, mean1: '1ms', mean2: '2ms' },
        { law: 'two-point', share: 0.5, value1: '1ms', value2: '2ms' },
        { law: 'normal', mean: '1ms', deviation: '2ms' },
        { law: 'log-normal', mean: '1ms', scv: 2 },
        { law: 'geometric', share: 0.5, unit: '1ms' },
      ].map((law) => read(work, law)),
    ).toEqual([
      { law: 'constant', value: 1e6 },
      { law: 'uniform', low: 1e6, high: 1e6 },
      { law: 'exponential', mean: 1e6 },
      { law: 'erlang', shape: 3, mean: 1e6 },
      { law: 'hyperexponential', share: 0.5, mean1: 1e6, mean2: 2e6 },
      { law: 'two-point', share: 0.5, value1: 1e6, value2: 2e6 },
      { law: 'normal', mean: 1e6, deviation: 2e6 },
      { law: 'log-normal', mean: 1e6, scv: 2 },
      { law: 'geometric', share: 0.5, unit: 1e6 },
    ]);
  });

  it('reads a table: values by name in their order, whole numbers apart from doubles', () => {
    const field: Field = { kind: 'table', label: 'l', help: 'h', live: true, maxCount: 3, default: {} };
    const read = (raw: unknown) => parseParam(field, raw, []);
    const raw = { 'x-match': 'any', none: null, of: [1, 1.5, { double: 1 }, { double: 'x' }] };
    expect(read(raw)).toEqual({
      ok: true,
      value: [
        { name: 'x-match', value: 'any' },
        { name: 'none', value: null },
        { name: 'of', value: [1, 1.5, { double: 1 }, { table: [{ name: 'double', value: 'x' }] }] },
      ],
    });
    expect(read(undefined)).toEqual({ ok: true, value: [] });
    const codes = (value: unknown) => {
      const result = read(value);
      return result.ok ? [] : result.problems.map(({ code }) => code);
    };
    expect(codes(['x'])).toEqual(['not-an-object']);
    expect(codes({ a: 1, b: 2, c: 3, d: 4 })).toEqual(['list-too-long']);
    expect(codes({ ['n'.repeat(256)]: 1 })).toEqual(['text-too-long']);
  });

  it('reads curves, times, weights and steps', () => {
    const sender = fieldsOf('sender');
    expect(
      read(sender.dayCurve as Field, [
        ['0s', 5],
        ['1s', 6.5],
      ]),
    ).toEqual([
      [0, 5],
      [1e9, 6.5],
    ]);
    expect(read(sender.times as Field, ['2s', '1s', '1s'])).toEqual([1e9, 1e9, 2e9]);
    expect(read(sender.types as Field, [{ name: 'constructor', weight: 0.5 }])).toEqual([{ name: 'constructor', weight: 0.5 }]);
    expect(
      read(fieldsOf('service').steps as Field, ['receive', { do: 'sleep', takes: { law: 'constant', value: '2s' } }]),
    ).toEqual([
      { do: 'receive', params: {} },
      { do: 'sleep', params: { takes: { law: 'constant', value: 2e9 } } },
    ]);
  });
});
