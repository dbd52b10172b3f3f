// The menu of a card: connect, rename, duplicate, delete. Every act of it has a key of its own; wires are drawn here by list, which
// is the way of the keyboard and of who cannot drag.

import { Copy, Pencil, Spline, Trash2 } from 'lucide-react';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { duplicate, removeThings } from '../acts/acts.ts';
import { text } from '../messages/text.ts';
import { connect, nameOf, nodeName, topologyOf, wireSources, wireTargets } from '../store/drawing.ts';
import { edit, present, useLab } from '../store/lab.ts';
import { focusIfLost, focusOnCanvas } from '../ui/focus.ts';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import { closeMenu, openMenu, rename, useAttention } from './attention.ts';

export function CardMenu() {
  const menu = useAttention((attention) => attention.menu);
  const drawing = useLab(present);
  if (menu === null || drawing === null) return null;
  const { kind, node, at } = menu;
  const topology = topologyOf(drawing);
  const name = nameOf(topology, node);
  const wireItem = (other: NodeDocument): MenuItem => ({
    label: nodeName(other),
    icon: Spline,
    onPick() {
      edit((now) => (kind === 'connect' ? connect(now, node, other.id) : connect(now, other.id, node)));
      focusOnCanvas(node);
    },
  });
  const close = () => {
    closeMenu();
    focusIfLost(node);
  };
  if (kind !== 'acts') {
    const others = kind === 'connect' ? wireTargets(topology, node) : wireSources(topology, node);
    return (
      <Menu
        key={kind}
        label={text(kind === 'connect' ? 'canvas.wire-to' : 'canvas.wire-from', { name })}
        items={others.map(wireItem)}
        nothing={text('menu.connect.none')}
        at={at}
        onClose={close}
      />
    );
  }
  const ids = new Set([node]);
  const items: MenuItem[] = [
    { label: text('menu.connect'), keys: text('key.connect'), icon: Spline, onPick: () => openMenu('connect', node, at) },
    {
      label: text('menu.connect.from'),
      keys: text('key.connect-from'),
      icon: Spline,
      onPick: () => openMenu('connect-from', node, at),
    },
    { label: text('menu.rename'), keys: text('key.rename'), icon: Pencil, onPick: () => rename(node), isApart: true },
    { label: text('menu.duplicate'), keys: text('key.duplicate'), icon: Copy, onPick: () => duplicate(ids) },
    { label: text('menu.delete'), keys: text('key.delete'), icon: Trash2, onPick: () => removeThings(ids), isApart: true },
  ];
  return <Menu key={kind} label={text('menu.label', { name })} items={items} at={at} onClose={close} />;
}
