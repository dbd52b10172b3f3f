// The brokers of a Kafka cluster where its frame is not drawn or is out of sight: the same chips as in its head.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { kafkaText } from '../messages/kafka.ts';
import { KafkaBrokers } from '../node-views/KafkaBrokers.tsx';

export const ClusterNow = ({ node }: { readonly node: NodeDocument }) => (
  <div className="inspector-section">
    <h3>{kafkaText('broker.heading')}</h3>
    <KafkaBrokers node={node} />
  </div>
);
