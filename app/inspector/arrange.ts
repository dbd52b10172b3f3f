// Which settings and gauges of a thing stand together. What nobody has named here stands as declared: kinds with few fields need no
// headings. Gauges about calls, breakers and memory are shown where the node has what they speak of. Pure.

import type { Field } from '../../sim-engine/nodes/fields.ts';
import type { Gauge } from '../../sim-engine/nodes/node-kind.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import type { ServiceWord } from '../messages/services.ts';
import { fieldOf, isWire } from '../store/params.ts';
import { type StepDocument, wordOf } from './steps.ts';

type Heading = ServiceWord & `group.${string}`;
export interface Group<T> {
  /** Of what stands first, and alone, there is none. */
  readonly heading: Heading | null;
  readonly items: readonly T[];
}

type Named = readonly (readonly [heading: Heading | null, names: readonly string[]])[];

/** By kind of node or wire: names of fields under their headings, in order. */
const FIELD_GROUPS = new Map<string, Named>([
  [
    'service',
    [
      [null, ['concurrency', 'work', 'failure', 'retry', 'retryBase', 'maxAttempts', 'steps']],
      ['group.crash', ['crashAfter', 'crashChance', 'restartAfter']],
      ['group.retries', ['retryCap', 'retryMultiplier', 'retryRandomization', 'retryWait', 'failFirst', 'poison']],
      ['group.desk', ['assignment', 'deskOrder', 'interrupts', 'callsWaiting', 'skipsExpired']],
      ['group.memory', ['memory', 'memoryTtl', 'memoryBound', 'memoryKept']],
    ],
  ],
  [
    'call',
    [
      ['group.waiting', ['timeout', 'retries', 'retryWait']],
      [
        'group.guard',
        [
          'atOnce',
          'breaker',
          'breakerThreshold',
          'breakerMinimum',
          'breakerOpen',
          'breakerSlow',
          'breakerProbes',
          'whenHeldBack',
          'rateLimit',
          'rateBurst',
        ],
      ],
      ['group.budget', ['budget', 'budgetShare']],
      ['group.network', ['delay', 'jitter', 'loss', 'duplication', 'bandwidth']],
    ],
  ],
]);

/** What a binding is asked for, by the type of the exchange that it begins at: the others never look at it. */
const BINDING_FIELDS = new Map([
  ['direct', 'routingKey'],
  ['topic', 'routingKey'],
  ['headers', 'arguments'],
  ['x-consistent-hash', 'weight'],
]);

/** Whether a field of a binding means something to its exchange, or somebody has set it; true for all else. */
export function isAsked(thing: NodeDocument | WireDocument, field: string, { nodes }: TopologyDocument): boolean {
  if (thing.kind !== 'binding' || !isWire(thing) || thing.params?.[field] !== undefined) return true;
  const source = nodes.find(({ id }) => id === thing.from);
  return source === undefined || BINDING_FIELDS.get(String(fieldOf(source, 'type'))) === field;
}

type NamedField = [name: string, field: Field];

/** The fields in groups that are not empty; those that no group names come last. */
export function fieldGroups(kind: string, fields: readonly NamedField[]): readonly Group<NamedField>[] {
  const groups = FIELD_GROUPS.get(kind);
  if (groups === undefined) return fields.length === 0 ? [] : [{ heading: null, items: fields }];
  const named = new Set(groups.flatMap(([, names]) => names));
  const of = (names: readonly string[]) => names.flatMap((name) => fields.filter(([each]) => each === name));
  return [
    ...groups.map(([heading, names]) => ({ heading, items: of(names) })),
    { heading: 'group.other' as const, items: fields.filter(([name]) => !named.has(name)) },
  ].filter(({ items }) => items.length > 0);
}

const REMEMBERS = new Set(['check', 'mark', 'remember']);

interface GaugeGroup {
  /** Without one they stand with what every service says. */
  readonly heading: Heading | null;
  readonly gauges: readonly string[];
  isShown(node: NodeDocument, wires: readonly WireDocument[]): boolean;
}

const GAUGE_GROUPS: readonly GaugeGroup[] = [
  {
    heading: 'group.asks',
    gauges: ['calls_out', 'calls_held_back', 'calls_timed_out', 'late_answers'],
    isShown: (node, wires) => wires.some((wire) => isAskedBy(wire, node)),
  },
  {
    heading: 'group.guard',
    gauges: ['breaker', 'breaker_opened'],
    isShown: (node, wires) => wires.some((wire) => isAskedBy(wire, node) && fieldOf(wire, 'breaker') !== 'none'),
  },
  {
    heading: 'group.answers',
    gauges: ['called', 'turned_away'],
    isShown: ({ id }, wires) => wires.some(({ kind, to }) => to === id && (kind === 'call' || kind === 'direct')),
  },
  { heading: null, gauges: ['too_late'], isShown: (node) => fieldOf(node, 'skipsExpired') === true },
  { heading: null, gauges: ['places'], isShown: ({ id }, wires) => wires.some(({ kind, to }) => kind === 'scale' && to === id) },
  { heading: 'group.memory', gauges: ['ids_kept', 'skipped_work'], isShown: (node) => remembers(node) },
];

const isAskedBy = (wire: WireDocument, { id }: NodeDocument): boolean => wire.kind === 'call' && wire.from === id;

/** Whether one of its steps looks up, or writes down, what was done. */
export function remembers(node: NodeDocument): boolean {
  const steps = fieldOf(node, 'steps');
  if (!Array.isArray(steps)) return false;
  return (steps as StepDocument[]).some(
    (step) => REMEMBERS.has(wordOf(step)) || (typeof step !== 'string' && step.once === true),
  );
}

/** The gauges of a node in groups: of a service those that speak of calls and memory apart, and only where there are any. */
export function gaugeGroups(node: NodeDocument, gauges: readonly Gauge[], { wires }: TopologyDocument): readonly Group<Gauge>[] {
  if (node.kind !== 'service') return [{ heading: null, items: gauges }];
  const shown = GAUGE_GROUPS.filter((group) => group.isShown(node, wires));
  const apart = new Set(
    GAUGE_GROUPS.filter((group) => group.heading !== null || !shown.includes(group)).flatMap((group) => group.gauges),
  );
  return [
    { heading: null, items: gauges.filter(({ name }) => !apart.has(name)) },
    ...shown
      .filter(({ heading }) => heading !== null)
      .map(({ heading, gauges: names }) => ({
        heading,
        items: names.flatMap((name) => gauges.filter((gauge) => gauge.name === name)),
      })),
  ];
}
