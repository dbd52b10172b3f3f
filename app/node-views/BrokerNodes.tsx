// The nodes of a RabbitMQ broker as chips.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { nodeName } from '../store/node-name.ts';
import { ServerChips } from './ServerChips.tsx';

export function BrokerNodes({ node }: { readonly node: NodeDocument }) {
  const name = nodeName(node);
  return (
    <ServerChips
      node={node}
      countField="nodes"
      downField="nodesDown"
      label={(number, isDown) => rabbitText(isDown ? 'node.down' : 'node.up', { number, name })}
      menu={(number) => rabbitText('node.menu', { number, name })}
      kill={rabbitText('node.kill')}
      start={rabbitText('node.start')}
    />
  );
}
