// The menu of a card: connect, rename, put into a container, duplicate, delete. Wires are drawn here by list, and containers filled, which is
// the way of the keyboard and of who cannot drag; every other act has a key of its own.

import { Copy, Package, PackageOpen, Pencil, Spline, Trash2, Zap } from 'lucide-react';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { duplicate, removeThings } from '../acts/acts.ts';
import { containersFor, moveInto } from '../acts/containers.ts';
import { text } from '../messages/asked.ts';
import { named } from '../messages/text.ts';
import { connect, nameOf, topologyOf, wireSources, wireTargets } from '../store/drawing.ts';
import { edit, present, useLab } from '../store/lab.ts';
import { openMenuOf } from '../store/menus.ts';
import { nodeName } from '../store/node-name.ts';
import { portsBetween, whyNoWire } from '../store/wiring.ts';
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
  const self = topology.nodes.find(({ id }) => id === node);
  /** Where several kinds of wires lead to the same card, one for each that can be drawn. */
  const wireItems = (other: NodeDocument): readonly MenuItem[] => {
    const [from, to] = kind === 'connect' ? [self ?? other, other] : [other, self ?? other];
    const ports = portsBetween(from, to);
    const drawable = ports.filter(({ port }) => whyNoWire(topology, from.id, to.id, port) === null);
    return drawable.map(
      ({ port, wire }, ix): MenuItem => ({
        label: ix === 0 ? nodeName(other) : text('menu.connect.as', { name: nodeName(other), wire: named(wire) }),
        icon: Spline,
        onPick() {
          edit((now) => connect(now, from.id, to.id, port));
          focusOnCanvas(node);
        },
      }),
    );
  };
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
        items={others.flatMap(wireItems)}
        nothing={text('menu.connect.none')}
        hasTitle
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
    ...containerItems(topology, node),
    { label: text('menu.duplicate'), keys: text('key.duplicate'), icon: Copy, onPick: () => duplicate(ids) },
    {
      label: text('menu.faults'),
      keys: text('faults.key'),
      icon: Zap,
      onPick: () => openMenuOf('faults', node, at),
      isApart: true,
    },
    { label: text('menu.delete'), keys: text('key.delete'), icon: Trash2, onPick: () => removeThings(ids), isApart: true },
  ];
  return <Menu key={kind} label={text('menu.label', { name })} items={items} at={at} hasTitle onClose={close} />;
}

/** Into each container that takes the card, and out of the one it lies in. */
function containerItems(topology: TopologyDocument, id: string): readonly MenuItem[] {
  const node = topology.nodes.find((one) => one.id === id);
  if (node === undefined) return [];
  const goTo = (container: NodeDocument | null) => {
    edit((now) => moveInto(now, id, container));
    focusOnCanvas(id);
  };
  const into = containersFor(topology, node).map(
    (container): MenuItem => ({
      label: text('menu.put-into', { container: nodeName(container) }),
      icon: Package,
      onPick: () => goTo(container),
    }),
  );
  if (node.parent === undefined) return into;
  const out = text('menu.take-out', { container: nameOf(topology, node.parent) });
  return [...into, { label: out, icon: PackageOpen, onPick: () => goTo(null) }];
}
