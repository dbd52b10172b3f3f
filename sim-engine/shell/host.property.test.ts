// Whatever a person does with a run (plays it at any speed, pauses, steps, edits, breaks, goes back, takes back), what is left is a
// log that leads a run that nobody touches to the same digest.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LoggedCommand, Request } from '../protocol/messages.ts';
import { parseCommand } from '../simulation/command-text.ts';
import { Simulation } from '../simulation/simulation.ts';
import { FakePage } from '../testing/fake-page.ts';
import type { ScenarioDocument } from '../topology/document.ts';
import { parseScenario } from '../topology/parse.ts';

const PIPELINE = readFileSync(new URL('../scenarios/order-pipeline.json', import.meta.url), 'utf8');

/** The same drawing by the beat of whole milliseconds: what is done to it falls on the very moments of its events. */
function metronome(): string {
  const scenario = JSON.parse(PIPELINE) as ScenarioDocument;
  const { topology } = scenario;
  const nodes = topology.nodes.map((node) => {
    if (node.kind === 'sender') return { ...node, params: { ...node.params, arrivals: 'constant', rate: 20 } };
    if (node.kind !== 'service') return node;
    return { ...node, params: { ...node.params, work: { law: 'constant', value: '50ms' }, retry: 'fixed', retryBase: '100ms' } };
  });
  const wires = topology.wires.map((wire) =>
    wire.kind === 'dead-letter' ? wire : { ...wire, params: { ...wire.params, delay: '0s' } },
  );
  return JSON.stringify({ ...scenario, topology: { ...topology, nodes, wires } });
}
const SCENARIOS = [PIPELINE, metronome()];

const COMMANDS = [
  'crash worker-1',
  'crash worker-2 for 700ms',
  'restart worker-1',
  'stall orders 300ms',
  'slow worker-3 4 for 2s',
  'burst checkout 7',
  'burst mobile 5 over 1s',
  'poison checkout 50% for 1s',
  'cut checkout-orders for 500ms',
  'lose mobile-orders 30%',
  'delay checkout-orders 250ms',
  'heal checkout-orders',
  'redrive orders-dead',
  'set checkout.rate 9',
  'set worker-1.concurrency 3',
  'set orders.capacity 5',
  'set orders.overflow block',
  'remove worker-2',
  'remove-wire orders-worker-3',
  'add-wire {"id":"orders-worker-3","kind":"deliver","from":"orders","to":"worker-3"}',
].flatMap((text) => {
  const command = parseCommand(text);
  return command.ok ? [command.value] : [];
});

type Deed =
  | { readonly do: 'ask'; readonly request: Request }
  | { readonly do: 'pass'; readonly ms: number }
  /** Goes to a moment: so many thousandths of the time reached. */
  | { readonly do: 'go'; readonly share: number }
  | { readonly do: 'take back'; readonly which: number };

const asks = (request: fc.Arbitrary<Request>): fc.Arbitrary<Deed> => request.map((one) => ({ do: 'ask', request: one }));
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: asks(fc.constantFrom(...COMMANDS).map((command) => ({ type: 'command', command }))),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 900 }) }) },
  {
    weight: 2,
    arbitrary: asks(fc.constantFrom(0.05, 0.5, 1, 7, 100).map((speed) => ({ type: 'play', speed }))),
  },
  { weight: 1, arbitrary: asks(fc.constant({ type: 'pause' })) },
  {
    weight: 2,
    arbitrary: asks(fc.constantFrom('event', 'message', 'tick').map((unit) => ({ type: 'step', unit }) as const)),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('go' as const), share: fc.integer({ min: 0, max: 1500 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take back' as const), which: fc.nat() }) },
);

function untouched(text: string, log: readonly LoggedCommand[], timeNs: number): string {
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error('bad scenario');
  const created = Simulation.create(parsed.value, { log });
  if (!created.ok) throw new Error('bad commands');
  created.value.advanceTo(timeNs);
  return created.value.digest;
}

const givenTo = (page: FakePage): readonly LoggedCommand[] => {
  const answer = page.ask({ type: 'log' });
  if (answer.type !== 'log') throw new Error(answer.type);
  expect(answer.firstIndex).toBe(0);
  return answer.given;
};

it('whatever is done with a run, its log leads to the same digest', () => {
  expect(COMMANDS.length).toBeGreaterThan(15);
  fc.assert(
    fc.property(fc.constantFrom(...SCENARIOS), fc.array(deed, { minLength: 3, maxLength: 25 }), (text, deeds) => {
      const page = new FakePage();
      page.status({ type: 'load', text });
      for (const one of deeds) {
        if (one.do === 'pass') page.pass(one.ms);
        else if (one.do === 'ask') page.ask(one.request);
        else if (one.do === 'go') {
          const { simTimeNs } = page.status({ type: 'ping' });
          page.ask({ type: 'run-to', timeNs: Math.floor((simTimeNs * one.share) / 1000) });
        } else {
          const given = givenTo(page);
          if (given.length > 0) page.ask({ type: 'take-back', index: one.which % given.length, frameEveryNs: 1e8 });
        }
      }
      page.ask({ type: 'pause' });
      // A step of one event may stand in the midst of its instant: compared is a moment later.
      page.ask({ type: 'run-to', timeNs: page.status({ type: 'ping' }).simTimeNs + 1e6 });
      const { simTimeNs, digest } = page.status({ type: 'ping' });
      const given = givenTo(page).filter(({ atNs }) => atNs <= simTimeNs);
      expect(untouched(text, given, simTimeNs)).toBe(digest);
    }),
    { numRuns: Number(process.env.LONG_RUNS ?? 0) > 0 ? 3000 : 300 },
  );
}, 60_000);
