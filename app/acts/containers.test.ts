import { describe, expect, test, vi } from 'vitest';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { cardSize } from '../node-views/node-views.ts';
import { cornerOf } from '../store/containers.ts';
import { moveNodes, topologyOf } from '../store/drawing.ts';
import { commandBetween } from '../store/edit-commands.ts';
import { containerAt, containersFor, grownToHold, landed, landings, moveInto } from './containers.ts';

// A broker that holds queues and others of its sort, as later ones will: it exists in this test alone.
vi.mock('../../sim-engine/nodes/declarations.ts', async (original) => {
  const real = await original<typeof import('../../sim-engine/nodes/declarations.ts')>();
  const house = { ...real.nodeKind('topic'), type: 'house', label: 'kind.topic.label', accepts: ['queue', 'house'] };
  return { ...real, nodeKind: (type: string) => (type === 'house' ? house : real.nodeKind(type)) };
});
vi.mock('../store/lab.ts', () => ({ currentPlaces: () => null, pictureLoop: { add: () => () => {} }, rates: {} }));

const node = (id: string, kind: string, x: number, y: number, parent?: string): NodeDocument => ({
  id,
  kind,
  position: { x, y },
  ...(parent === undefined ? {} : { parent }),
});
const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    // A part before what it lies in, as a file may have it.
    node('letters', 'queue', 20, 60, 'inner'),
    { ...node('outer', 'house', 400, 100), size: { width: 900, height: 600 } },
    node('inner', 'house', 40, 40, 'outer'),
    node('orders', 'queue', 0, 0),
    node('shop', 'sender', 0, 300),
  ],
  wires: [{ id: 'in', kind: 'publish', from: 'shop', to: 'orders' }],
};
const find = (topology: TopologyDocument, id: string) => topology.nodes.find((one) => one.id === id) as NodeDocument;

/** The drawing after a card was let go with its middle there; nothing moves but by that drag. */
function dropped(id: string, middle: { x: number; y: number }, topology = DRAWN) {
  const card = find(topology, id);
  const { width, height } = cardSize(card, false);
  const holder = card.parent === undefined ? { x: 0, y: 0 } : cornerOf(topology, find(topology, card.parent));
  const seen = { x: middle.x - width / 2, y: middle.y - height / 2 };
  const moved = topologyOf(moveNodes(topology, new Map([[id, { x: seen.x - holder.x, y: seen.y - holder.y }]])));
  const all = landings(moved, [id]);
  return { all, moved, seen, after: topologyOf(landed(moved, all)) };
}

describe('a card that is let go', () => {
  test('lies in the innermost container around its middle, where the eye sees it', () => {
    const { after, seen } = dropped('orders', { x: 600, y: 300 });
    expect(find(after, 'orders')).toMatchObject({ parent: 'inner', position: { x: seen.x - 440, y: seen.y - 140 } });
    expect(cornerOf(after, find(after, 'orders'))).toEqual(seen);
    expect(find(dropped('orders', { x: 420, y: 640 }).after, 'orders').parent).toBe('outer');
  });

  test('lies in nothing any more once it is outside, and stays where the eye sees it', () => {
    const { after, seen } = dropped('letters', { x: 100, y: 900 });
    expect('parent' in find(after, 'letters')).toBe(false);
    expect(find(after, 'letters').position).toEqual(seen);
  });

  test('of another sort is refused with a reason, and one that stays where it lay is left alone', () => {
    expect(dropped('shop', { x: 600, y: 300 }).all.map(({ reason }) => reason)).toEqual([
      'Sender cannot lie in inner, which holds only: queue, topic.',
    ]);
    const { all, moved, after } = dropped('letters', { x: 620, y: 320 });
    expect(all).toEqual([]);
    expect(after).toBe(moved);
  });

  test('that is a container takes its parts along and never lies in itself or in one of them', () => {
    const { after } = dropped('inner', { x: 2000, y: 2000 });
    expect(find(after, 'inner').parent).toBeUndefined();
    expect(find(after, 'letters')).toBe(find(DRAWN, 'letters'));
    expect(containerAt(DRAWN, { x: 600, y: 300 }, new Set(['outer']))).toBeNull();
  });
});

describe('the run hears', () => {
  test('that a part moves as one that goes and comes again, with its wires', () => {
    const { moved, after } = dropped('orders', { x: 600, y: 300 });
    expect(commandBetween(moved, after)).toEqual({
      type: 'edit',
      edits: [
        { type: 'removeWire', wire: 'in' },
        { type: 'removeNode', node: 'orders' },
        { type: 'addNode', node: find(after, 'orders') },
        { type: 'addWire', wire: DRAWN.wires[0] },
      ],
    });
  });

  test('of a container that moves after its parts have gone and before they come', () => {
    const { moved, after } = dropped('inner', { x: 2000, y: 2000 });
    const command = commandBetween(moved, after);
    const edits = command?.type === 'edit' ? command.edits : [];
    expect(
      edits.map((edit) => ('node' in edit ? `${edit.type} ${typeof edit.node === 'string' ? edit.node : edit.node.id}` : '')),
    ).toEqual(['removeNode letters', 'removeNode inner', 'addNode inner', 'addNode letters']);
  });
});

describe('without a pointer', () => {
  test('a card can be put into every container that takes it, and out again', () => {
    expect(containersFor(DRAWN, find(DRAWN, 'orders')).map(({ id }) => id)).toEqual(['outer', 'inner']);
    expect(containersFor(DRAWN, find(DRAWN, 'inner')).map(({ id }) => id)).toEqual([]);
    expect(containersFor(DRAWN, find(DRAWN, 'shop'))).toEqual([]);
    const inside = topologyOf(moveInto(DRAWN, 'orders', find(DRAWN, 'inner')));
    expect(find(inside, 'orders').parent).toBe('inner');
    // Beside the part that is there, not on it.
    expect(find(inside, 'orders').position).not.toEqual(find(inside, 'letters').position);
    const out = topologyOf(moveInto(inside, 'orders', null));
    expect(cornerOf(out, find(out, 'orders'))).toEqual(cornerOf(inside, find(inside, 'orders')));
  });
});

test('a container grows as far as its parts reach, and no part moves', () => {
  const { height, width } = cardSize(find(DRAWN, 'letters'), false);
  const grown = topologyOf(grownToHold(DRAWN, 'inner'));
  const { size } = find(grown, 'inner');
  expect(size?.height).toBe(60 + height + 24);
  // It was wide enough.
  expect(size?.width).toBeGreaterThan(20 + width + 24);
  expect(find(grown, 'letters')).toBe(find(DRAWN, 'letters'));
  expect(grownToHold(grown, 'inner')).toBe(grown);
  expect(grownToHold(DRAWN, 'outer')).toBe(DRAWN);
});
