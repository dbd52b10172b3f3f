// A look changes nothing: whatever an actor shows, it is in the same state afterwards, in every scenario there is and whatever has
// happened to it. And a run that is watched goes the way of one that is not, also where a setting changes after a look.

import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { node, wire } from '../testing/drawing.ts';
import { runOf, scenarioText } from '../testing/run-fixtures.ts';
import { Story } from '../testing/story.ts';
import type { Actor } from '../world/actor.ts';

const SCENARIOS = readdirSync(new URL('../scenarios/', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));
const SECOND_NS = 1e9;
/** Between two looks. */
const STEP_NS = process.env.LONG_RUNS === '1' ? 1.5 * SECOND_NS : 4.9 * SECOND_NS;
const cells = new Float64Array(4096);

describe('to look at an actor', () => {
  it.each(SCENARIOS)('leaves it as it is (%s)', (name) => {
    const simulation = runOf(scenarioText(name));
    for (let at = SECOND_NS / 2; at <= 30 * SECOND_NS; at += STEP_NS) {
      simulation.advanceTo(at);
      for (const { ix, parts } of simulation.assembly.actors) {
        const actor = simulation.world.actors[ix] as Actor;
        const before = structuredClone(actor.save());
        actor.sample(cells, 0);
        for (const { id } of parts) actor.samplePart?.(id, cells, 0);
        actor.sampleLanes?.(cells, 0, 100);
        for (let slot = 0; slot < 4; slot++) actor.sampleWire?.(slot, cells, 0);
        // The comparison of the test runner takes far longer; it says what is different.
        if (!isDeepStrictEqual(actor.save(), before)) expect(actor.save()).toEqual(before);
      }
    }
  });
});

describe('a run that is looked at', () => {
  it('remembers what one that is not looked at remembers, when the time to live changes after the look', () => {
    /** The order is handed out a second time at 3 s. What is remembered for a second is remembered for a minute from 2 s on. */
    const told = (isWatched: boolean) => {
      const story = new Story({
        nodes: [
          node('shop', 'sender', { arrivals: 'times', times: ['0s'] }),
          node('orders', 'queue', { ackDeadline: '3s' }),
          node('worker', 'service', {
            steps: ['receive', 'remember', 'work', 'acknowledge'],
            work: { law: 'constant', value: '5s' },
            concurrency: 2,
            memoryTtl: '1s',
          }),
        ],
        wires: [wire('publish', 'shop', 'orders', { delay: '0s' }), wire('deliver', 'orders', 'worker', { delay: '0s' })],
      });
      story.at('2s', 'set worker.memoryTtl 1min').to('1500ms');
      // Forgotten at 1 s, as a look says.
      if (isWatched) expect(story.gauge('ids_kept', 'worker')).toBe(0);
      story.to('20s');
      return {
        digest: story.simulation.digest,
        skipped: story.gauge('skipped_work', 'worker'),
        ids: story.gauge('ids_kept', 'worker'),
      };
    };
    expect(told(true)).toEqual(told(false));
  });
});
