// What can be added to the canvas, made from the list of kinds. A click, a tap or Enter adds one where there is room.

import { NODE_KINDS } from '../../sim-engine/nodes/declarations.ts';
import type { NodeKind, PaletteGroup } from '../../sim-engine/nodes/node-kind.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { say, text } from '../messages/text.ts';
import { nodeView } from '../node-views/node-views.ts';
import { addNode, type Drawing, freeId, topologyOf } from '../store/drawing.ts';
import { edit, select } from '../store/lab.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
import { freeSpot } from './free-spot.ts';
import './palette.css';

const GROUPS: readonly PaletteGroup[] = ['ends', 'channels', 'between'];

export function Palette() {
  return (
    <nav className="panel palette" aria-label={text('palette.label')}>
      {GROUPS.map((group) => {
        const kinds = NODE_KINDS.filter((kind) => kind.group === group);
        return kinds.length === 0 ? null : (
          <section key={group} aria-label={text(`palette.group.${group}`)}>
            <h2>{text(`palette.group.${group}`)}</h2>
            {kinds.map((kind) => (
              <button key={kind.type} type="button" title={say(kind.about)} onClick={() => add(kind)}>
                <KindGlyph kind={kind.type} />
                {say(kind.label)}
              </button>
            ))}
          </section>
        );
      })}
    </nav>
  );
}

function add(kind: NodeKind): void {
  let added: NodeDocument | undefined;
  edit((now) => {
    added = newNode(now, kind);
    return addNode(now, added);
  });
  if (added !== undefined) select([added.id]);
}

/** Id and name say the same: `worker-2`, "Worker 2". */
function newNode(drawing: Drawing, { type, label }: NodeKind): NodeDocument {
  const wanted = say(label)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const id = freeId(drawing, wanted);
  const number = id.slice(wanted.length + 1);
  // Where the drawing is turned for a narrow screen the positions are those of the wide one all the same.
  const sizeOf = (kind: string) => nodeView(kind).size(false);
  const cards = topologyOf(drawing).nodes.map((node) => ({ ...(node.position ?? { x: 0, y: 0 }), ...sizeOf(node.kind) }));
  return {
    id,
    kind: type,
    name: number === '' ? say(label) : `${say(label)} ${number}`,
    position: freeSpot(cards, sizeOf(type), topologyOf(drawing).nodes.findLast((node) => node.kind === type)?.position?.x),
  };
}
