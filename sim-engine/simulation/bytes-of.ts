// How much memory a copy of plain data takes, about: what decides whether a checkpoint is kept or sent. Called by the history
// and by the engine's host; reads only.

/** What a value of its own, a member or an object costs besides the numbers of typed arrays. */
const BYTES_PER_VALUE = 8;
const BYTES_PER_OBJECT = 32;

/** Bytes of a tree of plain data, within a factor of two; typed arrays are exact. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return BYTES_PER_OBJECT + value.length;
  if (typeof value !== 'object' || value === null) return BYTES_PER_VALUE;
  if (ArrayBuffer.isView(value)) return BYTES_PER_OBJECT + value.byteLength;
  let bytes = BYTES_PER_OBJECT;
  if (Array.isArray(value)) for (const member of value) bytes += bytesOf(member);
  else if (value instanceof Map) for (const [key, member] of value) bytes += bytesOf(key) + bytesOf(member);
  else if (value instanceof Set) for (const member of value) bytes += bytesOf(member);
  else for (const member of Object.values(value)) bytes += bytesOf(member);
  return bytes;
}
