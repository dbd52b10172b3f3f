// The text that a Prometheus server would scrape, read by a strict parser of the format: every line, every escape, every rule
// about histograms.

import { describe, expect, it } from 'vitest';
import { HISTOGRAM_BUCKETS, quantile } from '../kernel/histogram.ts';
import { EN } from '../messages/en.ts';
import { NODE_KINDS } from '../nodes/declarations.ts';
import { runOf, scenarioText } from '../testing/run-fixtures.ts';
import { ledgerOf } from './ledger.ts';
import { Measures } from './measures.ts';
import { prometheusText } from './prometheus.ts';

const S = 1e9;

interface Family {
  help: string;
  type: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,?)/;

function unescaped(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}

/** Reads the text format 0.0.4 and refuses whatever is not written exactly as the format says. */
function parsePrometheus(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const meta = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (meta !== null) {
      const [, what, name, rest] = meta as unknown as [string, string, string, string];
      if (what === 'HELP') {
        if (families.has(name)) throw new Error(`${name} comes twice`);
        if (!/^(?:[^\\]|\\[\\n])*$/.test(rest)) throw new Error(`help of ${name} has a bad escape`);
        families.set(name, { help: unescaped(rest), type: '', samples: [] });
        current = name;
      } else {
        const family = families.get(name);
        if (family === undefined || family.type !== '' || family.samples.length > 0)
          throw new Error(`TYPE of ${name} is out of place`);
        if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest)) throw new Error(`no type ${rest}`);
        family.type = rest;
      }
      continue;
    }
    if (line.startsWith('#') || line === '') throw new Error(`a line that says nothing: ${line}`);
    const sample = readSample(line);
    const family = families.get(current);
    if (family === undefined || family.type === '') throw new Error(`no TYPE before ${line}`);
    const endings = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (!endings.some((ending) => sample.name === current + ending)) throw new Error(`${sample.name} stands under ${current}`);
    const key = `${sample.name}{${Object.entries(sample.labels)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      .sort()}}`;
    if (seen.has(key)) throw new Error(`${key} comes twice`);
    seen.add(key);
    family.samples.push(sample);
  }
  return families;
}

function readSample(line: string): Family['samples'][number] {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error(`no name: ${line}`);
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    while (!rest.startsWith('}')) {
      const found = LABEL.exec(rest);
      if (found === null) throw new Error(`no label: ${line}`);
      const [whole, label, value] = found as unknown as [string, string, string];
      if (label in labels) throw new Error(`a label twice: ${line}`);
      labels[label] = unescaped(value);
      rest = rest.slice(whole.length);
    }
    rest = rest.slice(1);
  }
  const value = /^ (NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(rest)?.[1];
  if (value === undefined) throw new Error(`no value: ${line}`);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

describe('the Prometheus text of a run', () => {
  const scrape = (scenario: string, timeNs: number): { families: Map<string, Family>; simulation: ReturnType<typeof runOf> } => {
    const simulation = runOf(scenarioText(scenario));
    simulation.advanceTo(timeNs);
    return { families: parsePrometheus(prometheusText(simulation)), simulation };
  };

  it('is read by a strict parser, at the start and later, for every scenario', () => {
    for (const name of ['order-pipeline', 'crash-and-redeliver', 'overflow', 'publish-subscribe', 'request-response']) {
      for (const timeNs of [0, 3.3 * S, 20 * S]) expect(scrape(name, timeNs).families.size).toBeGreaterThan(10);
    }
  });

  it('has help and type for every gauge of every kind', () => {
    const { families } = scrape('order-pipeline', 5 * S);
    for (const gauge of NODE_KINDS.flatMap(({ gauges }) => gauges)) {
      expect(families.get(gauge.name)?.help).toBe(EN[gauge.help]);
      expect(families.get(gauge.name)?.type).toBe(gauge.type === 'total' ? 'counter' : 'gauge');
    }
  });

  it('counts messages as the books do', () => {
    const { families, simulation } = scrape('order-pipeline', 30 * S);
    const { publish, delivery } = ledgerOf(simulation.world);
    const status = (name: string): number =>
      (families.get('messages_total')?.samples ?? [])
        .filter(({ labels }) => labels.status === name)
        .reduce((sum, { value }) => sum + value, 0);
    expect(families.get('messages_total')?.type).toBe('counter');
    expect(status('sent')).toBe(publish.sent);
    expect(status('processed')).toBe(delivery.processed);
    expect(status('dead_lettered')).toBe(delivery.deadLettered);
  });

  it('labels the size of a queue with queue_name', () => {
    const { families } = scrape('order-pipeline', 30 * S);
    expect(families.get('queue_size')?.samples.map(({ labels }) => labels)).toEqual([{ queue_name: 'orders' }]);
  });

  it('has a histogram whose buckets add up and whose bounds bracket the quantiles', () => {
    const { families, simulation } = scrape('order-pipeline', 60 * S);
    const samples = families.get('message_latency_seconds')?.samples ?? [];
    const buckets = samples.filter(({ name, labels }) => name.endsWith('_bucket') && labels.topic === 'orders');
    const counts = buckets.map(({ value }) => value);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(buckets.at(-1)?.labels.le).toBe('+Inf');
    const count = samples.find(({ name }) => name.endsWith('_count'))?.value as number;
    expect(count).toBe(ledgerOf(simulation.world).delivery.processed);
    expect(counts.at(-1)).toBe(count);

    const row = new Float64Array(HISTOGRAM_BUCKETS);
    new Measures(simulation).get('message_latency_seconds')?.addCounts?.('orders', row);
    const at = counts.findIndex((cumulated) => cumulated >= count / 2);
    const median = quantile(row, 0, 0.5) / 1e9;
    expect(median).toBeLessThanOrEqual(Number(buckets[at]?.labels.le) * 1.01);
    expect(median).toBeGreaterThan(Number(buckets[at - 1]?.labels.le ?? 0) * 0.99);

    const sum = samples.find(({ name }) => name.endsWith('_sum'))?.value as number;
    expect(sum / count).toBeCloseTo((simulation.world.books.totals[0] as number) / count / 1e9, 9);
  });

  it('escapes what would break a line', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const text = prometheusText(simulation, { ...EN, 'gauge.ready.help': 'a "b"\nc\\d' });
    expect(parsePrometheus(text).get('ready')?.help).toBe('a "b"\nc\\d');
  });
});

describe('the strict parser of this test', () => {
  it('refuses what the format does not allow', () => {
    const good = '# HELP a b\n# TYPE a gauge\na{n="x"} 1\n';
    expect(parsePrometheus(good).size).toBe(1);
    for (const bad of [
      good.slice(0, -1),
      good.replace('gauge', 'number'),
      good.replace(' 1', ' one'),
      good.replace('"x"', 'x'),
      good.replace('a{', 'b{'),
      `${good}a{n="x"} 2\n`,
      good.replace('# TYPE a gauge\n', ''),
    ]) {
      expect(() => parsePrometheus(bad)).toThrow();
    }
  });
});
