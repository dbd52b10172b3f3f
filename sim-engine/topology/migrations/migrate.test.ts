// Every migration does its work on a real document of its time, and none is ever left untried.

import { describe, expect, it } from 'vitest';
import { DOCUMENT_VERSION } from '../document.ts';
import { parseScenarioDocument, parseTopologyDocument } from '../parse.ts';
import type { JsonObject } from '../shapes.ts';
import { MIGRATIONS, type Migration, migrate } from './migrate.ts';

/** A document of every old version, and what it is today. */
const examples: readonly { readonly from: number; readonly old: JsonObject; readonly now: JsonObject }[] = [
  {
    from: 0,
    old: {
      format: 'broker-lab/topology',
      version: 0,
      name: 'Draft',
      nodes: {
        shop: { kind: 'sender', position: { x: 0, y: 0 }, params: { rate: 5 } },
        orders: { kind: 'queue', comment: 'the line' },
        worker: { kind: 'service' },
      },
      wires: [
        { id: 'in', kind: 'publish', source: 'shop', target: 'orders', params: { delay: '1s' } },
        { id: 'out', kind: 'deliver', source: 'orders', target: 'worker' },
      ],
    },
    now: {
      format: 'broker-lab/topology',
      version: 1,
      name: 'Draft',
      nodes: [
        { id: 'shop', kind: 'sender', position: { x: 0, y: 0 }, params: { rate: 5 } },
        { id: 'orders', kind: 'queue', comment: 'the line' },
        { id: 'worker', kind: 'service' },
      ],
      wires: [
        { id: 'in', kind: 'publish', from: 'shop', to: 'orders', params: { delay: '1s' } },
        { id: 'out', kind: 'deliver', from: 'orders', to: 'worker' },
      ],
    },
  },
];

/** The migrations, each counting how often it was used. */
function counted(): { migrations: readonly Migration[]; uses: Map<string, number> } {
  const uses = new Map<string, number>();
  const count = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1);
  const migrations = MIGRATIONS.map(
    ({ from, topology, scenario }): Migration => ({
      from,
      topology: (document) => {
        count(`topology ${from}`);
        return topology(document);
      },
      scenario: (document) => {
        count(`scenario ${from}`);
        return scenario(document);
      },
    }),
  );
  return { migrations, uses };
}

describe('migrations', () => {
  it('lead from every old version to the present one, without a gap', () => {
    expect(MIGRATIONS.map((migration) => migration.from)).toEqual(Array.from({ length: DOCUMENT_VERSION }, (_, i) => i));
  });

  it('turn every old example into what it is today, and all of them are used by the examples', () => {
    const { migrations, uses } = counted();
    for (const { old, now } of examples) {
      const before = structuredClone(old);
      expect(migrate(old, 'topology', migrations)).toEqual(now);
      expect(old).toEqual(before);
      const scenario = { format: 'broker-lab/scenario', version: old.version, title: 'T', topology: old };
      expect(migrate(scenario, 'scenario', migrations).version).toBe(DOCUMENT_VERSION);
    }
    const expected = MIGRATIONS.flatMap(({ from }) => [`scenario ${from}`, `topology ${from}`]);
    expect([...uses.keys()].sort()).toEqual(expected.sort());
  });

  it('make an old document mean what the new one means', () => {
    for (const { old, now } of examples) {
      expect(parseTopologyDocument(old)).toEqual(parseTopologyDocument(now));
      expect(parseTopologyDocument(old).ok).toBe(true);
      const scenario = { format: 'broker-lab/scenario', version: old.version, title: 'T', topology: old };
      expect(parseScenarioDocument(scenario)).toEqual(parseScenarioDocument({ ...scenario, version: 1, topology: now }));
    }
  });

  it('leave a document of today as it is', () => {
    for (const { now } of examples) expect(migrate(now, 'topology')).toBe(now);
  });

  it('leave alone what they do not understand', () => {
    const strange = { version: 0, nodes: { a: 5 }, wires: [7, { source: 'a', from: 'b' }] };
    expect(migrate(strange, 'topology')).toEqual({ version: 1, nodes: [5], wires: [7, { source: 'a', from: 'b' }] });
    expect(migrate({ version: 0, nodes: null, wires: 'x' }, 'topology')).toEqual({ version: 1, nodes: null, wires: 'x' });
  });
});
