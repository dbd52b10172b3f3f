import { describe, expect, it } from 'vitest';
import { text } from '../messages/asked.ts';
import { isKey, KEYS, type KeyName, setSingleKeys } from '../store/keys.ts';
import { capsOf, keyGroups } from './key-rows.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}): KeyboardEvent =>
  ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held }) as KeyboardEvent;
const means = (event: KeyboardEvent): string[] => (Object.keys(KEYS) as KeyName[]).filter((name) => isKey(event, name));

describe('a key', () => {
  it('means one thing, whether Caps Lock is on or not', () => {
    expect(means(press(' '))).toEqual(['run']);
    expect(means(press('c'))).toEqual(['connect']);
    expect(means(press('C'))).toEqual(['connect']);
    expect(means(press('C', { shiftKey: true }))).toEqual(['connectFrom']);
    expect(means(press('z', { ctrlKey: true }))).toEqual(['undo']);
    expect(means(press('Z', { metaKey: true, shiftKey: true }))).toEqual(['redo']);
    expect(means(press('c', { ctrlKey: true }))).toEqual([]);
    expect(means(press('?', { shiftKey: true }))).toEqual(['keys']);
    expect(means(press('f', { altKey: true }))).toEqual([]);
  });

  it('of one character does nothing once those are off; others go on', () => {
    setSingleKeys(false);
    for (const key of [' ', '.', '?', 'a', 'c', 'C', 'f', 'o']) expect(means(press(key, { shiftKey: key === 'C' }))).toEqual([]);
    expect(means(press('F2'))).toEqual(['rename']);
    expect(means(press('d', { ctrlKey: true }))).toEqual(['duplicate']);
    setSingleKeys(true);
    expect(means(press('o'))).toEqual(['outline']);
  });
});

/** Sources of the page by their path, tests left out. */
const SOURCES = Object.entries(
  import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*'], { query: '?raw', import: 'default', eager: true }),
);

describe('the list of keys', () => {
  it('has every key of the table once', () => {
    const rows = keyGroups().flatMap((group) => group.rows);
    for (const name of Object.keys(KEYS) as KeyName[])
      expect(rows.filter(({ keys }) => keys.join() === capsOf(name).join())).toHaveLength(1);
    expect(new Set(rows.map(({ words }) => words)).size).toBe(rows.length);
  });

  it('cannot go stale: what listens to the whole page asks the table, and for every key of it somebody does', () => {
    const listeners = SOURCES.filter(([, source]) => /window\.addEventListener\('keydown'/.test(source));
    const outside = listeners.filter(([, source]) => !source.includes('isKey(')).map(([name]) => name);
    // A wire that is being drawn is given up with Escape, which is in the list by hand.
    expect(outside.filter((name) => name !== '../canvas/Aim.tsx')).toEqual([]);
    for (const [name, source] of listeners)
      if (name !== '../canvas/Aim.tsx') expect(source, name).not.toMatch(/event\.key(?:\.toLowerCase\(\))? [!=]==? '[^E]/);
    const asked = listeners.flatMap(([, source]) => [...source.matchAll(/isKey\(event, '(\w+)'\)/g)].map(([, name]) => name));
    expect(new Set(asked)).toEqual(new Set(Object.keys(KEYS)));
  });

  it('says the same as the menus', () => {
    const inMenu = {
      connect: 'key.connect',
      connectFrom: 'key.connect-from',
      rename: 'key.rename',
      duplicate: 'key.duplicate',
    } as const;
    for (const [name, key] of Object.entries(inMenu)) expect(text(key)).toBe(capsOf(name as KeyName).join(' '));
    expect([text('key.outline'), text('faults.key')]).toEqual([capsOf('outline').join(), capsOf('faults').join()]);
  });
});
