// Brokers of a drawing as a definitions file that a RabbitMQ server imports: of one virtual host where there is one broker, of a whole
// node where there are several. Settings stand as arguments of the queues; policies there are none. What the server would refuse is
// named with its place in the drawing, and then no file is made.

import { type DeclaredRouting, declaredRouting } from '../nodes/rabbitmq/declared-routing.ts';
import { isDouble, isList, isTable } from '../nodes/rabbitmq/headers-match.ts';
import type { BindingSpec, ExchangeSpec, HeaderTable, HeaderValue, QueueSpec, Version } from '../nodes/rabbitmq/model.ts';
import { declarationRefusal, queueTypeOf } from '../nodes/rabbitmq/queue-settings.ts';
import type { ParsedNode, ParsedTopology, Problem, Result } from '../topology/document.ts';
import { type ProblemCode, placeOf, report, shown } from '../topology/problems.ts';
import { BROKER } from './rabbitmq-definitions-import.ts';

const RESERVED = 'amq.';
/** The server of each series that was recorded. */
const RELEASES: { readonly [version in Version]: string } = { '4.3': '4.3.6', '4.0': '4.0.5', '3.10': '3.10.8' };

/** The text of the file. `ids` are the brokers to write, all of the drawing if none is given. */
export function exportDefinitions(topology: ParsedTopology, ids?: readonly string[]): Result<string> {
  const brokers = topology.nodes.filter(({ id, kind }) => kind === BROKER && (ids === undefined || ids.includes(id)));
  const problems: Problem[] = [];
  if (brokers.length === 0) report(problems, 'definitions-no-broker', undefined);
  const vhosts = brokers.map((broker) => vhostOf(topology, broker, problems));
  if (problems.length > 0) return { ok: false, problems };
  const [only] = vhosts;
  const file = vhosts.length === 1 && only !== undefined ? singleFile(only) : nodeFile(vhosts);
  return { ok: true, value: `${printed(file, '')}\n` };
}

interface Vhost {
  readonly name: string;
  readonly version: Version;
  readonly declared: DeclaredRouting;
}

function vhostOf(topology: ParsedTopology, broker: ParsedNode, problems: Problem[]): Vhost {
  const parts = topology.nodes.filter(({ parent }) => parent === broker.id);
  const ids = new Set(parts.map(({ id }) => id));
  const version = (broker.params.version as Version | undefined) ?? '4.3';
  const declared = declaredRouting(
    version,
    parts,
    topology.wires.filter(({ from }) => ids.has(from)),
  );
  checkDeclared(declared, version, problems);
  const name = topology.document.nodes.find(({ id }) => id === broker.id)?.name ?? broker.id;
  return { name, version, declared };
}

function checkDeclared({ exchanges, queues, bindings, refused }: DeclaredRouting, version: Version, problems: Problem[]): void {
  const say = (code: ProblemCode, list: 'nodes' | 'wires', id: string, name: string): void =>
    report(problems, code, placeOf([list, id]), { name: shown(name), key: shown(name), version });
  for (const { id } of refused) {
    const binding = bindings.find((one) => one.id === id);
    if (binding === undefined) say('definitions-exchange-refused', 'nodes', id, id);
    else say('definitions-binding-refused', 'wires', id, binding.spec.key);
  }
  for (const all of [exchanges, queues]) {
    const names = new Set<string>();
    for (const { id, spec } of all) {
      if (names.has(spec.name)) say('definitions-twice', 'nodes', id, spec.name);
      names.add(spec.name);
    }
  }
  for (const { id, spec } of queues) {
    if (declarationRefusal(spec, version) !== 0) say('definitions-queue-refused', 'nodes', id, spec.name);
  }
}

// ------------------------------------------------------------------ the two forms of the file

function singleFile(vhost: Vhost): Json {
  const { name, version } = vhost;
  return {
    rabbit_version: RELEASES[version],
    rabbitmq_version: RELEASES[version],
    product_name: 'RabbitMQ',
    product_version: RELEASES[version],
    rabbitmq_definition_format: 'single_virtual_host',
    original_vhost_name: name,
    explanation: `Definitions of virtual host '${name}'`,
    description: '',
    metadata: metadata(),
    limits: {},
    parameters: [],
    policies: [],
    ...lists([vhost], false),
  };
}

function nodeFile(vhosts: readonly Vhost[]): Json {
  const version = RELEASES[vhosts[0]?.version ?? '4.3'];
  return {
    rabbit_version: version,
    rabbitmq_version: version,
    product_name: 'RabbitMQ',
    product_version: version,
    rabbitmq_definition_format: 'cluster',
    users: [],
    vhosts: vhosts.map(({ name }) => ({ name, limits: {}, metadata: metadata() })),
    permissions: [],
    topic_permissions: [],
    parameters: [],
    global_parameters: [],
    policies: [],
    ...lists(vhosts, true),
  };
}

const metadata = (): Json => ({ description: '', tags: [], default_queue_type: 'classic' });

function lists(vhosts: readonly Vhost[], namesVhost: boolean): { readonly [key: string]: Json } {
  const each = <T>(of: (declared: DeclaredRouting) => readonly T[], print: (one: T) => { readonly [key: string]: Json }): Json =>
    vhosts.flatMap(({ name, declared }) => of(declared).map((one) => (namesVhost ? { vhost: name, ...print(one) } : print(one))));
  return {
    // The server's own are there wherever the file is imported.
    exchanges: each(
      ({ exchanges }) => exchanges.filter(({ spec }) => !spec.name.startsWith(RESERVED)),
      ({ spec }) => exchangeEntry(spec),
    ),
    queues: each(
      ({ queues }) => queues,
      ({ spec }) => queueEntry(spec),
    ),
    bindings: each(
      ({ bindings }) => bindings,
      ({ spec }) => bindingEntry(spec),
    ),
  };
}

const exchangeEntry = ({ name, type, isDurable, isAutoDelete, isInternal, args }: ExchangeSpec): { [key: string]: Json } => ({
  name,
  type,
  durable: isDurable,
  auto_delete: isAutoDelete,
  internal: isInternal,
  arguments: args,
});

const queueEntry = ({ name, isDurable, isAutoDelete, isExclusive, args }: QueueSpec): { [key: string]: Json } => ({
  name,
  type: queueTypeOf(args) ?? 'classic',
  durable: isDurable,
  auto_delete: isAutoDelete,
  // A file of the server holds no exclusive queues, but its import reads the word.
  ...(isExclusive && { exclusive: true }),
  arguments: args,
});

const bindingEntry = ({ source, destination, toExchange, key, args }: BindingSpec): { [key: string]: Json } => ({
  source,
  destination,
  destination_type: toExchange ? 'exchange' : 'queue',
  routing_key: key,
  arguments: args,
});

// ------------------------------------------------------------------ JSON

type Json = string | boolean | HeaderTable | readonly Json[] | { readonly [key: string]: Json };

/** As the server prints it. A double keeps its point, so that it comes back as one. */
function printed(value: Json | HeaderValue, indent: string): string {
  const inner = `${indent}  `;
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'number' && isDouble(value) ? doubleText(value) : JSON.stringify(value);
  }
  if (isList(value as HeaderValue)) {
    const items = (value as readonly Json[]).map((item) => `${inner}${printed(item, inner)}`);
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (!isTable(value as HeaderValue) && isDoubleObject(value)) return doubleText(value.double);
  const entries = value instanceof Map ? [...value] : Object.entries(value as { readonly [key: string]: Json });
  const lines = entries.map(([key, held]) => `${inner}${JSON.stringify(key)}: ${printed(held, inner)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

const isDoubleObject = (value: object): value is { readonly double: number } =>
  'double' in value && typeof value.double === 'number';

const doubleText = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
