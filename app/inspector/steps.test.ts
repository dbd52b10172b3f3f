import { describe, expect, it } from 'vitest';
import { added, moved, placeForNew, removed, withValue } from './steps.ts';

const LIST = { steps: ['receive', 'check', 'charge', 'mark', 'acknowledge'], crashAfter: 3 };

describe('a list of steps', () => {
  it('takes a new step before the receipt that ends it, and else at its end', () => {
    expect(placeForNew(LIST.steps)).toBe(4);
    expect(placeForNew(['receive', 'acknowledge', 'work'])).toBe(3);
    expect(placeForNew(['receive'])).toBe(1);
  });

  it('keeps the crash after the step that it came after', () => {
    // After the charge.
    expect(added(LIST, 1, 'sleep')).toEqual({
      steps: ['receive', 'sleep', 'check', 'charge', 'mark', 'acknowledge'],
      crashAfter: 4,
    });
    expect(added(LIST, 3, 'sleep').crashAfter).toBe(3);
    expect(removed(LIST, 1)).toEqual({ steps: ['receive', 'charge', 'mark', 'acknowledge'], crashAfter: 2 });
    expect(removed(LIST, 3).crashAfter).toBe(3);
    expect(moved(LIST, 1, 3)).toEqual({ steps: ['receive', 'charge', 'mark', 'check', 'acknowledge'], crashAfter: 2 });
    expect(moved(LIST, 3, 1)).toEqual({ steps: ['receive', 'mark', 'check', 'charge', 'acknowledge'], crashAfter: 4 });
  });

  it('has no crash where none was', () => {
    const calm = { ...LIST, crashAfter: 0 };
    expect(moved(calm, 1, 3).crashAfter).toBe(0);
    expect(removed(calm, 1).crashAfter).toBe(0);
    expect(added(calm, 1, 'sleep').crashAfter).toBe(0);
  });

  it('never has its crash behind its end', () => {
    expect(removed({ ...LIST, crashAfter: 5 }, 4)).toEqual({ steps: ['receive', 'check', 'charge', 'mark'], crashAfter: 4 });
  });

  it('keeps its first step first', () => {
    expect(removed(LIST, 0)).toBe(LIST);
    expect(moved(LIST, 0, 2)).toBe(LIST);
    expect(moved(LIST, 1, 0)).toBe(LIST);
    expect(moved(LIST, 2, 0).steps).toEqual(['receive', 'charge', 'check', 'mark', 'acknowledge']);
    expect(moved(LIST, 2, 9).steps.at(-1)).toBe('charge');
  });

  it('writes a step with all defaults as its bare word', () => {
    const slow = withValue('sleep', 'takes', { law: 'constant', value: '2s' });
    expect(slow).toEqual({ do: 'sleep', takes: { law: 'constant', value: '2s' } });
    expect(withValue(slow, 'takes', undefined)).toBe('sleep');
    expect(withValue({ do: 'charge', fails: 0.1, once: true }, 'fails', undefined)).toEqual({ do: 'charge', once: true });
  });
});
