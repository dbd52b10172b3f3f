// The scenarios of Kafka: what each file says goes away with the change that it names, does (K28).

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../simulation/ledger.ts';
import { Simulation } from '../simulation/simulation.ts';
import { started } from '../testing/drawing.ts';
import { Lesson } from '../testing/lesson.ts';
import { parseScenarioDocument } from '../topology/parse.ts';

function runWith(name: string, commit: string): Simulation {
  const { document } = new Lesson(name, '');
  const wires = document.topology.wires.map((wire) =>
    wire.kind === 'kafka-consume' ? { ...wire, params: { ...wire.params, commit } } : wire,
  );
  const parsed = parseScenarioDocument({ ...document, topology: { ...document.topology, wires } });
  if (!parsed.ok) throw new Error(`${name} has problems`);
  const simulation = started(Simulation.create(parsed.value));
  simulation.advanceTo(60e9);
  return simulation;
}

describe('Committed before the work', () => {
  it('loses what was in hand at the crash; after the work nothing is lost, and some is done twice', () => {
    const before = runWith('kafka-commit-before', 'before');
    expect(ledgerOf(before.world).delivery.lost).toBeGreaterThan(0);
    expect(before.world.oracle.duplicateEffects).toBe(0);
    const after = runWith('kafka-commit-before', 'after');
    expect(ledgerOf(after.world).delivery.lost).toBe(0);
    expect(after.world.oracle.missedEffects).toBe(0);
    expect(after.world.oracle.duplicateEffects).toBeGreaterThan(0);
  });
});
