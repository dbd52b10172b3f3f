// The brokers of a Kafka cluster where its frame is not drawn or is out of sight: the same chips as in its head. On a narrow screen, which has
// no frames, what lies in the cluster shows them too.

import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { kafkaText } from '../messages/kafka.ts';
import { KafkaBrokers } from '../node-views/KafkaBrokers.tsx';
import { nodeName } from '../store/node-name.ts';
import { useIsNarrow } from '../ui/media.ts';

interface ClusterNowProps {
  readonly node: NodeDocument;
  readonly topology: TopologyDocument;
}

export function ClusterNow({ node, topology }: ClusterNowProps) {
  const isNarrow = useIsNarrow();
  const cluster = node.parent === undefined ? node : topology.nodes.find(({ id }) => id === node.parent);
  if (cluster === undefined || (cluster !== node && !isNarrow)) return null;
  return (
    <div className="inspector-section">
      <h3>{cluster === node ? kafkaText('broker.heading') : kafkaText('broker.heading.of', { name: nodeName(cluster) })}</h3>
      <KafkaBrokers node={cluster} />
    </div>
  );
}
