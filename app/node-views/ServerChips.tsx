// The servers of a cluster as chips, each with a menu to kill it or to start it again. Which are down is a setting of the node.

import { Power, RotateCcw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { setParam } from '../store/drawing.ts';
import { edit } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import { Menu } from '../ui/Menu.tsx';
import { downOf, withDown } from './broker-down.ts';
import './server-chips.css';

interface ServerChipsProps {
  readonly node: NodeDocument;
  /** Field that says how many there are. */
  readonly countField: string;
  /** Field that says which are down: numbers with commas between. */
  readonly downField: string;
  /** Name of one, with how it is. */
  readonly label: (number: number, isDown: boolean) => string;
  readonly menu: (number: number) => string;
  readonly kill: string;
  readonly start: string;
  /** Stands beside its number. */
  readonly beside?: (number: number, isDown: boolean) => ReactNode;
}

export function ServerChips({ node, countField, downField, label, menu, kill, start, beside }: ServerChipsProps) {
  const [opened, open] = useState<{ readonly number: number; readonly at: { readonly x: number; readonly y: number } } | null>(
    null,
  );
  const count = Number(fieldOf(node, countField));
  const down = downOf(String(fieldOf(node, downField)), count);
  const turn = (number: number, isDown: boolean) => {
    const next = withDown(down, number, isDown);
    edit((now) => setParam(now, node.id, downField, next === '' ? undefined : next));
  };
  return (
    <span className="broker-nodes">
      {Array.from({ length: count }, (_, ix) => ix + 1).map((number) => {
        const isDown = down.has(number);
        const words = label(number, isDown);
        return (
          <button
            key={number}
            type="button"
            className={`broker-node nodrag nokey${isDown ? ' is-down' : ''}`}
            aria-label={words}
            title={words}
            aria-haspopup="menu"
            onClick={(event) => {
              const { left, bottom } = event.currentTarget.getBoundingClientRect();
              open({ number, at: { x: left, y: bottom + 4 } });
            }}
          >
            <span>{number}</span>
            {beside?.(number, isDown)}
          </button>
        );
      })}
      {opened !== null && (
        <Menu
          label={menu(opened.number)}
          items={[
            down.has(opened.number)
              ? { label: start, icon: RotateCcw, onPick: () => turn(opened.number, false) }
              : { label: kill, icon: Power, onPick: () => turn(opened.number, true) },
          ]}
          at={opened.at}
          onClose={() => open(null)}
          hasTitle
        />
      )}
    </span>
  );
}
