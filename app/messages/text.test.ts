import { describe, expect, it } from 'vitest';
import { EN } from './en.ts';
import { EN as ASKED } from './en-asked.ts';
import { text } from './text.ts';

describe('the words of the page', () => {
  it('have their holes filled, and leave those open that nobody fills', () => {
    expect(text('ledger.off-by', { difference: -3 })).toBe('off by -3');
    expect(text('ledger.off-by')).toBe('off by {difference}');
  });

  it('are sentences and labels, none of them empty', () => {
    for (const words of [...Object.values(EN), ...Object.values(ASKED)]) expect(words.trim()).not.toBe('');
  });
});
