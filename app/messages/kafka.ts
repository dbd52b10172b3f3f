// Words of what a Kafka cluster shows: on its cards, in its head, in the histories of its members. No part of the first load.

import { EN } from './en-kafka.ts';
import { filled } from './text.ts';

export type KafkaWord = keyof typeof EN;

/** The sentence under `key` with its holes filled. */
export const kafkaText = (key: KafkaWord, values: { readonly [hole: string]: string | number } = {}): string =>
  filled(EN[key], values);
