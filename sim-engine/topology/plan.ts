// The compiled form of a topology: actors and wires with resolved parameters, in order of id. Text ends here; the world is
// built from it, and an edited one adopts the world that is running.

import type { Params } from '../nodes/fields.ts';
import type { ActorFactory, PartRef, WireKind } from '../nodes/node-kind.ts';

export interface PlannedActor {
  /** Node id and member: the actor's name for ever. */
  readonly name: string;
  readonly nodeId: string;
  readonly member: string;
  readonly kind: string;
  readonly params: Params;
  readonly parts: readonly PartRef[];
  readonly create: ActorFactory;
}

export interface PlannedWire {
  readonly id: string;
  readonly kind: WireKind;
  readonly from: PlannedEnd;
  readonly to: PlannedEnd;
  readonly params: Params;
}

export interface PlannedEnd {
  readonly nodeId: string;
  readonly nodeKind: string;
  /** Name of the actor at which the wire ends. */
  readonly actor: string;
  /** Further actors of the node at which it ends as well, each with links of its own: the other doors of a cluster. */
  readonly doors: readonly string[];
  readonly port: string;
}

/** What joins two actors of one node and is in no drawing: part of how the node works, it costs no time and never fails. */
export const INSIDE: WireKind = {
  type: 'inside',
  label: '',
  about: '',
  from: [],
  to: [],
  fields: {},
  travels: false,
  carries: 'connection',
};

export interface Plan {
  readonly actors: readonly PlannedActor[];
  readonly wires: readonly PlannedWire[];
}

/** Name of an actor: its node, and which of the node's actors it is. */
export const actorName = (nodeId: string, member: string): string => (member === '' ? nodeId : `${nodeId}/${member}`);
