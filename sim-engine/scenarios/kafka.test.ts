// The scenarios of Kafka: what each file says goes away with the change that it names, does (K16, K17, K28).

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../simulation/ledger.ts';
import { Simulation } from '../simulation/simulation.ts';
import { started } from '../testing/drawing.ts';
import { Lesson } from '../testing/lesson.ts';
import { parseScenarioDocument } from '../topology/parse.ts';

/** Runs it to its end with a field of all wires of a kind set to something else. */
function runWith(name: string, kind: string, field: string, value: string): Simulation {
  const { document } = new Lesson(name, '');
  const wires = document.topology.wires.map((wire) =>
    wire.kind === kind ? { ...wire, params: { ...wire.params, [field]: value } } : wire,
  );
  const parsed = parseScenarioDocument({ ...document, topology: { ...document.topology, wires } });
  if (!parsed.ok) throw new Error(`${name} has problems`);
  const simulation = started(Simulation.create(parsed.value));
  simulation.advanceTo(60e9);
  return simulation;
}

describe('Committed before the work', () => {
  it('loses what was in hand at the crash; after the work nothing is lost, and some is done twice', () => {
    const before = runWith('kafka-commit-before', 'kafka-consume', 'commit', 'before');
    expect(ledgerOf(before.world).delivery.lost).toBeGreaterThan(0);
    expect(before.world.oracle.duplicateEffects).toBe(0);
    const after = runWith('kafka-commit-before', 'kafka-consume', 'commit', 'after');
    expect(ledgerOf(after.world).delivery.lost).toBe(0);
    expect(after.world.oracle.missedEffects).toBe(0);
    expect(after.world.oracle.duplicateEffects).toBeGreaterThan(0);
  });
});

describe('Sent again', () => {
  it('is overtaken and written twice without idempotence; with it the broker knows what it has', () => {
    const written = (idempotence: string) => {
      const simulation = runWith('kafka-sent-again', 'kafka-produce', 'idempotence', idempotence);
      return { recognised: ledgerOf(simulation.world).publish.refused, overtaken: simulation.world.oracle.orderBreaks };
    };
    const off = written('off');
    expect(off.recognised).toBe(0);
    expect(off.overtaken).toBeGreaterThan(0);
    const on = written('default');
    expect(on.recognised).toBeGreaterThan(0);
    expect(on.overtaken).toBe(0);
  });
});
