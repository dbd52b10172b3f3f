// The content of packets: handed over once, copied with the world, and gone with a packet that is lost.

import { describe, expect, it } from 'vitest';
import { BareWorld } from '../testing/bare-world.ts';
import { CALL } from './links.ts';
import { REQUEST } from './packet-types.ts';

describe('the content of a packet', () => {
  it('is taken once, by its number', () => {
    const { payloads } = new BareWorld().world;
    const number = payloads.put({ partitions: [1, 2] });
    expect(payloads.take(number)).toEqual({ partitions: [1, 2] });
    expect([payloads.take(number), payloads.live]).toEqual([undefined, 0]);
  });

  it('is not shared by the two of a doubled packet', () => {
    const { payloads } = new BareWorld().world;
    const first = payloads.put({ partitions: [1] });
    const second = payloads.copy(first);
    (payloads.take(first) as { partitions: number[] }).partitions.push(9);
    expect(payloads.take(second)).toEqual({ partitions: [1] });
  });

  it('is gone with a packet that the network loses, and doubled with one that it doubles', () => {
    const bare = new BareWorld();
    const { world } = bare;
    const [a, b] = [bare.actor('a'), bare.actor('b')];
    const lossy = bare.link(a, b, CALL, { loss: 1 });
    const doubling = bare.link(a, b, CALL, { duplication: 1, delayNs: 5 });
    bare.at(0, () => world.send(lossy, REQUEST, world.payloads.put('x'), 1, 1));
    bare.at(0, () => world.send(doubling, REQUEST, world.payloads.put('y'), 1, 2));
    bare.to(3);
    expect(world.payloads.live).toBe(2);
    bare.to(10);
    expect(bare.tags).toEqual([2, 2]);
  });

  it('comes back with a checkpoint', () => {
    const { world } = new BareWorld();
    const number = world.payloads.put(['kept']);
    const copy = world.arena.save();
    world.payloads.take(number);
    world.arena.load(copy);
    expect(world.payloads.take(number)).toEqual(['kept']);
  });
});
