// What the frame of a RabbitMQ broker says beside its name: its version, its nodes, whether an alarm is on; and, where it is to be
// shown, the default exchange with its way to every queue.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { BrokerNodes } from '../node-views/BrokerNodes.tsx';
import { cardSize } from '../node-views/node-views.ts';
import { topologyOf } from '../store/drawing.ts';
import { LiveText } from '../store/LiveText.tsx';
import { present, rates, useLab } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import { figure } from '../ui/format.ts';
import './broker-head.css';

export function BrokerHead({ node }: { readonly node: NodeDocument }) {
  const alarm =
    fieldOf(node, 'memoryAlarm') === true ? 'memory-alarm' : fieldOf(node, 'diskAlarm') === true ? 'disk-alarm' : 'no-alarms';
  return (
    <>
      <span className="broker-version">{rabbitText('broker.version', { version: String(fieldOf(node, 'version')) })}</span>
      <BrokerNodes node={node} />
      <p className={`broker-fact${alarm === 'no-alarms' ? '' : ' is-alarm'}`}>{rabbitText(`broker.${alarm}`)}</p>
      {fieldOf(node, 'defaultExchange') === true && <DefaultExchange node={node} />}
    </>
  );
}

const PLATE = { width: 164, height: 26, left: 24, bottom: 14 } as const;

/** No part of the drawing: nothing can be wired to it, and it has a way to every queue. */
function DefaultExchange({ node }: { readonly node: NodeDocument }) {
  const topology = useLab((lab) => {
    const drawing = present(lab);
    return drawing && topologyOf(drawing);
  });
  const { width, height } = cardSize(node, false);
  const queues = topology?.nodes.filter(({ kind, parent }) => kind === 'rabbitmq-queue' && parent === node.id) ?? [];
  const top = height - PLATE.bottom - PLATE.height;
  const [x, y] = [PLATE.left + PLATE.width, top + PLATE.height / 2];
  return (
    <>
      <svg className="broker-default-wires" width={width} height={height} aria-hidden="true">
        {queues.map((queue) => {
          const { x: toX, y: queueY } = queue.position ?? { x: 0, y: 0 };
          const toY = queueY + cardSize(queue, false).height / 2;
          const reach = Math.max(24, Math.min((toX - x) / 2, 120));
          return <path key={queue.id} d={`M${x} ${y}C${x + reach} ${y} ${toX - reach} ${toY} ${toX} ${toY}`} />;
        })}
      </svg>
      <p
        className="broker-default"
        style={{ left: PLATE.left, top, width: PLATE.width, height: PLATE.height }}
        title={rabbitText('broker.default.help')}
      >
        {rabbitText('broker.default')}
        <LiveText
          className="broker-default-rate"
          read={(frame, places) => figure(rates.at(frame, places.gauge(node.id, 'default_published')))}
        />
        <i className="unit">{rabbitText('card.per-second')}</i>
      </p>
    </>
  );
}
