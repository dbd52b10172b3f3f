// Finds the behaviour of a kind by its name. Clients are made by the kind at the other end of a wire, so that senders and
// services import no broker.

import { assert } from '../kernel/assert.ts';
import type { NodeBehaviour } from './node-kind.ts';

const behaviours = new Map<string, NodeBehaviour>();

/** Called once, by `behaviours.ts`, with THE list. */
export function registerBehaviours(list: readonly (readonly [kind: string, behaviour: NodeBehaviour])[]): void {
  for (const [kind, behaviour] of list) behaviours.set(kind, behaviour);
}

export function behaviourOf(kind: string): NodeBehaviour {
  const behaviour = behaviours.get(kind);
  assert(behaviour !== undefined, `no behaviour is registered for ${kind}`);
  return behaviour;
}
