// The order of Java's hash maps, as a Java virtual machine told it of the same names.

import { describe, expect, it } from 'vitest';
import { type GroupMember, nameOf, type TopicPartition } from './assignment.ts';
import { bucketCount, inHashOrder } from './hash-order.ts';
import { Movements } from './movements.ts';

const ordered = (...ids: string[]): string =>
  inHashOrder(ids.map((id): GroupMember => ({ id, topics: [], owned: [], generation: -1 })))
    .map(({ id }) => id)
    .join(' ');
const consumers = (count: number): string[] => Array.from({ length: count }, (_, i) => `consumer-${i}`);
const at = (partition: number): TopicPartition => ({ topic: 't', partition });

describe('members in the order of a hash map', () => {
  it('are by what their ids hash to, long ones and those that hash alike too', () => {
    expect(ordered('consumer-1', 'consumer-2', 'worker-10', 'worker-2', 'a', 'q', 'Aa', 'BB', 'p')).toBe(
      'Aa BB p a q worker-2 consumer-2 worker-10 consumer-1',
    );
  });

  it('change places when there are more than three quarters of the buckets', () => {
    expect(ordered(...consumers(12))).toBe(`consumer-11 consumer-10 ${consumers(10).toReversed().join(' ')}`);
    expect(ordered(...consumers(13))).toBe(
      `consumer-11 consumer-10 ${consumers(7).slice(1).toReversed().join(' ')} consumer-12 consumer-0 consumer-9 consumer-8 consumer-7`,
    );
    expect([12, 13, 24, 25].map(bucketCount)).toEqual([16, 32, 32, 64]);
  });
});

describe('what has moved between two members', () => {
  /** Partitions that went from a to b, in this order; which of them goes back when another one is to. */
  const goesBack = (movements: Movements, ...partitions: number[]): string => {
    for (const partition of partitions) movements.note(at(partition), 'a', 'b');
    return nameOf(movements.better(at(99), 'b', 'a'));
  };

  it('goes back in the order of a hash set, not in that in which it came', () => {
    expect(goesBack(new Movements(), 1, 2)).toBe('t-2');
    expect(goesBack(new Movements(), 12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6)).toBe('t-5');
    expect(goesBack(new Movements(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)).toBe('t-13');
  });

  it('goes back only where it came the opposite way, of the same topic', () => {
    const movements = new Movements();
    movements.note(at(1), 'a', 'b');
    expect(nameOf(movements.better(at(9), 'a', 'b'))).toBe('t-9');
    expect(nameOf(movements.better(at(9), 'b', 'c'))).toBe('t-9');
    expect(nameOf(movements.better({ topic: 'u', partition: 9 }, 'b', 'a'))).toBe('u-9');
  });

  it('is known by where it began: what has come by a third member goes back to the first, and what is back is forgotten', () => {
    const movements = new Movements();
    movements.note(at(1), 'a', 'b');
    movements.note(at(1), 'b', 'c');
    expect(nameOf(movements.better(at(9), 'b', 'a'))).toBe('t-9');
    expect(nameOf(movements.better(at(9), 'c', 'a'))).toBe('t-1');
    movements.note(at(1), 'c', 'a');
    expect(nameOf(movements.better(at(9), 'c', 'a'))).toBe('t-9');
    // It moves anew: from a to d, no longer from where it began before.
    movements.note(at(1), 'a', 'd');
    movements.note(at(1), 'd', 'a');
    movements.note(at(1), 'a', 'd');
    expect(nameOf(movements.better(at(9), 'd', 'a'))).toBe('t-1');
  });
});
