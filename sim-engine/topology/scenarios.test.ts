// Every scenario that ships is sound: it parses without a problem and leaves nothing to advise.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adviceOn } from './advice.ts';
import { describeProblem } from './describe-problem.ts';
import type { NodeDocument } from './document.ts';
import { parseScenario } from './parse.ts';

const folder = `${import.meta.dirname}/../scenarios`;
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

/** A card, or a container with its own size. */
function boxOf({ id, parent, position, size }: NodeDocument) {
  if (position === undefined) throw new Error(`${id} has no position`);
  return { id, parent, ...position, width: size?.width ?? 204, height: size?.height ?? 96 };
}

describe('scenarios that ship', () => {
  it.each(files)('%s is read without a problem, and nothing is missing in its drawing', (name) => {
    const parsed = parseScenario(readFileSync(`${folder}/${name}`, 'utf8'));
    expect(parsed.ok ? [] : parsed.problems.map((problem) => describeProblem(problem))).toEqual([]);
    if (parsed.ok) expect(adviceOn(parsed.value.topology).map((problem) => describeProblem(problem))).toEqual([]);
  });

  it.each(files)('%s lies on the grid of 24, nodes apart from one another', (name) => {
    const parsed = parseScenario(readFileSync(`${folder}/${name}`, 'utf8'));
    if (!parsed.ok) throw new Error('refused');
    const nodes = parsed.value.topology.document.nodes.map(boxOf);
    for (const [i, a] of nodes.entries()) {
      expect([a.x % 24 === 0, a.y % 24 === 0], a.id).toEqual([true, true]);
      // Where a part stands is told from the corner of its container.
      for (const b of nodes.slice(i + 1).filter(({ parent }) => parent === a.parent)) {
        const [left, right] = a.x < b.x ? [a, b] : [b, a];
        const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
        const isAside = right.x - left.x >= left.width + 60;
        expect(isAside || lower.y - upper.y >= upper.height + 24, `${a.id} and ${b.id}`).toBe(true);
      }
      const container = nodes.find(({ id }) => id === a.parent);
      if (container !== undefined) expect([a.x + 204 < container.width, a.y + 112 < container.height]).toEqual([true, true]);
    }
  });

  it('know their run: seed, duration and topology', () => {
    const parsed = parseScenario(readFileSync(`${folder}/order-pipeline.json`, 'utf8'));
    if (!parsed.ok) throw new Error('refused');
    expect(parsed.value).toMatchObject({ seed: 7, durationNs: 60_000_000_000 });
    const given = parseScenario(readFileSync(`${folder}/order-pipeline.json`, 'utf8'), { seed: 3, durationNs: 5 });
    expect(given).toMatchObject({ value: { seed: 3, durationNs: 5 } });
  });

  it('can be a bare topology, which gets the default seed and a minute', () => {
    const bare = { format: 'broker-lab/topology', version: 1, name: 'Bare', nodes: [{ id: 's', kind: 'sender' }], wires: [] };
    expect(parseScenario(JSON.stringify(bare))).toMatchObject({
      ok: true,
      value: { seed: 1, durationNs: 60_000_000_000, document: { title: 'Bare', topology: { name: 'Bare' } } },
    });
  });

  it('have an example in docs/topology-format.md that can be copied as it stands', () => {
    const page = readFileSync(`${import.meta.dirname}/../../docs/topology-format.md`, 'utf8');
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const parsed = parseScenario(example);
    expect(parsed.ok ? [] : parsed.problems).toEqual([]);
    if (parsed.ok) expect(adviceOn(parsed.value.topology)).toEqual([]);
  });
});
