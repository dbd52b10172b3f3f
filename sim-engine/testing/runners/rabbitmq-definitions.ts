// Judges a definitions file of RabbitMQ: it can be imported; what is exported of it comes back as the same drawing; and messages find the
// same queues before and after. The file is the case; what to send is made from its own keys.

import { exportDefinitions, importDefinitions } from '../../foreign/rabbitmq-definitions.ts';
import { isSamePlain } from '../../kernel/plain-state.ts';
import { type DeclaredRouting, declaredRouting } from '../../nodes/rabbitmq/declared-routing.ts';
import { type HeaderTable, keyedMessage, type RoutedMessage, type Version } from '../../nodes/rabbitmq/model.ts';
import { route } from '../../nodes/rabbitmq/routing.ts';
import { describeProblem } from '../../topology/describe-problem.ts';
import type { ParsedTopology, Problem, Result } from '../../topology/document.ts';
import { parseTopologyDocument } from '../../topology/parse.ts';
import type { Judgement, VectorFormat } from './format.ts';

class Refused extends Error {
  constructor(what: string, problems: readonly Problem[]) {
    const told = problems.map((problem) => describeProblem(problem)).map(({ place, sentence }) => `${place}: ${sentence}`);
    super(`${what} is refused: ${told.join('; ')}`);
  }
}

function got<T>(what: string, result: Result<T>): T {
  if (!result.ok) throw new Refused(what, result.problems);
  return result.value;
}

export const RABBITMQ_DEFINITIONS_FORMAT: VectorFormat = {
  key: 'definitions',
  judge({ input }): Judgement {
    const { first, remarks } = firstDrawing(JSON.stringify(input));
    const again = drawingOf('what was exported', got('the drawing', exportDefinitions(first)));
    const faults: string[] = [];
    if (!isSamePlain(first.document, again.document)) faults.push('what was exported comes back as another drawing');
    const missing = missingFrom(input, first, remarks);
    if (missing.length > 0) faults.push(`not drawn: ${missing.join(', ')}`);
    const probes = probesOf(input);
    const [before, after] = [routed(first, probes), routed(again, probes)];
    if (!isSamePlain(before, after)) faults.push('messages go other ways afterwards');
    return {
      faults,
      details: `${probes.length} messages, ${before.filter((queues) => queues.length > 0).length} of them routed`,
    };
  },
};

function firstDrawing(text: string): { readonly first: ParsedTopology; readonly remarks: readonly Problem[] } {
  const { topology, remarks } = got('the file', importDefinitions(text));
  return { first: got('its drawing', parseTopologyDocument(topology)), remarks };
}

function drawingOf(what: string, text: string): ParsedTopology {
  const { topology } = got(what, importDefinitions(text));
  return got(`the drawing of ${what}`, parseTopologyDocument(topology));
}

type Listed = readonly { readonly [key: string]: unknown }[];
const listOf = (input: { readonly [key: string]: unknown }, key: string): Listed => (input[key] as Listed | undefined) ?? [];

/** What the file defines and the drawing neither shows nor was said to leave out: exchanges and queues by name, bindings in sum. */
function missingFrom(
  input: { readonly [key: string]: unknown },
  { nodes, wires }: ParsedTopology,
  remarks: readonly Problem[],
): readonly string[] {
  const drawn = new Set(nodes.map(({ kind, id, params }) => `${kind} ${params.name || id}`));
  const isTold = (list: string, name: unknown): boolean => remarks.some(({ at }) => at[0] === list && at[1] === name);
  const missing = ['exchange', 'queue'].flatMap((kind) =>
    listOf(input, `${kind}s`)
      .filter(({ name }) => !drawn.has(`rabbitmq-${kind} ${name}`) && !isTold(`${kind}s`, name))
      .map(({ name }) => `${kind} ${name}`),
  );
  const count = listOf(input, 'bindings').length - wires.filter(({ kind }) => kind === 'binding').length;
  // With an exchange that is left out its bindings are.
  return count === 0 || remarks.some(({ at }) => at[0] === 'exchanges' || at[0] === 'bindings')
    ? missing
    : [...missing, `${count} bindings`];
}

interface Probe {
  readonly exchange: string;
  readonly message: RoutedMessage;
}

const OTHER_KEYS = ['', 'a', 'nobody.wants.this'];

/** Every exchange with every key of the file, wildcards filled in by a word, with and without the headers that some binding asks for. */
function probesOf(input: { readonly [key: string]: unknown }): readonly Probe[] {
  const exchanges = ['', ...listOf(input, 'exchanges').map(({ name }) => name as string)];
  const bindings = listOf(input, 'bindings');
  const keys = new Set(
    [...bindings.map(({ routing_key }) => routing_key as string), ...listOf(input, 'queues').map(({ name }) => name as string)]
      .flatMap((key) => [key, key.replace(/[*#]/g, 'word')])
      .concat(OTHER_KEYS),
  );
  const tables: (HeaderTable | null)[] = [null];
  for (const { arguments: args } of bindings) {
    const asked = Object.entries((args ?? {}) as { readonly [name: string]: string }).filter(([name]) => name !== 'x-match');
    if (asked.length > 0) tables.push(new Map(asked));
  }
  return exchanges.flatMap((exchange) =>
    [...keys].flatMap((key) => tables.map((headers): Probe => ({ exchange, message: keyedMessage(key, headers) }))),
  );
}

/** The queues of each message, over all brokers of the drawing. */
function routed(topology: ParsedTopology, probes: readonly Probe[]): readonly (readonly string[])[] {
  const brokers = topology.nodes
    .filter(({ kind }) => kind === 'rabbitmq')
    .map((broker): DeclaredRouting => {
      const parts = topology.nodes.filter(({ parent }) => parent === broker.id);
      const ids = new Set(parts.map(({ id }) => id));
      const inside = topology.wires.filter(({ from }) => ids.has(from));
      return declaredRouting(broker.params.version as Version, parts, inside);
    });
  return probes.map(({ exchange, message }) => brokers.flatMap(({ routing }) => [...route(routing, exchange, message)]));
}
