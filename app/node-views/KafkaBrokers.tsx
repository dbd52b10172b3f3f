// The brokers of a Kafka cluster as chips, each with how many partitions it leads.

import { BROKER, ROW_SORT } from '../../sim-engine/protocol/frame.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { kafkaText } from '../messages/kafka.ts';
import { LiveText } from '../store/LiveText.tsx';
import { nodeName } from '../store/node-name.ts';
import { fieldOf } from '../store/params.ts';
import type { Places } from '../store/readings.ts';
import { count } from '../ui/format.ts';
import { visitRows } from './rows.ts';
import { ServerChips } from './ServerChips.tsx';
import './kafka.css';

/** More of them have room in one line only with their figures alone. */
const WORDS_MAX = 5;

export function KafkaBrokers({ node }: { readonly node: NodeDocument }) {
  const name = nodeName(node);
  const word = Number(fieldOf(node, 'brokers')) > WORDS_MAX ? 'broker.leads.short' : 'broker.leads';
  return (
    <ServerChips
      node={node}
      countField="brokers"
      downField="brokersDown"
      label={(number, isDown) => kafkaText(isDown ? 'broker.down' : 'broker.up', { number, name })}
      menu={(number) => kafkaText('broker.menu', { number, name })}
      kill={kafkaText('broker.kill')}
      start={kafkaText('broker.start')}
      beside={(number, isDown) => (
        <span className="broker-leads">
          {isDown ? (
            kafkaText('broker.is-down')
          ) : (
            <LiveText read={(frame, places) => kafkaText(word, { count: count(ledBy(frame, places, node.id, number)) })} />
          )}
        </span>
      )}
    />
  );
}

/** Partitions that a broker leads, by its number. */
function ledBy(frame: Float64Array, places: Places, cluster: string, number: number): number {
  let leads = 0;
  visitRows(frame, places, cluster, ROW_SORT.BROKER, (at) => {
    if (frame[at + BROKER.NUMBER] === number) leads = frame[at + BROKER.LEADS] as number;
  });
  return leads;
}
