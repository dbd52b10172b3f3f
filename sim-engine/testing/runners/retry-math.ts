// Judges patterns/retry-math by real runs. A failure probability and a number of attempts: a hundred thousand messages through a queue
// and a service, whose attempts and dead letters are counted and held against the closed form, as closely as so many draws allow.
// Layers that each try again: one message through services that call one another, down to one that always fails.

import { ledgerOf } from '../../simulation/ledger.ts';
import { Measures } from '../../simulation/measures.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { INSTANT, node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

const MESSAGES = 100_000;
/** A fair run strays further once in two million. */
const SIGMAS = 5;
const MS = { law: 'constant', value: '1ms' };

export const RETRY_MATH_FORMAT: VectorFormat = {
  key: 'patterns/retry-math',
  judge(one: VectorCase): Judgement {
    const { failureProbability, maxAttempts, layers, attemptsPerLayer } = one.input as {
      readonly failureProbability?: number;
      readonly maxAttempts?: number;
      readonly layers?: number;
      readonly attemptsPerLayer?: number;
    };
    if (layers !== undefined && attemptsPerLayer !== undefined) return layersJudged(layers, attemptsPerLayer, one.expected);
    if (failureProbability === undefined || maxAttempts === undefined) throw new Error('neither attempts nor layers');
    return attemptsJudged(failureProbability, maxAttempts, one.expected);
  },
};

function attemptsJudged(p: number, maxAttempts: number, expected: VectorCase['expected']): Judgement {
  const simulation = simulationOf({
    nodes: [
      node('source', 'sender', { arrivals: 'gaps', gaps: MS, limit: MESSAGES }),
      node('orders', 'queue', { ackDeadline: '0s' }),
      node('worker', 'service', {
        work: MS,
        concurrency: 100,
        failure: p,
        retry: 'fixed',
        retryBase: '1ms',
        maxAttempts,
      }),
      node('dead', 'dead-letter-queue'),
    ],
    wires: [
      wire('publish', 'source', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', { ...INSTANT, pollTimeout: '1h' }),
      wire('dead-letter', 'orders', 'dead'),
    ],
    seed: 1,
  });
  simulation.advanceTo((MESSAGES + 1000) * 1e6);
  const { delivery } = ledgerOf(simulation.world);
  const deadLetters = delivery.deadLettered;
  const faults: string[] = [];
  if (delivery.owed !== MESSAGES || delivery.processed + deadLetters !== MESSAGES)
    faults.push(`${delivery.owed} messages owed, ${delivery.processed} processed, ${deadLetters} dead letters`);
  const attempts = (gaugeOf(simulation, 'processed', 'worker') + gaugeOf(simulation, 'failed', 'worker')) / MESSAGES;
  const dead = deadLetters / MESSAGES;
  const deadExpected = expected.deadLetterProbability as number;
  const attemptsAllowed = SIGMAS * Math.sqrt(attemptsVariance(p, maxAttempts) / MESSAGES) + 1e-9;
  // One more than none may be, where a dead letter is expected once in many runs.
  const deadAllowed = SIGMAS * Math.sqrt((deadExpected * (1 - deadExpected)) / MESSAGES) + (deadExpected > 0 ? 1 / MESSAGES : 0);
  const within = (what: string, found: number, allowed: number): void => {
    const wanted = expected[what];
    if (wanted !== undefined && !(Math.abs(found - (wanted as number)) <= allowed))
      faults.push(`${what} ${found}, recorded ${wanted} (give or take ${allowed.toPrecision(2)})`);
  };
  within('expectedAttemptsPerMessage', attempts, attemptsAllowed);
  within('loadAmplification', attempts, attemptsAllowed);
  within('deadLetterProbability', dead, deadAllowed);
  return { faults, details: `attempts ${attempts}/${expected.expectedAttemptsPerMessage}  dead letters ${dead}/${deadExpected}` };
}

/** Of the number of attempts: k with probability p^(k-1) * (1-p), and the last of them whatever comes. */
function attemptsVariance(p: number, maxAttempts: number): number {
  let mean = 0;
  let square = 0;
  for (let k = 1; k <= maxAttempts; k++) {
    const chance = p ** (k - 1) * (k === maxAttempts ? 1 : 1 - p);
    mean += k * chance;
    square += k * k * chance;
  }
  return Math.max(0, square - mean * mean);
}

function layersJudged(layers: number, attempts: number, expected: VectorCase['expected']): Judgement {
  const layer = (at: number): string => `layer-${at}`;
  const chain = Array.from({ length: layers }, (_, at) => at);
  const simulation = simulationOf({
    nodes: [
      node('source', 'sender', { arrivals: 'times', times: ['0s'] }),
      node('orders', 'queue', { ackDeadline: '0s' }),
      ...chain.map((at) =>
        node(layer(at), 'service', { steps: ['receive', 'call', 'work', 'acknowledge'], work: MS, retry: 'none' }),
      ),
      node(layer(layers), 'service', { work: MS, failure: 1, retry: 'none' }),
    ],
    wires: [
      wire('publish', 'source', 'orders', INSTANT),
      wire('deliver', 'orders', layer(0), { ...INSTANT, pollTimeout: '1h' }),
      ...chain.map((at) => wire('call', layer(at), layer(at + 1), { ...INSTANT, timeout: '24h', retries: attempts - 1 })),
    ],
    seed: 1,
  });
  // The bottom is called one at a time, a millisecond each.
  simulation.advanceTo((attempts ** layers + 1000) * 1e6);
  const calls = gaugeOf(simulation, 'called', layer(layers));
  const wanted = expected.worstCaseCallsAtBottom;
  return { faults: calls === wanted ? [] : [`worstCaseCallsAtBottom ${calls}, recorded ${wanted}`] };
}

function gaugeOf(simulation: Simulation, name: string, node: string): number {
  const series = new Measures(simulation)
    .get(name)
    ?.series()
    .find((one) => one.node === node);
  if (series === undefined) throw new Error(`no ${name} of ${node}`);
  return series.read();
}
