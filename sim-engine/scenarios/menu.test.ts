// Every scenario of the menu does what its file says, from beginning to end.

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Lesson } from '../testing/lesson.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

describe('a scenario of the menu', () => {
  it.each(names)('%s keeps what its file expects of it', (name) => {
    const scenario = new Lesson(name, '');
    expect(scenario.document.expect?.length).toBeGreaterThan(1);
    expect(scenario.unmet()).toEqual([]);
  });

  it('has a title of its own', () => {
    const titles = names.map((name) => new Lesson(name, '').document.title);
    expect(new Set(titles).size).toBe(names.length);
  });
});

describe('An outage that stays, and its cures', () => {
  const scenario = new Lesson('outage-and-its-cures', '');
  const CALLERS = ['callers-plain', 'callers-newest', 'callers-shed', 'callers-budget'];

  it.each(scenario.seeds.slice(1))('is the same on seed %i', (seed) => {
    expect(scenario.unmet(seed)).toEqual([]);
  });

  it('stays for all four if nobody does anything', () => {
    const run = scenario.begin({
      isCalm: true,
      at: CALLERS.map((name) => ['20s', `slow ${name.replace('callers', 'server')} x4 for 10s`] as const),
    });
    run.to('45s');
    for (const name of CALLERS) expect(run.read('answered', name), name).toBeGreaterThan(600);
    const then = CALLERS.map((name) => run.read('answered', name));
    run.to('300s');
    // Less than one in a thousand of the questions of four minutes.
    for (const [ix, name] of CALLERS.entries()) expect(run.read('answered', name) - (then[ix] as number), name).toBeLessThan(9);
  });

  it('does not come without its cause', () => {
    const run = scenario.begin({ isCalm: true }).to('120s');
    for (const name of CALLERS) expect(run.read('answered', name), name).toBeGreaterThan(0.9 * 35 * 118);
  });
});
