// The kinds a document may use. Parser and wiring rules take a registry as an argument, so that tests can add kinds of
// their own; everybody else leaves it out and gets the kinds of `nodes/declarations.ts`.

import { NODE_KINDS, WIRE_KINDS } from '../nodes/declarations.ts';
import type { Fields } from '../nodes/fields.ts';
import { LINK_FIELDS } from '../nodes/link-fields.ts';
import type { NodeKind, WireKind } from '../nodes/node-kind.ts';

export interface KindRegistry {
  readonly nodeKinds: ReadonlyMap<string, NodeKind>;
  readonly wireKinds: ReadonlyMap<string, WireKind>;
  /** Own fields of each wire kind and, where it travels, those of the link. */
  readonly wireFields: ReadonlyMap<string, Fields>;
}

export function registryOf(nodeKinds: readonly NodeKind[], wireKinds: readonly WireKind[]): KindRegistry {
  return {
    nodeKinds: new Map(nodeKinds.map((kind) => [kind.type, kind])),
    wireKinds: new Map(wireKinds.map((kind) => [kind.type, kind])),
    wireFields: new Map(wireKinds.map((kind) => [kind.type, kind.travels ? { ...kind.fields, ...LINK_FIELDS } : kind.fields])),
  };
}

export const KINDS: KindRegistry = registryOf(NODE_KINDS, WIRE_KINDS);
