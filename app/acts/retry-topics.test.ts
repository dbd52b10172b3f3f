import { describe, expect, it, vi } from 'vitest';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { parseScenarioDocument } from '../../sim-engine/topology/parse.ts';
import { cardSize } from '../node-views/node-views.ts';
import { topologyOf } from '../store/drawing.ts';
import { commandBetween } from '../store/edit-commands.ts';
import { withRetryTopics } from './retry-topics.ts';

vi.mock('../store/lab.ts', () => ({ currentPlaces: () => null, pictureLoop: { add: () => () => {} }, rates: {} }));

const at = (id: string, kind: string, x: number, y: number, more: Partial<NodeDocument> = {}): NodeDocument => ({
  id,
  kind,
  name: id,
  position: { x, y },
  ...more,
});
const EMPTY: TopologyDocument = { format: 'broker-lab/topology', version: 1, nodes: [], wires: [] };
const part = { parent: 'kafka' };
const DRAWN: TopologyDocument = {
  ...EMPTY,
  nodes: [
    at('shop', 'sender', 0, 120, { params: { rate: 10, limit: 30, keys: 5 } }),
    at('kafka', 'kafka', 288, 0, { size: { width: 640, height: 700 } }),
    at('below', 'queue', 288, 760),
    at('orders', 'kafka-topic', 24, 48, { ...part, params: { partitions: 3 } }),
    at('audit', 'kafka-group', 344, 400, part),
    at('processing', 'kafka-group', 344, 48, part),
    at('bank', 'service', 1100, 48, { params: { failure: 1, maxAttempts: 7, work: { law: 'constant', value: '5ms' } } }),
  ],
  wires: [
    { id: 'shop-orders', kind: 'kafka-produce', from: 'shop', to: 'orders' },
    { id: 'orders-processing', kind: 'kafka-subscribe', from: 'orders', to: 'processing' },
    {
      id: 'processing-bank',
      kind: 'kafka-consume',
      from: 'processing',
      to: 'bank',
      params: { offsetReset: 'earliest', commit: 'after' },
    },
  ],
};

/** Adds the chain, or fails. */
function chained(drawing: TopologyDocument, selected: readonly string[]): TopologyDocument {
  const outcome = withRetryTopics(drawing, new Set(selected));
  if (typeof outcome === 'string') throw new Error(outcome);
  return topologyOf(outcome.drawing);
}

/** What is wrong with it as a drawing. */
function problemsOf(topology: TopologyDocument): readonly unknown[] {
  const parsed = parseScenarioDocument({ format: 'broker-lab/scenario', version: 1, title: 'Retry topics', topology });
  return parsed.ok ? [] : parsed.problems;
}

/** Where what a group fails at goes, from one topic to the next. */
function chainFrom({ wires }: TopologyDocument, group: string): readonly string[] {
  const to = (kind: string, from: string) => wires.find((wire) => wire.kind === kind && wire.from === from)?.to;
  const topics: string[] = [];
  for (let at: string | undefined = group; at !== undefined && topics.length < 9; ) {
    const topic = to('kafka-pass-on', at);
    if (topic !== undefined) topics.push(topic);
    at = topic === undefined ? undefined : to('kafka-subscribe', topic);
  }
  return topics;
}

describe('retry topics', () => {
  it('behind the group that is selected lead what fails through two further attempts to the dead letters', () => {
    const topology = chained(DRAWN, ['processing']);
    const added = topology.nodes.filter(({ id }) => !DRAWN.nodes.some((node) => node.id === id));
    expect(added.map(({ name }) => name)).toEqual([
      'orders-retry-1000',
      'processing-retry-1000',
      'orders-retry-2000',
      'processing-retry-2000',
      'orders-dlt',
    ]);
    expect(problemsOf(topology)).toEqual([]);
    expect(chainFrom(topology, 'processing')).toEqual(['orders-retry-1000', 'orders-retry-2000', 'orders-dlt']);
    const passed = topology.wires.filter(({ kind }) => kind === 'kafka-pass-on').map(({ params }) => params);
    expect(passed).toEqual([{ delay: '1s' }, { delay: '2s' }, { as: 'dead-letter' }]);
    // The same worker reads for all of them, in the same way, and gives up with the last.
    const readers = topology.wires.filter(({ kind }) => kind === 'kafka-consume');
    expect(readers.map(({ params, to }) => [to, params])).toEqual(
      Array.from({ length: 3 }, () => ['bank', { offsetReset: 'earliest', commit: 'after' }]),
    );
    expect(topology.nodes.find(({ id }) => id === 'bank')?.params?.maxAttempts).toBe(3);
    expect(topology.nodes.find(({ id }) => id === 'orders-retry-1000')?.params).toEqual({ partitions: 3 });
  });

  it('are one change of a running drawing', () => {
    expect(commandBetween(DRAWN, chained(DRAWN, ['processing']))?.type).toBe('edit');
  });

  it('lie in the cluster, which holds them, and nothing lies on anything else', () => {
    const topology = chained(DRAWN, ['processing']);
    const box = (node: NodeDocument) => ({ ...(node.position as { x: number; y: number }), ...cardSize(node, false) });
    for (const parent of [undefined, 'kafka']) {
      const boxes = topology.nodes.filter((node) => node.parent === parent).map(box);
      for (const [i, a] of boxes.entries()) {
        for (const b of boxes.slice(i + 1)) {
          const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          expect(isApart).toBe(true);
        }
      }
    }
    const cluster = box(topology.nodes.find(({ id }) => id === 'kafka') as NodeDocument);
    for (const node of topology.nodes.filter(({ parent }) => parent === 'kafka')) {
      const { height, width, x, y } = box(node);
      expect(x + width).toBeLessThanOrEqual(cluster.width);
      expect(y + height).toBeLessThanOrEqual(cluster.height);
    }
  });

  it('come with a cluster, a group and a worker where nothing is drawn', () => {
    const topology = chained(EMPTY, []);
    expect(topology.nodes.map(({ kind }) => kind).filter((kind) => kind !== 'kafka-topic')).toEqual([
      'kafka',
      'kafka-group',
      'service',
      'kafka-group',
      'kafka-group',
    ]);
    expect(problemsOf(topology)).toEqual([]);
    expect(chainFrom(topology, 'processing')).toHaveLength(3);
  });

  it('are given to the only group that has none, and not twice to one', () => {
    const nodes = DRAWN.nodes.filter(({ id }) => id !== 'audit');
    const topology = chained({ ...DRAWN, nodes }, []);
    expect(topology.wires.some(({ from, kind }) => kind === 'kafka-pass-on' && from === 'processing')).toBe(true);
    expect(withRetryTopics(topology, new Set(['processing']))).toBe('processing');
  });
});
