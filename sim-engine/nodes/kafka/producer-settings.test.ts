// Facts about the settings of a producer, by release.

import { describe, expect, it } from 'vitest';
import { defaultOf } from './defaults.ts';
import { type ProducerSettings, producerSettings } from './producer-settings.ts';
import type { Release } from './release.ts';

const settings = (set: Readonly<Record<string, string>>, release: Release = '4.0') =>
  producerSettings(new Map(Object.entries(set)), release);

describe('a producer', () => {
  it('is idempotent unless told otherwise, with all acks and five requests in flight', () => {
    expect(settings({})).toMatchObject({
      acks: '-1',
      isIdempotent: true,
      inFlightMax: 5,
      lingerMs: 5,
      deliveryTimeoutMs: 120_000,
    });
  });

  it('with more than five in flight lost idempotence in silence in 3.9, and is refused since 4.0 (KAFKA-17927)', () => {
    const set = { 'max.in.flight.requests.per.connection': '6' };
    expect((settings(set, '3.9') as ProducerSettings).isIdempotent).toBe(false);
    for (const release of ['4.0', '4.2', '4.4'] as const) expect(settings(set, release)).toBe('idempotence-in-flight');
    expect(settings({ ...set, 'enable.idempotence': 'false' })).toMatchObject({ isIdempotent: false, inFlightMax: 6 });
  });

  it('has a delivery timeout that covers lingering and a request: a default is raised, a lower one refused', () => {
    expect(settings({ 'linger.ms': '100000' })).toMatchObject({ deliveryTimeoutMs: 130_000 });
    expect(settings({ 'delivery.timeout.ms': '30004' })).toBe('delivery-timeout');
    expect(settings({ 'delivery.timeout.ms': '30004' }, '3.9')).toMatchObject({ deliveryTimeoutMs: 30_004 });
  });

  it('knows no other acks than all, 0 and 1', () => {
    expect(settings({ acks: '2' })).toBe('acks');
    expect(settings({ acks: ' all ' })).toMatchObject({ acks: '-1' });
    expect(settings({ acks: 'ALL' })).toBe('acks');
  });
});

describe('a setting of a producer', () => {
  it('that is a number is whole and in its range: blanks around it and a plus do no harm', () => {
    expect(settings({ retries: ' +3 ' })).toMatchObject({ retries: 3 });
    for (const text of ['', 'x', '3.5', '1e3', '0x10', '-1', '2147483648']) expect(settings({ retries: text })).toBe('number');
    expect(settings({ 'max.in.flight.requests.per.connection': '0' })).toBe('number');
    for (const key of ['delivery.timeout.ms', 'request.timeout.ms', 'linger.ms'])
      expect(settings({ [key]: '-1' })).toBe('number');
    expect(settings({ 'request.timeout.ms': '2147483648' })).toBe('number');
  });

  it('may have 64 bits where it says for how long to linger, and counts as 32', () => {
    const longest = { 'linger.ms': '9223372036854775807', 'request.timeout.ms': '0' };
    expect(settings(longest)).toMatchObject({ lingerMs: 2147483647, deliveryTimeoutMs: 2147483647 });
    expect(settings({ 'linger.ms': '9223372036854775808' })).toBe('number');
    expect(settings({ 'linger.ms': 'soon' })).toBe('number');
  });

  it('that is a switch is true or false, in letters of any size', () => {
    expect(settings({ 'enable.idempotence': ' TRUE ' })).toMatchObject({ isIdempotent: true });
    expect(settings({ 'enable.idempotence': 'False' })).toMatchObject({ isIdempotent: false });
    for (const text of ['', 'yes', '1']) expect(settings({ 'enable.idempotence': text })).toBe('switch');
  });

  it('that names a transaction is not empty', () => {
    expect(settings({ 'transactional.id': ' ' })).toBe('transactional-id');
  });
});

describe('a default', () => {
  it('is that of the release: batches linger since 4.0 (KIP-1030)', () => {
    expect(['3.9', '4.0', '4.4'].map((release) => defaultOf('producer', 'linger.ms', release as Release))).toEqual([0, 5, 5]);
  });

  it('of what a client does when no broker is left that it knows changed with 4.0 (KIP-1102), like the threads that recover (KIP-1030)', () => {
    const of = (scope: string, key: string) => (['3.9', '4.0'] as const).map((release) => defaultOf(scope, key, release));
    expect(of('consumer', 'metadata.recovery.strategy')).toEqual(['none', 'rebootstrap']);
    expect(of('broker', 'num.recovery.threads.per.data.dir')).toEqual([1, 2]);
  });

  it('does not exist for a setting nobody knows, whatever objects are made of', () => {
    expect(defaultOf('producer', 'toString', '4.0')).toBeUndefined();
    expect(defaultOf('constructor', 'name', '4.0')).toBeUndefined();
  });
});
