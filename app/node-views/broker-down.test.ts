import { expect, test } from 'vitest';
import { downOf, withDown } from './broker-down.ts';

test('nodes that are down are read as the broker reads them', () => {
  expect([...downOf('3, 1', 3)]).toEqual([3, 1]);
  expect([...downOf('', 3)]).toEqual([]);
  expect([...downOf('4,x,2.5,0,2', 3)]).toEqual([2]);
});

test('a node is killed and started without a change of the others', () => {
  expect(withDown(downOf('3', 3), 1, true)).toBe('1,3');
  expect(withDown(downOf('1,3', 3), 3, false)).toBe('1');
  expect(withDown(downOf('1', 3), 1, true)).toBe('1');
  expect(withDown(downOf('1', 3), 1, false)).toBe('');
});
