// Cards of what lies in a Kafka cluster. Only their sizes are there at once; what stands on them is loaded with the first one that is drawn.

import { lazy, Suspense } from 'react';
import { rates } from '../store/lab.ts';
import { count } from '../ui/format.ts';
import { farRate, fillOf } from './far.ts';
import { GROUP_WIDTH, groupHeight, TOPIC_WIDTH, topicHeight } from './kafka-sizes.ts';
import type { CardProps, NodeView } from './node-view.ts';

const LateTopic = lazy(async () => ({ default: (await import('./KafkaTopicBody.tsx')).TopicBody }));
const LateMore = lazy(async () => ({ default: (await import('./KafkaTopicBody.tsx')).MoreGroups }));
const LateGroup = lazy(async () => ({ default: (await import('./KafkaGroupBody.tsx')).GroupBody }));
const LateTag = lazy(async () => ({ default: (await import('./KafkaGroupBody.tsx')).GroupTag }));

export const KAFKA_TOPIC_VIEW: NodeView = {
  size: (isNarrow, node) => ({ width: TOPIC_WIDTH, height: topicHeight(node, isNarrow) }),
  Aside: (props: CardProps) => (
    <Suspense>
      <LateMore {...props} />
    </Suspense>
  ),
  Body: (props: CardProps) => (
    <Suspense>
      <LateTopic {...props} />
    </Suspense>
  ),
  farFigure: ({ id }, frame, places) => farRate(rates.at(frame, places.gauge(id, 'appended'))),
};

export const KAFKA_GROUP_VIEW: NodeView = {
  size: (isNarrow) => ({ width: GROUP_WIDTH, height: groupHeight(isNarrow) }),
  Aside: (props: CardProps) => (
    <Suspense>
      <LateTag {...props} />
    </Suspense>
  ),
  Body: (props: CardProps) => (
    <Suspense>
      <LateGroup {...props} />
    </Suspense>
  ),
  farFigure: ({ id }, frame, places) => count(frame[places.gauge(id, 'consumer_lag')] ?? 0),
  fill: ({ id }, frame, places) => fillOf(frame[places.gauge(id, 'consumer_lag')] ?? 0),
};
