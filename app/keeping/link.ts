// A run in the part of an address after the #: its text, deflated, in base64url, behind a number that says how it was made. Reading
// one trusts nothing: length first, then the alphabet, then the deflated text up to a limit, then what it says.

import { BYTES_MAX } from '../../sim-engine/topology/limits.ts';
import { text } from '../messages/asked.ts';
import { type Read, readWork, type Work, writeWork } from './work.ts';

/** What stands before the run: the word, and the way it was packed. */
const MARK = 'run=';
const VERSION = 1;
/** Longer addresses are cut by some programs on their way, and no browser promises to keep them. */
export const LINK_CHARS_MAX = 100_000;
/** Bytes that are handed to the inflater at once: a kilobyte can become a megabyte, and is looked at before the next one. */
const PIECE_BYTES = 1024;

/** The hash that opens this run, with its #; null when it would be longer than a link may be. */
export async function writeLink(work: Work): Promise<string | null> {
  const packed = new Blob([writeWork(work)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const hash = `#${MARK}${VERSION}.${toBase64Url(bytes)}`;
  return hash.length > LINK_CHARS_MAX ? null : hash;
}

/** The run in a hash, or a sentence about what is wrong with it. Never throws and never unpacks more than a file may hold. */
export async function readLink(hash: string): Promise<Read<Work>> {
  if (hash.length > LINK_CHARS_MAX) return refused('link.too-long', 'link.too-long.remedy');
  const match = /^#run=(\d{1,9})\.(.*)$/s.exec(hash);
  if (match === null) return refused('link.none', 'link.none.remedy');
  const [, version, packed] = match as unknown as [string, string, string];
  if (Number(version) !== VERSION) return refused('link.version', 'work.reload', { version, known: VERSION });
  if (!/^[A-Za-z0-9_-]*$/.test(packed)) return refused('link.garbled', 'work.ask-again');
  const bytes = fromBase64Url(packed);
  if (bytes === null) return refused('link.cut', 'link.cut.remedy');
  const inflated = await inflate(bytes);
  if (inflated === 'too-large') return refused('link.bomb', 'link.bomb.remedy', { most: BYTES_MAX / 1_000_000 });
  if (inflated === 'broken') return refused('link.cut', 'link.cut.remedy');
  return readWork(inflated.text);
}

/** Unpacks piece by piece and stops as soon as there is more than a document may have. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<{ readonly text: string } | 'too-large' | 'broken'> {
  let at = 0;
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, at + PIECE_BYTES));
        at += PIECE_BYTES;
      },
    },
    { highWaterMark: 0 },
  );
  const reader = pieces.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let length = 0;
  let unpacked = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { text: unpacked + decoder.decode() };
      length += value.length;
      if (length > BYTES_MAX) {
        await reader.cancel();
        return 'too-large';
      }
      unpacked += decoder.decode(value, { stream: true });
    }
  } catch {
    // Cut short, not deflated at all, with something behind its end, or no UTF-8.
    return 'broken';
  }
}

/** Characters that `String.fromCharCode` takes at once. */
const CHUNK = 8192;

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(packed: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch {
    // A number of characters that no bytes have.
    return null;
  }
}

type Key = Parameters<typeof text>[0];

const refused = (sentence: Key, remedy: Key, values: { readonly [hole: string]: string | number } = {}): Read<never> => ({
  ok: false,
  problems: [{ place: text('link.place'), sentence: text(sentence, values), remedy: text(remedy) }],
});
