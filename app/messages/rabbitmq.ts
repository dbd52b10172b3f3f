// Words of what a RabbitMQ broker shows: on its wires, in its head, when a routing key is tried. No part of the first load.

import { EN } from './en-rabbitmq.ts';
import { filled } from './text.ts';

export type RabbitWord = keyof typeof EN;

/** The sentence under `key` with its holes filled. */
export const rabbitText = (key: RabbitWord, values: { readonly [hole: string]: string | number } = {}): string =>
  filled(EN[key], values);
