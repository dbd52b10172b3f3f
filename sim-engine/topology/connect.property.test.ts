// What may be wired to what: the canvas and the parser agree on every pair, and no name can upset either.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NODE_KINDS, WIRE_KINDS } from '../nodes/declarations.ts';
import type { NodeKind, WireKind } from '../nodes/node-kind.ts';
import { canConnect, portAt, wiresBetween } from './connect.ts';
import { parseTopologyDocument } from './parse.ts';
import { registryOf } from './registry.ts';

const types = NODE_KINDS.map((kind) => kind.type);

/** Kinds with ports and wires drawn at random from a few types. */
const portTypes = fc.constantFrom('red', 'green', 'blue', 'toString');
const nodeKinds = fc.array(
  fc.record({
    ports: fc.array(fc.record({ direction: fc.constantFrom('in' as const, 'out' as const), type: portTypes }), { maxLength: 4 }),
    isContainer: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);
const wireKinds = fc.array(fc.record({ from: fc.array(portTypes), to: fc.array(portTypes) }), { maxLength: 4 });
const registries = fc.tuple(nodeKinds, wireKinds).map(([nodes, wires]) =>
  registryOf(
    nodes.map(({ ports, isContainer }, i): NodeKind => {
      const named = ports.map((port, k) => ({ ...port, name: `p${k}`, label: '' }));
      const kind = { ...(NODE_KINDS[0] as NodeKind), type: `k${i}`, ports: named };
      return isContainer ? { ...kind, accepts: [] } : kind;
    }),
    wires.map(({ from, to }, i): WireKind => ({ ...(WIRE_KINDS[0] as WireKind), type: `w${i}`, from, to })),
  ),
);

/** The plain twin: does any wire kind join any out port to any in port? */
function joins(from: NodeKind, to: NodeKind, wires: Iterable<WireKind>): boolean {
  for (const wire of wires) {
    for (const out of from.ports) {
      for (const into of to.ports) {
        const fits = out.direction === 'out' && into.direction === 'in';
        if (fits && wire.from.includes(out.type) && wire.to.includes(into.type)) return true;
      }
    }
  }
  return false;
}

describe('canConnect', () => {
  it('never throws, whatever the kinds are called', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('toString', '__proto__', 'constructor', 'hasOwnProperty', ...types));
    fc.assert(
      fc.property(names, names, (from, to) => {
        const answer = canConnect(from, to);
        if (!types.includes(from) || !types.includes(to)) expect(answer).toMatchObject({ ok: false, code: 'unknown-kind' });
      }),
    );
  });

  it('says yes exactly where a wire kind joins an out port to an in port, and never to containers', () => {
    fc.assert(
      fc.property(registries, (kinds) => {
        for (const from of kinds.nodeKinds.values()) {
          for (const to of kinds.nodeKinds.values()) {
            const isOpen = from.accepts === undefined && to.accepts === undefined;
            const answer = canConnect(from.type, to.type, kinds);
            expect(answer.ok).toBe(isOpen && joins(from, to, kinds.wireKinds.values()));
            if (!answer.ok) continue;
            expect(portAt(from, answer.wire, 'from')?.direction).toBe('out');
            expect(portAt(to, answer.wire, 'to')?.direction).toBe('in');
            expect(wiresBetween(from, to, kinds)[0]).toBe(answer.wire);
          }
        }
      }),
    );
  });

  /** A part lies in the one container there is for it. */
  const homeOf = (type: string) => {
    const isPart = NODE_KINDS.find((kind) => kind.type === type)?.isPart === true;
    return isPart ? NODE_KINDS.find(({ accepts }) => accepts?.includes(type))?.type : undefined;
  };
  const nodeOf = (id: string, type: string) => {
    const home = homeOf(type);
    return home === undefined ? { id, kind: type } : { id, kind: type, parent: `home-${home}` };
  };
  const homesOf = (parts: readonly string[]) =>
    [...new Set(parts.map(homeOf))].filter((home) => home !== undefined).map((home) => ({ id: `home-${home}`, kind: home }));

  it('agrees with the parser on every pair of the real kinds', () => {
    for (const from of types) {
      for (const to of types) {
        const answer = canConnect(from, to);
        const kind = answer.ok ? answer.wire.type : 'publish';
        const parsed = parseTopologyDocument({
          format: 'broker-lab/topology',
          version: 1,
          nodes: [nodeOf('a', from), nodeOf('b', to), ...homesOf([from, to])],
          wires: [{ id: 'w', kind, from: 'a', to: 'b' }],
        });
        expect(parsed.ok, `${from} → ${to}`).toBe(answer.ok);
        if (!parsed.ok && !answer.ok) expect(parsed.problems.map((problem) => problem.code)).toEqual([answer.code]);
      }
    }
  });

  it('knows the wires of the textbook', () => {
    const textbook = ['sender', 'service', 'queue', 'topic', 'dead-letter-queue'];
    const yes = textbook.flatMap((from) =>
      textbook.flatMap((to) => {
        const answer = canConnect(from, to);
        return answer.ok ? [`${from} -${answer.wire.type}> ${to}`] : [];
      }),
    );
    expect(yes.sort()).toEqual([
      'queue -dead-letter> dead-letter-queue',
      'queue -deliver> service',
      'sender -direct> service',
      'sender -publish> queue',
      'sender -publish> topic',
      'service -call> service',
      'service -publish> queue',
      'service -publish> topic',
      'topic -feed> queue',
      'topic -subscribe> service',
    ]);
  });
});

describe('several wires', () => {
  const shops = Array.from({ length: 8 }, (_, i) => ({ id: `shop-${i}`, kind: 'sender' }));
  const parse = (nodes: unknown[], wires: unknown[]) =>
    parseTopologyDocument({ format: 'broker-lab/topology', version: 1, nodes, wires });

  it('may lead into one queue and out of it: fan-in and fan-out have no limit', () => {
    const nodes = [...shops, { id: 'q', kind: 'queue' }, { id: 'a', kind: 'service' }, { id: 'b', kind: 'service' }];
    const wires = [
      ...shops.map(({ id }) => ({ id: `${id}-q`, kind: 'publish', from: id, to: 'q' })),
      { id: 'q-a', kind: 'deliver', from: 'q', to: 'a' },
      { id: 'q-b', kind: 'deliver', from: 'q', to: 'b' },
    ];
    expect(parse(nodes, wires).ok).toBe(true);
  });

  it('may join the same two nodes if they are of different kinds', () => {
    const second: WireKind = { ...(WIRE_KINDS.find((kind) => kind.type === 'deliver') as WireKind), type: 'peek' };
    const kinds = registryOf(NODE_KINDS, [...WIRE_KINDS, second]);
    const document = {
      format: 'broker-lab/topology',
      version: 1,
      nodes: [
        { id: 'q', kind: 'queue' },
        { id: 's', kind: 'service' },
      ],
      wires: [
        { id: 'one', kind: 'deliver', from: 'q', to: 's' },
        { id: 'two', kind: 'peek', from: 'q', to: 's' },
      ],
    };
    expect(parseTopologyDocument(document, kinds).ok).toBe(true);
  });
});
