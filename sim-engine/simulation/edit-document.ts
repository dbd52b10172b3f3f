// What an edit does to the document: pure functions from a document and a command to the document after it. Whether the
// result is valid is for `topology/parse.ts` to say.

import type { NodeDocument, TopologyDocument, WireDocument } from '../topology/document.ts';
import type { Command } from './commands.ts';

/** Commands that change the drawing. */
export type Edit = Extract<Command, { type: 'setParam' | 'addNode' | 'removeNode' | 'addWire' | 'removeWire' | 'edit' }>;

export function isEdit(command: Command): command is Edit {
  switch (command.type) {
    case 'setParam':
    case 'addNode':
    case 'removeNode':
    case 'addWire':
    case 'removeWire':
    case 'edit':
      return true;
    default:
      return false;
  }
}

/** The document after the edit. Removing a node removes its wires and, of a container, its parts. */
export function editDocument(document: TopologyDocument, edit: Command): TopologyDocument {
  switch (edit.type) {
    case 'setParam':
      return {
        ...document,
        nodes: document.nodes.map((node) => (node.id === edit.target ? withParam(node, edit.field, edit.value) : node)),
        wires: document.wires.map((wire) => (wire.id === edit.target ? withParam(wire, edit.field, edit.value) : wire)),
      };
    case 'addNode':
      return { ...document, nodes: [...document.nodes, edit.node] };
    case 'removeNode': {
      const gone = new Set(
        document.nodes.filter((node) => node.id === edit.node || node.parent === edit.node).map((node) => node.id),
      );
      return {
        ...document,
        nodes: document.nodes.filter((node) => !gone.has(node.id)),
        wires: document.wires.filter((wire) => !gone.has(wire.from) && !gone.has(wire.to)),
      };
    }
    case 'addWire':
      return { ...document, wires: [...document.wires, edit.wire] };
    case 'removeWire':
      return { ...document, wires: document.wires.filter((wire) => wire.id !== edit.wire) };
    case 'edit':
      return edit.edits.reduce(editDocument, document);
    default:
      return document;
  }
}

function withParam<T extends NodeDocument | WireDocument>(item: T, field: string, value: unknown): T {
  const params: { [field: string]: unknown } = { ...item.params };
  if (value === undefined) delete params[field];
  else params[field] = value;
  return { ...item, params };
}
