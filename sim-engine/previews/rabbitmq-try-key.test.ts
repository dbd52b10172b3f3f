// Trying a routing key on drawings that were definitions files: ids of what lights up.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importDefinitions } from '../foreign/rabbitmq-definitions.ts';
import type { ParsedTopology } from '../topology/document.ts';
import { parseTopologyDocument } from '../topology/parse.ts';
import { type Preview, previewKey, type TriedMessage } from './rabbitmq-try-key.ts';

function drawing(text: string): ParsedTopology {
  const imported = importDefinitions(text);
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  const parsed = parseTopologyDocument(imported.value.topology);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}
const file = (name: string) => drawing(readFileSync(`sim-engine/testing/vectors/rabbitmq/definitions/${name}.json`, 'utf8'));

function tried(topology: ParsedTopology, exchange: string, message: TriedMessage): Preview {
  const broker = topology.nodes.find(({ kind }) => kind === 'rabbitmq')?.id ?? '';
  const preview = previewKey(topology, broker, exchange, message);
  if (!preview.ok) throw new Error(JSON.stringify(preview.problems));
  return preview.value;
}
const keyOf = (topology: ParsedTopology, wire: string) => topology.wires.find(({ id }) => id === wire)?.params.routingKey;

describe('trying a routing key on a drawing', () => {
  it('lights up the bindings of the brief that take order.created, by id', () => {
    const topology = file('order_events');
    const exchange = topology.nodes.find(({ params }) => params.name === 'order_events')?.id as string;
    const { refused, steps, queues, wires } = tried(topology, exchange, { key: 'order.created' });
    expect(refused).toBe(0);
    expect(wires.map((wire) => keyOf(topology, wire))).toEqual(['order.created', 'order.created', '#']);
    expect(queues).toEqual(['analytics', 'email-notifications', 'inventory-updates']);
    expect(steps.map(({ part, by }) => [part, by])).toEqual([[exchange, 'publish']]);
    expect(tried(topology, exchange, { key: 'order.shipped' }).queues).toEqual(['analytics', 'email-notifications']);
  });

  it('goes on to the alternate exchange by its wire where nothing takes the key, and says so', () => {
    const topology = file('rpc');
    const exchange = topology.nodes.find(({ kind, params }) => kind === 'rabbitmq-exchange' && params.name === 'rpc')
      ?.id as string;
    const { steps, wires, queues } = tried(topology, exchange, { key: 'weather' });
    const [alternate] = topology.wires.filter(({ kind }) => kind === 'alternate');
    expect(steps.map((step) => step.by)).toEqual(['publish', 'alternate']);
    expect(steps[0]?.alternate).toBe(alternate?.id);
    expect(wires).toEqual([alternate?.id, ...(steps[1]?.taken ?? [])]);
    expect(queues).toHaveLength(1);
  });

  it('by the default exchange reaches a queue by its name, whatever its id', () => {
    const topology = file('retry_ladder');
    expect(tried(topology, '', { key: 'retry.5s' }).queues).toEqual(['retry-5s']);
    expect(tried(topology, '', { key: 'retry-5s' })).toEqual({ refused: 0, steps: [], queues: [], wires: [] });
  });

  it('asks headers as a document writes them, and names what is wrong with them', () => {
    const topology = drawing(
      JSON.stringify({
        exchanges: [{ name: 'h', type: 'headers', arguments: {} }],
        queues: [{ name: 'q', arguments: {} }],
        bindings: [
          {
            source: 'h',
            destination: 'q',
            destination_type: 'queue',
            routing_key: '',
            arguments: { 'x-match': 'any', size: 1, large: true },
          },
        ],
      }),
    );
    expect(tried(topology, 'h', { key: '', headers: { size: 1 } }).queues).toEqual(['q']);
    expect(tried(topology, 'h', { key: '', headers: { size: { double: 1 } } }).queues).toEqual([]);
    expect(tried(topology, 'h', { key: '' }).queues).toEqual([]);
    const wrong = previewKey(topology, 'rabbitmq', 'h', { key: '', headers: 'size' });
    expect(wrong.ok || wrong.problems.map(({ code, at }) => [code, at])).toEqual([['not-an-object', ['headers']]]);
  });

  it('of an exchange that takes no publish answers with the code', () => {
    const topology = drawing(
      JSON.stringify({ exchanges: [{ name: 'in', type: 'fanout', internal: true }], queues: [], bindings: [] }),
    );
    expect(tried(topology, 'in', { key: 'k' })).toEqual({ refused: 403, steps: [], queues: [], wires: [] });
    expect(tried(topology, 'out', { key: 'k' }).refused).toBe(404);
  });
});
