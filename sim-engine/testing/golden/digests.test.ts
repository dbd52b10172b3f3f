// The digests that the scenarios of this repository had when they were last looked at. A change that is not meant to change any
// run leaves them alone; one that is, records them anew with `npx vitest run sim-engine/testing/golden -u` and says why.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Simulation } from '../../simulation/simulation.ts';
import { parseScenario } from '../../topology/parse.ts';
import { started } from '../drawing.ts';

const FOLDER = 'sim-engine/scenarios';
const SEEDS = [1, 7];
const MOMENTS_S = [1, 10, 60];

function digestsOf(text: string, seed: number): readonly string[] {
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const simulation = started(Simulation.create(parsed.value, { seed }));
  return MOMENTS_S.map((second) => {
    simulation.advanceTo(second * 1e9);
    return simulation.digest;
  });
}

it('every scenario is the run it was', async () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const lines = files.sort().flatMap((file) => {
    const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
    return SEEDS.map((seed) => `${file} seed ${seed} after ${MOMENTS_S.join(', ')} s: ${digestsOf(text, seed).join(' ')}\n`);
  });
  await expect(lines.join('')).toMatchFileSnapshot('digests.txt');
});
