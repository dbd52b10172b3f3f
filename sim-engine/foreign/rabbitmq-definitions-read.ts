// The text of a RabbitMQ definitions file, checked and typed: of a whole node, where everything names its virtual host, or of one. Only
// shapes are looked at here; what names what, and what a server would refuse, is for the import. Format: rabbitmq-server,
// deps/rabbit/src/rabbit_definitions.erl.

import type { Problem } from '../topology/document.ts';
import { inside, type Place, type ProblemCode, type ProblemValues, report, shown } from '../topology/problems.ts';
import { readJson } from '../topology/read-json.ts';
import { isObject, type JsonObject, member } from '../topology/shapes.ts';

/** Something in the file: where it stands, and in which virtual host. */
interface Defined {
  readonly at: Place;
  readonly vhost: string;
}
export interface DefinedExchange extends Defined {
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  readonly args: JsonObject;
}
export interface DefinedQueue extends Defined {
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isExclusive: boolean;
  readonly args: JsonObject;
}
export interface DefinedBinding extends Defined {
  readonly source: string;
  readonly destination: string;
  readonly toExchange: boolean;
  readonly key: string;
  readonly args: JsonObject;
}
export interface DefinedPolicy extends Defined {
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: string;
  readonly priority: number;
  readonly definition: JsonObject;
  readonly isOperator: boolean;
}
export interface DefinedVhost {
  readonly name: string;
  /** Of queues that say no type of their own. */
  readonly defaultQueueType: string | undefined;
}

export interface Definitions {
  /** Of the server that wrote it, as it says. */
  readonly version: string | undefined;
  readonly vhosts: readonly DefinedVhost[];
  readonly exchanges: readonly DefinedExchange[];
  readonly queues: readonly DefinedQueue[];
  readonly bindings: readonly DefinedBinding[];
  readonly policies: readonly DefinedPolicy[];
  /** What a drawing has no place for, each with its place. */
  readonly ignored: readonly Problem[];
}

/** A remark is a problem that refuses nothing. However many there are, each is told. */
export function remark(remarks: Problem[], code: ProblemCode, place: Place | undefined, values: ProblemValues): void {
  const at: (string | number)[] = [];
  for (let step = place; step !== undefined; step = step.parent) at.unshift(step.key);
  remarks.push({ code, at, values });
}

/** Says of the file and of the server that wrote it what changes nothing. */
const ABOUT_ITSELF: ReadonlySet<string> = new Set([
  'rabbit_version',
  'rabbitmq_version',
  'product_name',
  'product_version',
  'explanation',
  'rabbitmq_definition_format',
  'original_cluster_name',
  'original_vhost_name',
  'description',
  'metadata',
  'tags',
]);
const READ: ReadonlySet<string> = new Set(['vhosts', 'exchanges', 'queues', 'bindings', 'policies', 'parameters']);
const OPERATOR_POLICY = 'operator_policy';
const SINGLE = 'single_virtual_host';
const NAMELESS_VHOST = 'rabbitmq';

/** Undefined if anything is wrong with the file: `problems` says what. */
export function readDefinitions(text: string, problems: Problem[]): Definitions | undefined {
  const value = readJson(text, problems, numberOf);
  if (problems.length > 0) return undefined;
  if (!isObject(value) || !['exchanges', 'queues', 'bindings'].some((key) => Array.isArray(member(value, key)))) {
    const format = isObject(value) ? member(value, 'format') : undefined;
    const isOurs = typeof format === 'string' && format.startsWith('broker-lab/');
    report(problems, isOurs ? 'definitions-of-ours' : 'definitions-foreign', undefined, { found: shown(value) });
    return undefined;
  }
  const definitions = new DefinitionsReader(value, problems).read();
  return problems.length > 0 ? undefined : definitions;
}

/** A whole number that is written with a fraction is a double to the server. */
function numberOf(written: string): unknown {
  const value = Number(written);
  return Number.isInteger(value) && /[.eE]/.test(written) ? { double: value } : value;
}

class DefinitionsReader {
  private readonly file: JsonObject;
  private readonly problems: Problem[];
  private readonly isSingle: boolean;
  private readonly ignored: Problem[] = [];

  constructor(file: JsonObject, problems: Problem[]) {
    this.file = file;
    this.problems = problems;
    const format = member(file, 'rabbitmq_definition_format');
    this.isSingle = format === SINGLE || (format === undefined && !this.namesVhosts());
  }

  private namesVhosts(): boolean {
    if (Array.isArray(member(this.file, 'vhosts'))) return true;
    return ['exchanges', 'queues', 'bindings'].some((key) => {
      const list = member(this.file, key);
      return Array.isArray(list) && list.some((item) => isObject(item) && typeof member(item, 'vhost') === 'string');
    });
  }

  read(): Definitions {
    const version = member(this.file, 'rabbitmq_version') ?? member(this.file, 'rabbit_version');
    const definitions = {
      version: typeof version === 'string' ? version : undefined,
      exchanges: this.list('exchanges', (item, at) => this.exchange(item, at)),
      queues: this.list('queues', (item, at) => this.queue(item, at)),
      bindings: this.list('bindings', (item, at) => this.binding(item, at)),
      policies: [...this.list('policies', (item, at) => this.policy(item, at)), ...this.parameters()],
    };
    const vhosts = this.vhosts([
      ...definitions.exchanges,
      ...definitions.queues,
      ...definitions.bindings,
      ...definitions.policies,
    ]);
    for (const key of Object.keys(this.file)) if (!READ.has(key) && !ABOUT_ITSELF.has(key)) this.ignoreAll(key);
    return { ...definitions, vhosts, ignored: this.ignored };
  }

  // ---------------------------------------------------------------- virtual hosts

  private vhosts(used: readonly Defined[]): readonly DefinedVhost[] {
    if (this.isSingle) return [{ name: this.singleName(), defaultQueueType: this.queueTypeIn(this.file) }];
    if (member(this.file, 'vhosts') === undefined) {
      return [...new Set(used.map(({ vhost }) => vhost))].map((name) => ({ name, defaultQueueType: undefined }));
    }
    const listed = this.list('vhosts', (item, at): DefinedVhost | undefined => {
      const name = this.text(item, 'name', at);
      return name === undefined ? undefined : { name, defaultQueueType: this.queueTypeIn(item) };
    });
    const names = new Set(listed.map(({ name }) => name));
    for (const { vhost, at } of used) {
      if (!names.has(vhost)) report(this.problems, 'definitions-vhost-unknown', at, { vhost: shown(vhost) });
    }
    return listed;
  }

  private singleName(): string {
    const name = member(this.file, 'original_vhost_name');
    return typeof name === 'string' && name !== '' ? name : NAMELESS_VHOST;
  }

  private queueTypeIn(holder: JsonObject): string | undefined {
    const metadata = member(holder, 'metadata');
    const type = isObject(metadata) ? member(metadata, 'default_queue_type') : undefined;
    return typeof type === 'string' ? type : undefined;
  }

  private vhostOf(item: JsonObject, at: Place): string | undefined {
    return this.isSingle ? this.singleName() : this.text(item, 'vhost', at);
  }

  // ---------------------------------------------------------------- what is drawn

  private exchange(item: JsonObject, at: Place): DefinedExchange | undefined {
    const vhost = this.vhostOf(item, at);
    const name = this.text(item, 'name', at);
    const type = this.text(item, 'type', at);
    const isDurable = this.flag(item, 'durable', at, true);
    const isAutoDelete = this.flag(item, 'auto_delete', at, false);
    const isInternal = this.flag(item, 'internal', at, false);
    const args = this.table(item, 'arguments', at);
    if (vhost === undefined || name === undefined || type === undefined || args === undefined) return undefined;
    return { at, vhost, name, type, isDurable, isAutoDelete, isInternal, args };
  }

  private queue(item: JsonObject, at: Place): DefinedQueue | undefined {
    const vhost = this.vhostOf(item, at);
    const name = this.text(item, 'name', at);
    const isDurable = this.flag(item, 'durable', at, true);
    const isAutoDelete = this.flag(item, 'auto_delete', at, false);
    const isExclusive = this.flag(item, 'exclusive', at, false);
    const args = this.table(item, 'arguments', at);
    if (vhost === undefined || name === undefined || args === undefined) return undefined;
    return { at, vhost, name, isDurable, isAutoDelete, isExclusive, args };
  }

  private binding(item: JsonObject, at: Place): DefinedBinding | undefined {
    const vhost = this.vhostOf(item, at);
    const source = this.text(item, 'source', at);
    const destination = this.text(item, 'destination', at);
    const end = this.text(item, 'destination_type', at);
    const key = this.text(item, 'routing_key', at);
    const args = this.table(item, 'arguments', at);
    if (end !== undefined && end !== 'queue' && end !== 'exchange') {
      const here = inside(at, 'destination_type');
      report(this.problems, 'unknown-choice', here, { value: shown(end), known: 'queue, exchange' });
      return undefined;
    }
    if (vhost === undefined || source === undefined || destination === undefined || end === undefined) return undefined;
    if (key === undefined || args === undefined) return undefined;
    return { at, vhost, source, destination, toExchange: end === 'exchange', key, args };
  }

  private policy(item: JsonObject, at: Place, isOperator = false): DefinedPolicy | undefined {
    const vhost = this.vhostOf(item, at);
    const name = this.text(item, 'name', at);
    // As a parameter the policy itself stands one level deeper.
    const value = isOperator ? member(item, 'value') : item;
    if (!isObject(value)) {
      report(this.problems, 'not-an-object', inside(at, 'value'), { found: shown(value) });
      return undefined;
    }
    const pattern = this.text(value, 'pattern', at);
    const definition = this.table(value, 'definition', at);
    const priority = member(value, 'priority');
    const applyTo = member(value, 'apply-to');
    if (vhost === undefined || name === undefined || pattern === undefined || definition === undefined) return undefined;
    return {
      at,
      vhost,
      name,
      pattern,
      definition,
      applyTo: typeof applyTo === 'string' ? applyTo : 'all',
      priority: typeof priority === 'number' ? priority : 0,
      isOperator,
    };
  }

  /** Of the parameters of plugins only operator policies mean something here. */
  private parameters(): readonly DefinedPolicy[] {
    return this.list('parameters', (item, at) => {
      if (member(item, 'component') === OPERATOR_POLICY) return this.policy(item, at, true);
      remark(this.ignored, 'definitions-ignored', at, {
        what: shown(member(item, 'component')),
        name: shown(member(item, 'name')),
      });
      return undefined;
    });
  }

  // ---------------------------------------------------------------- what is not

  private ignoreAll(key: string): void {
    const value = member(this.file, key);
    const place = inside(undefined, shown(key));
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        remark(this.ignored, 'definitions-ignored', inside(place, nameOf(item, index)), { what: key, name: nameOf(item, index) });
      }
    } else if (!isObject(value) || Object.keys(value).length > 0) {
      remark(this.ignored, 'definitions-ignored-key', place, { key: shown(key) });
    }
  }

  // ---------------------------------------------------------------- shapes

  private list<Item>(key: string, read: (item: JsonObject, at: Place) => Item | undefined): readonly Item[] {
    const value = member(this.file, key);
    const place = inside(undefined, key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      report(this.problems, 'not-a-list', place, { found: shown(value) });
      return [];
    }
    const items: Item[] = [];
    for (const [index, item] of value.entries()) {
      const at = inside(place, nameOf(item, index));
      if (!isObject(item)) report(this.problems, 'not-an-object', at, { found: shown(item) });
      else items.push(...[read(item, at)].flatMap((one) => (one === undefined ? [] : [one])));
    }
    return items;
  }

  private text(item: JsonObject, key: string, at: Place): string | undefined {
    const value = member(item, key);
    if (typeof value === 'string') return value;
    if (value === undefined) report(this.problems, 'key-missing', at, { key });
    else report(this.problems, 'not-text', inside(at, key), { found: shown(value) });
    return undefined;
  }

  private flag(item: JsonObject, key: string, at: Place, otherwise: boolean): boolean {
    const value = member(item, key);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) report(this.problems, 'not-yes-or-no', inside(at, key), { found: shown(value) });
    return otherwise;
  }

  /** The server writes an empty table as an object, an old one as an empty list. */
  private table(item: JsonObject, key: string, at: Place): JsonObject | undefined {
    const value = member(item, key);
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return {};
    if (isObject(value)) return value;
    report(this.problems, 'not-an-object', inside(at, key), { found: shown(value) });
    return undefined;
  }
}

/** How a member of a list is called: by its name, a binding by both ends, else by its number. */
function nameOf(item: unknown, index: number): string | number {
  if (!isObject(item)) return index;
  const name = member(item, 'name') ?? member(item, 'user');
  if (typeof name === 'string' && name !== '') return shown(name);
  const [source, destination, key] = ['source', 'destination', 'routing_key'].map((end) => member(item, end));
  if (typeof source !== 'string' || typeof destination !== 'string') return index;
  return shown(typeof key === 'string' && key !== '' ? `${source} → ${destination} (${key})` : `${source} → ${destination}`);
}
