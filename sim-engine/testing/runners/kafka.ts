// The formats of vectors/kafka: those that something is built for, and those that wait for replication and for share groups.

import type { VectorFormat } from './format.ts';
import { KAFKA_ASSIGNOR_FORMATS } from './kafka-assignors.ts';
import { KAFKA_CLIENT_FORMATS } from './kafka-clients.ts';
import { KAFKA_GROUP_FORMATS } from './kafka-groups.ts';
import { KAFKA_LOG_FORMATS } from './kafka-log.ts';

export const KAFKA_FORMATS: readonly VectorFormat[] = [
  ...KAFKA_ASSIGNOR_FORMATS,
  ...KAFKA_CLIENT_FORMATS,
  ...KAFKA_GROUP_FORMATS,
  ...KAFKA_LOG_FORMATS,
];

export const KAFKA_AWAITED: ReadonlyMap<string, string> = new Map([
  ['kafka/leader-election', 'known, and not built yet: comes with replication'],
  ['kafka/replication-isr-hw', 'known, and not built yet: comes with replication'],
  ['kafka/share-group', 'known, and not built yet: comes with share groups'],
]);
