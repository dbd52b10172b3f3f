import { describe, expect, it } from 'vitest';
import { DOCUMENT_VERSION, TOPOLOGY_FORMAT, type TopologyDocument } from '../../sim-engine/topology/document.ts';
import { addNode, freeId, moveNodes, remove, setParam } from './drawing.ts';
import { commandBetween } from './edit-commands.ts';

const DRAWING: TopologyDocument = {
  format: TOPOLOGY_FORMAT,
  version: DOCUMENT_VERSION,
  nodes: [
    { id: 'web', kind: 'sender', position: { x: 0, y: 0 }, params: { rate: 24 } },
    { id: 'orders', kind: 'queue', position: { x: 200, y: 0 } },
  ],
  wires: [{ id: 'web-orders', kind: 'publish', from: 'web', to: 'orders' }],
};

describe('the commands that let a run follow an edit', () => {
  it('are none when something was moved or renamed', () => {
    const moved = moveNodes(DRAWING, new Map([['web', { x: 8, y: 8 }]]));
    expect(moved).not.toBe(DRAWING);
    expect(commandBetween(DRAWING, moved)).toBeNull();
  });

  it('set a parameter, and set it back when the edit is undone', () => {
    const edited = setParam(DRAWING, 'web', 'rate', 48);
    expect(commandBetween(DRAWING, edited)).toEqual({ type: 'setParam', target: 'web', field: 'rate', value: 48 });
    expect(commandBetween(edited, DRAWING)).toEqual({ type: 'setParam', target: 'web', field: 'rate', value: 24 });
  });

  it('go back to the default when a parameter is no longer in the document', () => {
    const edited = setParam(DRAWING, 'web', 'rate', undefined);
    expect(commandBetween(DRAWING, edited)).toEqual({ type: 'setParam', target: 'web', field: 'rate', value: undefined });
  });

  it('take a node away together with its wires, wires first, as one edit', () => {
    expect(commandBetween(DRAWING, remove(DRAWING, new Set(['orders'])))).toEqual({
      type: 'edit',
      edits: [
        { type: 'removeWire', wire: 'web-orders' },
        { type: 'removeNode', node: 'orders' },
      ],
    });
  });

  it('bring node and wire back when that is undone, nodes first', () => {
    const command = commandBetween(remove(DRAWING, new Set(['orders'])), DRAWING);
    expect(command).toEqual({
      type: 'edit',
      edits: [
        { type: 'addNode', node: DRAWING.nodes[1] },
        { type: 'addWire', wire: DRAWING.wires[0] },
      ],
    });
  });

  it('replace a node whose id was given to another kind', () => {
    const other = addNode(remove(DRAWING, new Set(['web'])), { id: 'web', kind: 'service' });
    const command = commandBetween(DRAWING, other);
    expect(command).toMatchObject({ type: 'edit', edits: [{ type: 'removeWire' }, { type: 'removeNode' }, { type: 'addNode' }] });
  });
});

describe('a new id', () => {
  it('is the wanted one while it is free, else numbered from 2', () => {
    expect(freeId(DRAWING, 'worker')).toBe('worker');
    expect(freeId(DRAWING, 'web')).toBe('web-2');
    expect(freeId(addNode(DRAWING, { id: 'web-2', kind: 'sender' }), 'web')).toBe('web-3');
  });
});
