// How a small fault is planted into the running engine and taken out again: a method of a class is replaced for a while. The engine
// itself has no switch for it. A method or function that is not there any more makes the mutant fail loudly instead of planting nothing.

import type { ActorIx, LinkIx } from '../../kernel/ids.ts';
import { fieldsOfWire, nodeKind, wireKind } from '../../nodes/declarations.ts';
import type { Connection, NodeKind, WireKind } from '../../nodes/node-kind.ts';
import { behaviourOf } from '../../nodes/registry.ts';
import '../../nodes/behaviours.ts';
import { defaultParams } from '../../topology/params.ts';
import { World } from '../../world/world.ts';

/** Takes the fault out again. */
export type Heal = () => void;

// A method replaced by name has no type to hold on to.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Method = (this: any, ...args: any[]) => unknown;

/** Replaces a method of a class by what `make` makes of it. */
export function replaceMethod(target: object, name: string, make: (original: Method) => Method): Heal {
  const methods = target as { [name: string]: Method };
  const original = methods[name];
  if (typeof original !== 'function' || !Object.hasOwn(target, name)) {
    throw new Error(`the mutant is out of date: ${target.constructor.name} has no method ${name}`);
  }
  methods[name] = make(original);
  return () => {
    methods[name] = original;
  };
}

/**
 * Replaces a function that a module exports, for all who import it. Only a test runner gives modules that can be changed: of plain Node
 * they are fixed, and this fails.
 */
export function replaceFunction(module: object, name: string, make: (original: Method) => Method): Heal {
  const before = Object.getOwnPropertyDescriptor(module, name);
  const original = (module as { readonly [name: string]: unknown })[name];
  if (before === undefined || typeof original !== 'function') {
    throw new Error(`the mutant is out of date: there is no function ${name}`);
  }
  Object.defineProperty(module, name, { configurable: true, enumerable: true, value: make(original as Method) });
  return () => Object.defineProperty(module, name, before);
}

/** What all actors of a kind have in common. */
export function prototypeOfKind(kind: string): object {
  const declared = nodeKind(kind) as NodeKind;
  let found: object | undefined;
  behaviourOf(kind).expand({ id: 'probe', kind }, defaultParams(declared.fields), [], {
    actor(member, create) {
      const self = { ix: 1 as ActorIx, nodeId: 'probe', member, params: defaultParams(declared.fields), parts: [] };
      found ??= Object.getPrototypeOf(create(new World(1), self)) as object;
    },
    join() {},
  });
  if (found === undefined) throw new Error(`${kind} expands to nothing`);
  return found;
}

/** What all publisher clients of a kind of channel have in common. */
export function prototypeOfPublisher(channel: string, wire: string): object {
  const connection: Connection = {
    wireId: 'probe',
    kind: wireKind(wire) as WireKind,
    port: 'out',
    out: 1 as LinkIx,
    in: 1 as LinkIx,
    params: defaultParams(fieldsOfWire(wire)),
    selfId: 'probe',
    peerId: 'probe',
    peerKind: channel,
  };
  const host = { ix: 1 as ActorIx, onFlow() {}, onOutcome() {} };
  const client = behaviourOf(channel).publisher?.(new World(1), host, 0, connection);
  if (client === undefined) throw new Error(`${channel} offers no publisher`);
  return Object.getPrototypeOf(client) as object;
}
