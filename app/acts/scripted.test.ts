import { describe, expect, it } from 'vitest';
import type { Command } from '../../sim-engine/simulation/commands.ts';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { commandBetween } from '../store/edit-commands.ts';
import * as history from '../store/history.ts';
import { withCommand, withScripted } from './scripted.ts';

const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'web', kind: 'sender', position: { x: 0, y: 0 } },
    { id: 'orders', kind: 'queue', position: { x: 240, y: 0 } },
  ],
  wires: [{ id: 'in', kind: 'publish', from: 'web', to: 'orders' }],
};
const SCRIPT: Command = {
  type: 'edit',
  edits: [
    { type: 'addNode', node: { id: 'worker', kind: 'service' } },
    { type: 'addWire', wire: { id: 'out', kind: 'deliver', from: 'orders', to: 'worker' } },
    { type: 'setParam', target: 'web', field: 'rate', value: 9 },
  ],
};
const rename = (drawing: TopologyDocument): TopologyDocument =>
  withCommand(drawing, { type: 'setParam', target: 'web', field: 'poison', value: 0.5 }) as TopologyDocument;

describe('what the scenario itself edits', () => {
  it('is drawn, and leads from the drawing before to what the run has', () => {
    const next = withCommand(DRAWN, SCRIPT) as TopologyDocument;
    expect(commandBetween(DRAWN, next)).not.toBeNull();
    expect(next.nodes.map(({ id }) => id)).toEqual(['web', 'orders', 'worker']);
    expect(next.wires.map(({ id }) => id)).toEqual(['in', 'out']);
    expect(next.nodes[0]?.params).toEqual({ rate: 9 });
  });

  it('stands where there is room if it does not say where', () => {
    const worker = (withCommand(DRAWN, SCRIPT) as TopologyDocument).nodes[2];
    expect(worker?.position).toBeDefined();
    for (const { position } of DRAWN.nodes) expect(worker?.position).not.toEqual(position);
  });

  it('is no step of undo, and no undo or redo takes it away', () => {
    const edited = history.run(history.newHistory<TopologyDocument>(DRAWN), rename(DRAWN));
    const undone = history.undo(withScripted(edited, SCRIPT)) as history.History<TopologyDocument>;
    expect(history.canUndo(undone)).toBe(false);
    expect(undone.present.nodes[0]?.params).toEqual({ rate: 9 });
    expect(undone.present.nodes).toHaveLength(3);
    // The one command that the run is told by it is the opposite of what was done by hand.
    expect(commandBetween(withScripted(edited, SCRIPT).present, undone.present)).toEqual({
      type: 'setParam',
      target: 'web',
      field: 'poison',
      value: undefined,
    });
    expect(history.redo(undone).present).toEqual(withCommand(rename(DRAWN), SCRIPT));
  });

  it('makes no step of a gesture that has changed nothing yet', () => {
    const open = withScripted(history.begin(history.newHistory(DRAWN)), SCRIPT);
    expect(history.canUndo(history.commit(open))).toBe(false);
  });

  it('leaves out what a drawing of before cannot have', () => {
    const bare: TopologyDocument = { ...DRAWN, nodes: [], wires: [] };
    const next = withCommand(bare, SCRIPT) as TopologyDocument;
    expect([next.nodes.length, next.wires.length]).toEqual([1, 0]);
    const none: Command = { type: 'removeNode', node: 'nobody' };
    expect(withCommand(DRAWN, none)).toBe(DRAWN);
  });
});
