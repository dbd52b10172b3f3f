// The list of special looks: one line a kind. A kind that is not listed has the plain card.

import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { named } from '../messages/text.ts';
import { knobsOf } from '../store/sliders.ts';
import { AUTOSCALER_VIEW } from './autoscaler-view.ts';
import { DEAD_LETTER_VIEW } from './DeadLetterView.tsx';
import { KAFKA_GROUP_VIEW, KAFKA_TOPIC_VIEW } from './kafka-views.tsx';
import type { NodeView } from './node-view.ts';
import { PLAIN_VIEW } from './PlainView.tsx';
import { QUEUE_VIEW } from './QueueView.tsx';
import { REQUESTER_VIEW } from './RequesterView.tsx';
import { RABBITMQ_EXCHANGE_VIEW, RABBITMQ_QUEUE_VIEW } from './rabbitmq-views.tsx';
import { SENDER_VIEW } from './SenderView.tsx';
import { SERVICE_VIEW } from './ServiceView.tsx';
import { PROJECTION_VIEW, STORE_VIEW } from './StoreView.tsx';

const VIEWS = new Map<string, NodeView>([
  ['sender', SENDER_VIEW],
  ['requester', REQUESTER_VIEW],
  ['queue', QUEUE_VIEW],
  ['dead-letter-queue', DEAD_LETTER_VIEW],
  ['service', SERVICE_VIEW],
  ['store', STORE_VIEW],
  ['event-store', STORE_VIEW],
  ['projection', PROJECTION_VIEW],
  ['autoscaler', AUTOSCALER_VIEW],
  ['rabbitmq-exchange', RABBITMQ_EXCHANGE_VIEW],
  ['rabbitmq-queue', RABBITMQ_QUEUE_VIEW],
  ['kafka-topic', KAFKA_TOPIC_VIEW],
  ['kafka-group', KAFKA_GROUP_VIEW],
]);

export const nodeView = (kind: string): NodeView => VIEWS.get(kind) ?? PLAIN_VIEW;

/** Of a control on a card. */
export const KNOB_HEIGHT = 42;

/** A container that nobody has given a size: room for two cards beside each other. */
const CONTAINER_SIZE = { width: 440, height: 260 };

/** Size of a card with what was put onto it. A narrow card has no controls: they would be too small to hit. */
export function cardSize(node: NodeDocument, isNarrow: boolean): { readonly width: number; readonly height: number } {
  if (nodeKind(node.kind)?.accepts !== undefined) return node.size ?? CONTAINER_SIZE;
  const { width, height } = nodeView(node.kind).size(isNarrow, node);
  return { width, height: isNarrow ? height : height + knobsOf(node).length * KNOB_HEIGHT };
}

/** A kind's name within a line: "dead-letter queue". */
export const kindName = (kind: string): string => named(`kind.${kind}.label`);
