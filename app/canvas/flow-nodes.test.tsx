import { type NodeProps, ReactFlowProvider } from '@xyflow/react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test, vi } from 'vitest';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';

// A broker that holds queues, as later ones will: it exists in this test alone.
vi.mock('../../sim-engine/nodes/declarations.ts', async (original) => {
  const real = await original<typeof import('../../sim-engine/nodes/declarations.ts')>();
  const house = { ...real.nodeKind('queue'), type: 'house', label: 'kind.queue.label', accepts: ['queue', 'house'] };
  return { ...real, nodeKind: (type: string) => (type === 'house' ? house : real.nodeKind(type)) };
});
// The page around it is not needed to see how a drawing is taken apart.
vi.mock('../store/lab.ts', () => ({ currentPlaces: () => null, pictureLoop: { add: () => () => {} }, rates: {} }));
vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {} }));

const { flowDrawing } = await import('./flow-nodes.ts');
const { ContainerCard } = await import('./ContainerCard.tsx');

const node = (id: string, kind: string, x: number, y: number, parent?: string): NodeDocument => ({
  id,
  kind,
  position: { x, y },
  ...(parent === undefined ? {} : { parent }),
});
/** Parts before what they lie in, as a file may have them. */
const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    node('inner-queue', 'queue', 20, 60, 'inner'),
    node('shop', 'sender', 0, 0),
    node('inner', 'house', 30, 40, 'outer'),
    node('outer', 'house', 400, 100),
  ],
  wires: [{ id: 'in', kind: 'publish', from: 'shop', to: 'inner-queue' }],
};

describe('a container', () => {
  const drawing = flowDrawing(DRAWN, new Set(), false, null);
  const ids = drawing.nodes.map(({ id }) => id);
  const drawn = (id: string) => drawing.nodes.find((each) => each.id === id);

  test('comes before what lies in it, which stands in its coordinates', () => {
    expect(ids.indexOf('outer')).toBeLessThan(ids.indexOf('inner'));
    expect(ids.indexOf('inner')).toBeLessThan(ids.indexOf('inner-queue'));
    expect(drawn('outer')).toMatchObject({ type: 'container', position: { x: 400, y: 100 }, zIndex: -1 });
    expect(drawn('inner-queue')).toMatchObject({ type: 'card', parentId: 'inner', position: { x: 20, y: 60 } });
    expect(drawn('shop')?.parentId).toBeUndefined();
  });

  test('is where wires and letters find its parts', () => {
    const box = drawing.scene.cards.find((each) => each.node.id === 'inner-queue')?.box;
    expect(box).toMatchObject({ x: 450, y: 200 });
    expect(drawing.scene.shapes.get('in')?.to.x).toBe(450);
  });

  test('is kept as an object while nothing of it changes, and made anew when a part moves', () => {
    const same = flowDrawing(DRAWN, new Set(), false, drawing);
    expect(same.nodes.every((each, ix) => each === drawing.nodes[ix])).toBe(true);
    const moved = {
      ...DRAWN,
      nodes: DRAWN.nodes.map((each) => (each.id === 'inner' ? { ...each, position: { x: 0, y: 0 } } : each)),
    };
    const after = flowDrawing(moved, new Set(), false, drawing);
    expect(after.scene.shapes.get('in')?.to.x).toBe(420);
    expect(after.nodes.find(({ id }) => id === 'outer')).toBe(drawn('outer'));
  });

  test('has no frame on a narrow screen: its parts stand in the stream', () => {
    const narrow = flowDrawing(DRAWN, new Set(), true, null);
    expect(narrow.nodes.map(({ id }) => id).sort()).toEqual(['inner-queue', 'shop']);
    expect(narrow.nodes.every((each) => each.parentId === undefined)).toBe(true);
  });

  test('is a frame with its name', () => {
    const props = { data: { node: { ...DRAWN.nodes[3], name: 'Broker 1' } }, selected: true } as unknown as NodeProps<never>;
    const markup = renderToStaticMarkup(
      <ReactFlowProvider>
        <ContainerCard {...props} />
      </ReactFlowProvider>,
    );
    expect(markup).toContain('class="container is-selected"');
    expect(markup).toContain('<h3>Broker 1</h3>');
  });
});
