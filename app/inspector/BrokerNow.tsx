// The nodes of a RabbitMQ broker where its frame is not drawn or is out of sight: the same chips as in its head.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { BrokerNodes } from '../node-views/BrokerNodes.tsx';

export const BrokerNow = ({ node }: { readonly node: NodeDocument }) => (
  <div className="inspector-section">
    <h3>{rabbitText('node.heading')}</h3>
    <BrokerNodes node={node} />
  </div>
);
