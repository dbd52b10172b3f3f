// The list of special looks: one line a kind. A kind that is not listed has the plain card.

import { say } from '../messages/text.ts';
import { DEAD_LETTER_VIEW } from './DeadLetterView.tsx';
import type { NodeView } from './node-view.ts';
import { PLAIN_VIEW } from './PlainView.tsx';
import { QUEUE_VIEW } from './QueueView.tsx';
import { SENDER_VIEW } from './SenderView.tsx';
import { SERVICE_VIEW } from './ServiceView.tsx';

const VIEWS = new Map<string, NodeView>([
  ['sender', SENDER_VIEW],
  ['queue', QUEUE_VIEW],
  ['dead-letter-queue', DEAD_LETTER_VIEW],
  ['service', SERVICE_VIEW],
]);

export const nodeView = (kind: string): NodeView => VIEWS.get(kind) ?? PLAIN_VIEW;

/** A kind's name within a line: "dead-letter queue". */
export const kindName = (kind: string): string => say(`kind.${kind}.label`);
