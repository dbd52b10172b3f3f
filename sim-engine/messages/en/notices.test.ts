// Everything that the engine tells has a sentence, and no sentence is without its occasion.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REASONS } from '../../world/reasons.ts';
import { JOURNEY_STOPS } from '../../world/trace.ts';
import { EN } from '../en.ts';
import { NOTICE_MESSAGES } from './notices.ts';

const ENGINE = new URL('../..', import.meta.url).pathname;

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith('.ts') && !path.endsWith('.test.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

const keysUnder = (prefix: string): string[] => Object.keys(NOTICE_MESSAGES).filter((key) => key.startsWith(prefix));

describe('the sentences of a run', () => {
  it('are there for every notice that the engine gives, and for no other', () => {
    const folders = ['world', 'nodes', 'simulation', 'shell', 'parts'].map((name) => join(ENGINE, name));
    const given = folders.flatMap(sources).flatMap((text) => text.match(/'notice\.[a-z.-]+'/g) ?? []);
    const keys = [...new Set(given)].map((key) => key.slice(1, -1)).sort();
    expect(keysUnder('notice.').sort()).toEqual(keys);
  });

  it('are there for every stop of a journey and every reason', () => {
    expect(keysUnder('journey.')).toEqual(JOURNEY_STOPS.map((stop) => `journey.${stop}`));
    expect(keysUnder('reason.')).toEqual(REASONS.map((reason) => `reason.${reason}`));
  });

  it('are there for every problem that the simulation and the host report', () => {
    const texts = ['simulation', 'shell'].flatMap((name) => sources(join(ENGINE, name)));
    const codes = texts.flatMap((text) =>
      [...text.matchAll(/code(?:: | = )(?:[^,;'{}]*\? '([a-z-]+)' : )?'([a-z-]+)'/g)].flatMap(([, one, other]) => [one, other]),
    );
    const found = codes.filter((code): code is string => code?.includes('-') === true);
    expect(found.length).toBeGreaterThan(5);
    // What a check cannot read is reported by `checks/bind-check.ts`, which puts `check-` before the code.
    const isTold = (code: string): boolean => [`problem.${code}`, `problem.check-${code}`].some((key) => Object.hasOwn(EN, key));
    expect(found.filter((code) => !isTold(code))).toEqual([]);
  });

  it('come with a remedy where they are problems', () => {
    const problems = keysUnder('problem.').filter((key) => !key.endsWith('.remedy'));
    for (const key of problems) expect(Object.keys(NOTICE_MESSAGES)).toContain(`${key}.remedy`);
  });
});
