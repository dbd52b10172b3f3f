// Policies of a definitions file. A drawing has none: what they say is written into the queues and exchanges for which they are in
// force, as the server would apply it, and which that were is told.

import type { Fields } from '../nodes/fields.ts';
import type { HeaderTable } from '../nodes/rabbitmq/model.ts';
import { isPattern, type Policy, policyFor } from '../nodes/rabbitmq/policies.ts';
import { type QueueType, queueTypeOf } from '../nodes/rabbitmq/queue-settings.ts';
import type { Problem } from '../topology/document.ts';
import { inside, listed, shown } from '../topology/problems.ts';
import type { JsonObject } from '../topology/shapes.ts';
import { DLX, DLX_KEY, headerTableOf } from './rabbitmq-definitions-arguments.ts';
import { type DefinedPolicy, remark } from './rabbitmq-definitions-read.ts';

const ALTERNATE = 'alternate-exchange';

/** Those whose pattern can be read, each as the broker keeps it. */
export function policiesOf(all: readonly DefinedPolicy[], remarks: Problem[]): readonly Policy[] {
  return all.flatMap(({ at, name, pattern, priority, isOperator, applyTo, definition }): Policy[] => {
    if (!isPattern(pattern)) {
      remark(remarks, 'definitions-policy-pattern', at, { name: shown(name), pattern: shown(pattern) });
      return [];
    }
    return [
      { name, pattern, priority, isOperator, applyTo: applyTo as Policy['applyTo'], definition: headerTableOf(definition) },
    ];
  });
}

/** What an argument leaves unset comes from the policy; of two numbers the lower one counts, of two others the argument's. */
export function withPolicy(args: JsonObject, definition: HeaderTable, fields: Fields): JsonObject {
  const merged: { [argument: string]: unknown } = { ...args };
  for (const [key, value] of definition) {
    if (!isDrawn(key, fields)) continue;
    const argument = `x-${key}`;
    const own = merged[argument];
    if (own === undefined || (typeof own === 'number' && typeof value === 'number' && value < own)) merged[argument] = value;
  }
  return merged;
}

/** Whether a key of a policy is something that a queue of a drawing has. */
function isDrawn(key: string, fields: Fields): boolean {
  const argument = `x-${key}`;
  return argument === DLX || argument === DLX_KEY || Object.values(fields).some((field) => field.key === argument);
}

/** Adds where each policy went, and what of it went nowhere. */
export function tellPolicies(
  all: readonly DefinedPolicy[],
  policies: readonly Policy[],
  exchanges: readonly string[],
  queues: readonly (readonly [name: string, args: JsonObject])[],
  fields: Fields,
  remarks: Problem[],
): void {
  for (const { at, name, isOperator, definition } of all) {
    const policy = policies.find((one) => one.name === name && one.isOperator === isOperator);
    if (policy === undefined) continue;
    // Operator policies are chosen among themselves, as the others are.
    const sort = policies.filter((one) => one.isOperator === isOperator).map((one) => ({ ...one, isOperator: false }));
    const isInForce = (thing: string, kind: QueueType | 'exchange') => policyFor(sort, thing, kind) === policy.definition;
    const things = [
      ...exchanges.filter((thing) => isInForce(thing, 'exchange')),
      ...queues
        .filter(([thing, args]) => isInForce(thing, queueTypeOf(headerTableOf(args)) ?? 'classic'))
        .map(([thing]) => thing),
    ];
    if (things.length === 0) remark(remarks, 'definitions-policy-idle', at, { name: shown(name) });
    else remark(remarks, 'definitions-policy-written', at, { name: shown(name), things: listed(things.map(shown)) });
    for (const key of Object.keys(definition)) {
      if (key === ALTERNATE || isDrawn(key, fields)) continue;
      remark(remarks, 'definitions-policy-key', inside(at, key), { name: shown(name), key: shown(key) });
    }
  }
}
