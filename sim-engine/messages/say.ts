// Looks words up by key. Which words there are is up to whoever calls.

export type Messages = { readonly [key: string]: string };
export type Holes = { readonly [hole: string]: string | number };

/** The sentence under `key`, its holes filled from `values`. A missing key answers with itself, so that a gap shows. */
export function sayFrom(messages: Messages, key: string, values: Holes = {}): string {
  const sentence = Object.hasOwn(messages, key) ? (messages[key] as string) : key;
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : hole));
}
