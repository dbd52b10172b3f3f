import { expect, it } from 'vitest';
import { groupTags } from './group-tags.ts';

const group = (id: string, name?: string) => ({ id, kind: 'kafka-group', ...(name === undefined ? {} : { name }) });

it('each group has a letter of its own, that of its name if it can be', () => {
  const tags = groupTags([group('g1', 'Billing'), group('g2', 'balance'), { id: 't', kind: 'kafka-topic' }, group('42')]);
  expect([...tags]).toEqual([
    ['g1', 'b'],
    ['g2', 'a'],
    ['42', '4'],
  ]);
});
