// The menu of faults of one node or wire, at the place where it was asked for.

import {
  CloudLightning,
  Gauge,
  List,
  type LucideIcon,
  Pencil,
  Power,
  RotateCcw,
  Scissors,
  Skull,
  SlidersHorizontal,
  Timer,
  Trash2,
  Undo2,
  Waves,
} from 'lucide-react';
import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import { removeThings } from '../acts/acts.ts';
import { text } from '../messages/asked.ts';
import { nameOf, topologyOf } from '../store/drawing.ts';
import { doWords } from '../store/fault-words.ts';
import { type Act, inject, isEnd, useFaults } from '../store/faults.ts';
import { client, present, useLab } from '../store/lab.ts';
import { openMenuOf } from '../store/menus.ts';
import { openPanel } from '../store/panels.ts';
import { focusIfLost } from '../ui/focus.ts';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import { choicesFor, runningAt } from './choices.ts';
import type { Place } from './fault-keys.ts';

const ICONS: { readonly [type in Act['type']]: LucideIcon } = {
  crash: Power,
  restart: RotateCcw,
  slow: Gauge,
  stall: Timer,
  cut: Scissors,
  heal: RotateCcw,
  delay: Timer,
  lose: CloudLightning,
  poison: Skull,
  burst: Waves,
  redrive: Undo2,
};

export interface FaultMenuProps {
  readonly id: string;
  readonly at: Place;
  /** Asks for a fault with values of one's own. */
  readonly onOwn: (id: string) => void;
  readonly onClose: () => void;
}

export function FaultMenu({ id, at, onOwn, onClose }: FaultMenuProps) {
  const drawing = useLab(present);
  const marks = useFaults((faults) => faults.marks);
  if (drawing === null) return null;
  const topology = topologyOf(drawing);
  const acts = choicesFor(topology, id, runningAt(marks, client.status?.simTimeNs ?? 0)) ?? [];
  let before: Act | undefined;
  const items: MenuItem[] = acts.map((act) => {
    const isApart = before !== undefined && (before.type !== act.type || isEnd(before)) && !isAlike(before, act);
    before = act;
    return { label: doWords(act), icon: ICONS[act.type], onPick: () => inject(act), isApart };
  });
  if (acts.length > 0) {
    items.push({ label: text('faults.do.own'), icon: SlidersHorizontal, onPick: () => onOwn(id), isApart: true });
  }
  const kind = topology.nodes.find((node) => node.id === id)?.kind ?? '';
  const keepsDead = nodeKind(kind)?.ports.some((port) => port.type === 'dead-letters') === true;
  if (keepsDead) {
    items.push({
      label: text('faults.do.open-dead'),
      icon: List,
      onPick: () => openPanel({ kind: 'dead', node: id }),
      isApart: true,
    });
  }
  if (marks.length > 0) {
    items.push({ label: text('faults.do.list'), icon: List, onPick: () => openPanel({ kind: 'faults' }), isApart: !keepsDead });
  }
  const isNode = topology.nodes.some((node) => node.id === id);
  items.push(
    isNode
      ? { label: text('menu.acts'), icon: Pencil, onPick: () => openMenuOf('acts', id, at), isApart: true }
      : { label: text('menu.delete'), icon: Trash2, onPick: () => removeThings(new Set([id])), isApart: true },
  );
  return (
    <Menu
      label={text('faults.menu', { name: nameOf(topology, id) })}
      items={items}
      at={at}
      nothing={text('faults.menu.none')}
      hasTitle
      onClose={() => {
        onClose();
        focusIfLost(id);
      }}
    />
  );
}

/** Slow and stall stand together, and so do burst and poison: one line between two pairs is enough. */
const isAlike = (a: Act, b: Act): boolean =>
  !isEnd(a) && ((a.type === 'slow' && b.type === 'stall') || (a.type === 'burst' && b.type === 'poison'));
