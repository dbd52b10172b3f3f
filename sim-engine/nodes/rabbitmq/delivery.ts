// A delivery on its way to a reader, and what that reader sees of it.

import { visibleHeaders } from './dead-letter.ts';
import type { Entry } from './entry-line.ts';
import type { HeaderTable, Message, Version } from './model.ts';
import type { Queue } from './queue.ts';
import type { QueueType } from './queue-settings.ts';

/** A delivery on its way to a reader. */
export interface Delivery {
  readonly channel: number;
  readonly consumerTag: string;
  /** Delivery tag. */
  readonly tag: number;
  readonly isRedelivered: boolean;
  /** Name of the queue; '' for a direct reply. */
  readonly queue: string;
  readonly queueType: QueueType;
  readonly message: Message;
  /** The copy; null for a direct reply. Its counts are those of the moment. */
  readonly entry: Entry | null;
  readonly isAutomatic: boolean;
}

export function deliveryOf(
  channel: number,
  consumerTag: string,
  tag: number,
  queue: Queue,
  entry: Entry,
  isAutomatic: boolean,
): Delivery {
  const { isRedelivered, message } = entry;
  return { channel, consumerTag, tag, isRedelivered, queue: queue.spec.name, queueType: queue.type, message, entry, isAutomatic };
}

/** The headers that its reader sees: those of the message, and what its queue has counted by now. */
export function deliveryHeaders(
  { consumerTag, entry, message, queueType }: Pick<Delivery, 'consumerTag' | 'entry' | 'message' | 'queueType'>,
  version: Version,
): HeaderTable {
  const headers = visibleHeaders(message, version);
  if (queueType !== 'quorum' || entry === null) return headers;
  const { failedCount, returnedCount } = entry;
  // What died in another queue before brings its failed deliveries along, and they stand for returns until it comes back here.
  const returns = returnedCount > 0 ? returnedCount : failedCount;
  if (version === '4.3' && returns > 0) headers.set('x-acquired-count', returns);
  // 3.10 tells whoever takes a message by `get` also of none.
  if (failedCount > 0 || (version === '3.10' && consumerTag === '')) headers.set('x-delivery-count', failedCount);
  return headers;
}
