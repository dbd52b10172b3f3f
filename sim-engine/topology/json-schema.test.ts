// The published JSON Schemas are the ones the declarations give, and they judge as the parser does wherever a schema can.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type JsonSchema, scenarioSchema, topologySchema } from './json-schema.ts';
import { parseScenarioDocument } from './parse.ts';

const root = `${import.meta.dirname}/../..`;
const readFile = (path: string): unknown => JSON.parse(readFileSync(`${root}/${path}`, 'utf8'));

/** A validator of our own for the keywords our schemas use; it refuses to judge by any other. */
function errorsOf(value: unknown, schema: JsonSchema, rootSchema: JsonSchema, path = ''): string[] {
  const errors: string[] = [];
  const check = (isRight: boolean, what: string): void => void (isRight || errors.push(`${path}: ${what}`));
  const inner = (member: unknown, by: unknown, key: string | number): string[] =>
    errorsOf(member, by as JsonSchema, rootSchema, `${path}/${key}`);
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : undefined;
  for (const [keyword, argument] of Object.entries(schema)) {
    const limit = argument as number;
    const members = argument as JsonSchema;
    switch (keyword) {
      case '$schema':
      case '$defs':
      case 'title':
      case 'description':
      case 'default':
        break;
      case '$ref':
        errors.push(...errorsOf(value, definition(rootSchema, argument as string), rootSchema, path));
        break;
      case 'type':
        check(isOfType(value, argument as string), `is not ${argument}`);
        break;
      case 'const':
        check(value === argument, `is not ${argument}`);
        break;
      case 'enum':
        check((argument as unknown[]).includes(value), `is none of ${argument}`);
        break;
      case 'pattern':
        check(typeof value !== 'string' || new RegExp(argument as string, 'u').test(value), `does not match ${argument}`);
        break;
      case 'minimum':
        check(typeof value !== 'number' || value >= limit, `is below ${limit}`);
        break;
      case 'maximum':
        check(typeof value !== 'number' || value <= limit, `is above ${limit}`);
        break;
      case 'minLength':
        check(typeof value !== 'string' || value.length >= limit, `is shorter than ${limit}`);
        break;
      case 'maxLength':
        check(typeof value !== 'string' || value.length <= limit, `is longer than ${limit}`);
        break;
      case 'minItems':
        check(list === undefined || list.length >= limit, `has fewer than ${limit}`);
        break;
      case 'maxItems':
        check(list === undefined || list.length <= limit, `has more than ${limit}`);
        break;
      case 'uniqueItems':
        check(list === undefined || new Set(list).size === list.length, 'has something twice');
        break;
      case 'items':
        // Those at the front have schemas of their own.
        for (const [i, item] of (list ?? []).entries())
          if (i >= ((schema.prefixItems as unknown[] | undefined)?.length ?? 0)) errors.push(...inner(item, argument, i));
        break;
      case 'prefixItems':
        for (const [i, by] of (argument as unknown[]).entries())
          if (list && i < list.length) errors.push(...inner(list[i], by, i));
        break;
      case 'required':
        for (const key of argument as string[]) check(object === undefined || Object.hasOwn(object, key), `lacks ${key}`);
        break;
      case 'properties':
        for (const key of Object.keys(object ?? {}))
          if (Object.hasOwn(members, key)) errors.push(...inner(object?.[key], members[key], key));
        break;
      case 'additionalProperties':
        for (const key of Object.keys(object ?? {})) check(Object.hasOwn(schema.properties as object, key), `has ${key}`);
        break;
      case 'oneOf':
      case 'anyOf': {
        const fitting = (argument as JsonSchema[]).filter((by) => errorsOf(value, by, rootSchema, path).length === 0).length;
        check(keyword === 'oneOf' ? fitting === 1 : fitting > 0, `fits ${fitting} of ${keyword}`);
        break;
      }
      default:
        throw new Error(`keyword ${keyword} is not known to this validator`);
    }
  }
  return errors;
}

function definition(rootSchema: JsonSchema, ref: string): JsonSchema {
  const found = (rootSchema.$defs as JsonSchema)[ref.replace('#/$defs/', '')];
  if (found === undefined) throw new Error(`${ref} leads nowhere`);
  return found as JsonSchema;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

const isValid = (value: unknown): boolean => errorsOf(value, scenarioSchema(), scenarioSchema()).length === 0;

const scenarioFiles = readdirSync(`${root}/sim-engine/scenarios`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => `sim-engine/scenarios/${name}`);

describe('the JSON Schemas', () => {
  it('in public/ are the ones the declarations give (npm run schema writes them)', () => {
    expect(readFile('public/topology.schema.json')).toEqual(topologySchema());
    expect(readFile('public/scenario.schema.json')).toEqual(scenarioSchema());
  });

  it.each(scenarioFiles)('accept %s', (path) => {
    const document = readFile(path) as { format: string; topology: unknown };
    const schema = document.format === 'broker-lab/scenario' ? scenarioSchema() : topologySchema();
    expect(errorsOf(document, schema, schema)).toEqual([]);
    const topology = document.format === 'broker-lab/scenario' ? document.topology : document;
    expect(errorsOf(topology, topologySchema(), topologySchema())).toEqual([]);
  });

  it('refuse what the parser refuses wherever one value can be judged by itself', () => {
    const sound = readFile('sim-engine/scenarios/order-pipeline.json') as { topology: { nodes: object[]; wires: object[] } };
    const changed = (change: (copy: typeof sound) => void): unknown => {
      const copy = structuredClone(sound);
      change(copy);
      return copy;
    };
    const node = (params: object) => changed((copy) => copy.topology.nodes.push({ id: 'n', kind: 'service', params }));
    const bad = [
      changed((copy) => copy.topology.nodes.push({ id: 'n', kind: 'elephant' })),
      changed((copy) => copy.topology.nodes.push({ id: 'N', kind: 'queue' })),
      changed((copy) => copy.topology.nodes.push({ id: 'n', kind: 'queue', colour: 1 })),
      changed((copy) => Object.assign(copy, { seed: 0.5 })),
      changed((copy) => Object.assign(copy, { duration: 60 })),
      changed((copy) => Object.assign(copy, { commands: [{ at: '1s' }] })),
      node({ work: { law: 'exponential' } }),
      node({ work: { law: 'constant', value: 5 } }),
      node({ failure: 2 }),
      node({ concurrency: 1.5 }),
      node({ retry: 'sometimes' }),
      node({ steps: ['receive', 'receive'] }),
      node({ unknown: 1 }),
    ];
    for (const document of bad) {
      expect(parseScenarioDocument(document).ok).toBe(false);
      expect(isValid(document)).toBe(false);
    }
    expect(isValid(sound)).toBe(true);
  });
});
