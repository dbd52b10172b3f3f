import { expect, test } from 'vitest';
import { byRemedy } from './remarks.ts';

test('remarks about which the same is to be done stand together, all of them, in the order in which they come up first', () => {
  const remark = (place: string, remedy: string) => ({ place, sentence: `Left out: ${place}.`, remedy });
  const all = [remark('a', 'Draw it.'), remark('b', 'Nothing to do.'), remark('c', 'Draw it.')];
  expect(byRemedy(all)).toEqual([
    { remedy: 'Draw it.', lines: [all[0], all[2]] },
    { remedy: 'Nothing to do.', lines: [all[1]] },
  ]);
  expect(byRemedy([])).toEqual([]);
});
