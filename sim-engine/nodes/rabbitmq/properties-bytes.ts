// How many bytes the properties of a message take on the wire: what a quorum queue of 4.3 counts besides the body in a limit of
// bytes. Two bytes of flags, then each property that is there, in the sizes of AMQP 0-9-1 (section 4.2).

import type { HeaderTable, HeaderValue, Message } from './model.ts';
import { encodedTextBytes } from './text-bytes.ts';

const FLAGS_BYTES = 2;
const LENGTH_BYTES = 4;

export function encodedPropertiesBytes(message: Message): number {
  let bytes = FLAGS_BYTES;
  if (message.headers !== null) bytes += tableBytes(message.headers);
  if (message.isPersistent) bytes += 1;
  if (message.priority >= 0) bytes += 1;
  for (const text of [message.correlationId, message.replyTo, message.expiration, message.messageId]) {
    if (text !== null) bytes += 1 + encodedTextBytes(text);
  }
  return bytes;
}

function tableBytes(table: HeaderTable): number {
  let bytes = LENGTH_BYTES;
  for (const [name, value] of table) bytes += 1 + encodedTextBytes(name) + valueBytes(value);
  return bytes;
}

/** With the byte that says what it is. */
function valueBytes(value: HeaderValue): number {
  if (value === null) return 1;
  if (typeof value === 'boolean') return 2;
  if (typeof value === 'string') return 1 + LENGTH_BYTES + encodedTextBytes(value);
  if (typeof value === 'number') return 1 + wholeBytes(value);
  if (Array.isArray(value)) {
    let bytes = 1 + LENGTH_BYTES;
    for (const item of value as readonly HeaderValue[]) bytes += valueBytes(item);
    return bytes;
  }
  return value instanceof Map ? 1 + tableBytes(value) : 9;
}

/** An integer takes the narrowest width that holds it; what has a fraction is a double. */
function wholeBytes(value: number): number {
  if (!Number.isInteger(value)) return 8;
  const size = value < 0 ? -value - 1 : value;
  if (size < 0x80) return 1;
  if (size < 0x8000) return 2;
  return size < 0x80000000 ? 4 : 8;
}
