// The name that was probably meant.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween, nearest } from './suggest.ts';

/** The same distance by the definition: the cheapest of the four changes at the end, tried without memory. */
function slowChanges(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const replaced = slowChanges(a.slice(0, -1), b.slice(0, -1)) + (a.at(-1) === b.at(-1) ? 0 : 1);
  const removed = slowChanges(a.slice(0, -1), b) + 1;
  const inserted = slowChanges(a, b.slice(0, -1)) + 1;
  const isSwap = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  const swapped = isSwap ? slowChanges(a.slice(0, -2), b.slice(0, -2)) + 1 : replaced;
  return Math.min(replaced, removed, inserted, swapped);
}

describe('suggestions', () => {
  it('count changes as the slow definition does', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(changesBetween(a, b)).toBe(slowChanges(a, b));
      }),
    );
  });

  it('find a name with one slip in it', () => {
    const known = ['ackDeadline', 'maxAttempts', 'capacity', 'overflow', 'returnTo', 'durable'];
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(), (name, at) => {
        const i = at % name.length;
        expect(nearest(name.slice(0, i) + name.slice(i + 1), known)).toBe(name);
        expect(nearest(`${name.slice(0, i)}x${name.slice(i)}`, known)).toBe(name);
      }),
    );
  });

  it('mind neither capitals nor neighbours that changed places', () => {
    expect(nearest('QUEUE', ['topic', 'queue'])).toBe('queue');
    expect(nearest('quuee', ['topic', 'queue'])).toBe('queue');
  });

  it('go to the first of two that are equally near', () => {
    expect(nearest('retryXxx', ['retryCap', 'retryBas'])).toBe('retryCap');
    expect(nearest('retryXxx', ['retryBas', 'retryCap'])).toBe('retryBas');
  });

  it('stay silent where nothing is near, and at names of absurd length', () => {
    expect(nearest('elephant', ['topic', 'queue'])).toBeUndefined();
    expect(nearest('queue'.repeat(400), ['topic', 'queue'])).toBeUndefined();
    expect(nearest('queue', [])).toBeUndefined();
  });
});
