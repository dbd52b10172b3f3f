// Every scenario that ships is sound: it parses without a problem and leaves nothing to advise.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adviceOn } from './advice.ts';
import { describeProblem } from './describe-problem.ts';
import { parseScenario } from './parse.ts';

const folder = `${import.meta.dirname}/../scenarios`;
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

describe('scenarios that ship', () => {
  it.each(files)('%s is read without a problem, and nothing is missing in its drawing', (name) => {
    const parsed = parseScenario(readFileSync(`${folder}/${name}`, 'utf8'));
    expect(parsed.ok ? [] : parsed.problems.map((problem) => describeProblem(problem))).toEqual([]);
    if (parsed.ok) expect(adviceOn(parsed.value.topology).map((problem) => describeProblem(problem))).toEqual([]);
  });

  it.each(files)('%s lies on the grid of 24, nodes apart from one another', (name) => {
    const parsed = parseScenario(readFileSync(`${folder}/${name}`, 'utf8'));
    if (!parsed.ok) throw new Error('refused');
    const places = parsed.value.topology.document.nodes.map((node) => node.position);
    for (const [i, a] of places.entries()) {
      if (a === undefined) throw new Error('a node has no position');
      expect([a.x % 24, a.y % 24]).toEqual([0, 0]);
      for (const b of places.slice(i + 1)) {
        if (b !== undefined) expect(Math.abs(a.x - b.x) >= 264 || Math.abs(a.y - b.y) >= 120).toBe(true);
      }
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
