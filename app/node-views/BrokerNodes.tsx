// The nodes of a RabbitMQ broker as chips, each with a menu to kill it or to start it again.

import { Power, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { nodeName, setParam } from '../store/drawing.ts';
import { edit } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import { Menu } from '../ui/Menu.tsx';
import { downOf, withDown } from './broker-down.ts';
import './rabbitmq.css';

export function BrokerNodes({ node }: { readonly node: NodeDocument }) {
  const [menu, setMenu] = useState<{ readonly number: number; readonly at: { readonly x: number; readonly y: number } } | null>(
    null,
  );
  const count = Number(fieldOf(node, 'nodes'));
  const down = downOf(String(fieldOf(node, 'nodesDown')), count);
  const name = nodeName(node);
  const turn = (number: number, isDown: boolean) => {
    const next = withDown(down, number, isDown);
    edit((now) => setParam(now, node.id, 'nodesDown', next === '' ? undefined : next));
  };
  return (
    <span className="broker-nodes">
      {Array.from({ length: count }, (_, ix) => ix + 1).map((number) => {
        const isDown = down.has(number);
        const label = rabbitText(isDown ? 'node.down' : 'node.up', { number, name });
        return (
          <button
            key={number}
            type="button"
            className={`broker-node nodrag nokey${isDown ? ' is-down' : ''}`}
            aria-label={label}
            title={label}
            aria-haspopup="menu"
            onClick={(event) => {
              const { left, bottom } = event.currentTarget.getBoundingClientRect();
              setMenu({ number, at: { x: left, y: bottom + 4 } });
            }}
          >
            {number}
          </button>
        );
      })}
      {menu !== null && (
        <Menu
          label={rabbitText('node.menu', { number: menu.number, name })}
          items={[
            down.has(menu.number)
              ? { label: rabbitText('node.start'), icon: RotateCcw, onPick: () => turn(menu.number, false) }
              : { label: rabbitText('node.kill'), icon: Power, onPick: () => turn(menu.number, true) },
          ]}
          at={menu.at}
          onClose={() => setMenu(null)}
          hasTitle
        />
      )}
    </span>
  );
}
