// What the frame of a Kafka cluster says beside its name: its brokers, and whether all of them are up.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { kafkaText } from '../messages/kafka.ts';
import { downOf } from '../node-views/broker-down.ts';
import { KafkaBrokers } from '../node-views/KafkaBrokers.tsx';
import { fieldOf } from '../store/params.ts';
import './broker-head.css';

export function ClusterHead({ node }: { readonly node: NodeDocument }) {
  const count = Number(fieldOf(node, 'brokers'));
  const up = count - downOf(String(fieldOf(node, 'brokersDown')), count).size;
  return (
    <>
      <KafkaBrokers node={node} />
      <p className={`broker-fact${up < count ? ' is-alarm' : ''}`}>
        {up === count ? kafkaText('brokers.all-up') : kafkaText('brokers.some-up', { up, count })}
      </p>
    </>
  );
}
