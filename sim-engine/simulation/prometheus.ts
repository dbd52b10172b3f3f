// The dials of a run in the text format of Prometheus (version 0.0.4), as a scrape of a real system would find them. Called by
// the command line; reads only. Format: https://prometheus.io/docs/instrumenting/exposition_formats/

import type { Labels } from '../checks/readings.ts';
import { HISTOGRAM_BUCKETS, lowerBound, upperBound } from '../kernel/histogram.ts';
import { EN, type Messages, say } from '../messages/en.ts';
import { type Measure, Measures } from './measures.ts';
import type { Simulation } from './simulation.ts';

/** Upper bounds of the buckets, seconds: those of the usual client libraries, and some for slow pipelines. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** A counter keeps the name it has in checks, also where custom would end it in `_total`. */
const TYPES = { total: 'counter', level: 'gauge', distribution: 'histogram' } as const;

export function prometheusText(simulation: Simulation, messages: Messages = EN): string {
  const measures = new Measures(simulation);
  const shown = ['messages_total', 'message_latency_seconds'].map((name) => measures.get(name) as Measure);
  const oracle = measures.all().filter(({ source }) => source === 'oracle');
  const nodeDown = measures.get('node_down') as Measure;
  return [...shown, ...measures.gauges, nodeDown, ...oracle].map((measure) => familyOf(measure, messages)).join('');
}

function familyOf(measure: Measure, messages: Messages): string {
  const { name, type } = measure;
  const lines = [`# HELP ${name} ${escapedHelp(say(measure.help, {}, messages))}`, `# TYPE ${name} ${TYPES[type]}`];
  if (type === 'distribution') lines.push(...histogramLines(measure));
  else if (measure.labels.length === 0) lines.push(sample(name, {}, measure.total()));
  else for (const { labels, read } of measure.series()) lines.push(sample(name, labels, read()));
  return `${lines.join('\n')}\n`;
}

/**
 * A bucket of the engine's histogram that lies across a bound is counted below it if its middle is: off by at most 1/128
 * of the bound.
 */
function histogramLines(measure: Measure): string[] {
  const { name } = measure;
  return measure.series().flatMap(({ labels, node, read }) => {
    const counts = new Float64Array(HISTOGRAM_BUCKETS);
    measure.addCounts?.(node, counts);
    const lines: string[] = [];
    let bucket = 0;
    let count = 0;
    for (const bound of BUCKETS_S) {
      while (bucket < HISTOGRAM_BUCKETS && (lowerBound(bucket) + upperBound(bucket)) / 2 <= bound * 1e9)
        count += counts[bucket++] as number;
      lines.push(sample(`${name}_bucket`, { ...labels, le: String(bound) }, count));
    }
    while (bucket < HISTOGRAM_BUCKETS) count += counts[bucket++] as number;
    const sum = count === 0 ? 0 : read() * count;
    return [
      ...lines,
      sample(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
      sample(`${name}_sum`, labels, sum),
      sample(`${name}_count`, labels, count),
    ];
  });
}

function sample(name: string, labels: Labels, value: number): string {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
  return `${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${numberText(value)}`;
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

const escapedHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const escapedLabel = (text: string): string => escapedHelp(text).replace(/"/g, '\\"');
