import { describe, expect, it } from 'vitest';
import { EN } from './en.ts';
import { text } from './text.ts';

// Every source file of the page, as text.
const sources = Object.entries(
  import.meta.glob('../**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true }) as Record<string, string>,
).filter(([path]) => !path.endsWith('.test.ts') && path !== './en.ts');
const allSources = sources.map(([, source]) => source).join('\n');
/** Beginnings that are completed by a declared word, as in `transport.step.${unit}`. */
const beginnings = [...allSources.matchAll(/`([a-z.-]+\.)\$\{/g)].map((match) => match[1] as string);

describe('the words of the page', () => {
  it('are all used', () => {
    expect(sources.length).toBeGreaterThan(30);
    const unused = Object.keys(EN).filter(
      (key) => !allSources.includes(`'${key}'`) && !beginnings.some((beginning) => key.startsWith(beginning)),
    );
    expect(unused).toEqual([]);
  });

  it('have their holes filled, and leave those open that nobody fills', () => {
    expect(text('ledger.off-by', { difference: -3 })).toBe('off by -3');
    expect(text('ledger.off-by')).toBe('off by {difference}');
  });
});
