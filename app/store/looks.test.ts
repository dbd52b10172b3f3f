import { expect, it } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { withLooks } from './looks.ts';

const drawing = (nodes: TopologyDocument['nodes'], wires: TopologyDocument['wires'] = []): TopologyDocument => ({
  format: 'broker-lab/topology',
  version: 1,
  nodes,
  wires,
});
const AT = { x: 8, y: 16 };

it('what runs keeps its settings and gets names, places and comments back; what runs alone keeps its own', () => {
  const ran = drawing(
    [
      { id: 'a', kind: 'sender', name: 'Old', params: { rate: 5 }, position: { x: 0, y: 0 } },
      { id: 'scripted', kind: 'queue', name: 'Added by the script', position: AT },
    ],
    [{ id: 'w', kind: 'publish', from: 'a', to: 'scripted' }],
  );
  const looks = drawing(
    [
      { id: 'a', kind: 'service', name: 'Renamed', params: { rate: 1 }, position: AT, comment: 'mine' },
      { id: 'gone', kind: 'queue', position: AT },
    ],
    [{ id: 'w', kind: 'publish', from: 'gone', to: 'a', comment: 'why' }],
  );
  expect(withLooks(ran, { ...looks, name: 'Title' })).toEqual({
    ...drawing(
      [
        { id: 'a', kind: 'sender', name: 'Renamed', params: { rate: 5 }, position: AT, comment: 'mine' },
        { id: 'scripted', kind: 'queue', name: 'Added by the script', position: AT },
      ],
      [{ id: 'w', kind: 'publish', from: 'a', to: 'scripted', comment: 'why' }],
    ),
    name: 'Title',
  });
});
