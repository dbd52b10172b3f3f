import { describe, expect, it, vi } from 'vitest';
import orderPipeline from '../../sim-engine/scenarios/order-pipeline.json?raw';
import type { Drawing } from '../store/drawing.ts';
import { LINK_CHARS_MAX, readLink, writeLink } from './link.ts';
import { type Work, writeWork } from './work.ts';

const START = JSON.parse(orderPipeline) as Drawing;
const WORK: Work = {
  start: START,
  now: START,
  seed: 7,
  log: [{ atNs: 1e9, command: { type: 'setParam', target: 'checkout', field: 'rate', value: 30 } }],
  isAhead: false,
  speed: 1,
  atNs: 41e9,
  events: 1234,
  digest: '0123456789abcdef',
  engineRevision: 3,
};
const bytesOf = (text: string) => new TextEncoder().encode(text);
const linkOf = (bytes: Uint8Array) =>
  `#run=1.${btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')}`;

async function packed(bytes: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const deflated = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return linkOf(new Uint8Array(await new Response(deflated).arrayBuffer()));
}

async function sentenceFor(hash: string): Promise<string> {
  const read = await readLink(hash);
  if (read.ok) return 'taken';
  for (const { place, remedy } of read.problems) {
    expect(place).not.toBe('');
    expect(remedy).toMatch(/\.$/);
  }
  return read.problems[0]?.sentence ?? '';
}

describe('a link', () => {
  it('brings the same run back, and is short enough to be sent', async () => {
    const hash = (await writeLink(WORK)) as string;
    expect(hash).toMatch(/^#run=1\.[A-Za-z0-9_-]+$/);
    expect(hash.length).toBeLessThan(2000);
    expect(await readLink(hash)).toEqual({ ok: true, value: WORK });
  });

  it('is not made when it would be longer than one that is read', async () => {
    const noise = Array.from({ length: 200 }, () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(900)))));
    const { topology, ...scenario } = START as unknown as { topology: { nodes: readonly object[] } };
    const nodes = topology.nodes.flatMap((node, ix) => (ix > 0 ? [node] : noise.map((comment) => ({ ...node, comment }))));
    expect(
      await writeLink({ ...WORK, start: { ...scenario, topology: { ...topology, nodes } } as unknown as Drawing }),
    ).toBeNull();
  });

  it('that is oversized is not even unpacked', async () => {
    const unpack = vi.spyOn(globalThis, 'DecompressionStream');
    expect(await sentenceFor(`#run=1.${'A'.repeat(LINK_CHARS_MAX)}`)).toContain('longer than a link');
    expect(unpack).not.toHaveBeenCalled();
    unpack.mockRestore();
  });

  it('that is a bomb is stopped at the limit: little more than 5 MB of it ever exist', async () => {
    // Within the length of a link fit 60 MB of blanks.
    const bomb = await packed(' '.repeat(60_000_000));
    expect(bomb.length).toBeLessThan(LINK_CHARS_MAX);
    let unpacked = 0;
    const read = vi.spyOn(ReadableStreamDefaultReader.prototype, 'read');
    expect(await sentenceFor(bomb)).toContain('larger than 5 MB');
    for (const { value } of read.mock.results) unpacked += ((await value) as { value?: Uint8Array }).value?.length ?? 0;
    read.mockRestore();
    expect(unpacked).toBeGreaterThan(5_000_000);
    expect(unpacked).toBeLessThan(7_000_000);
  });

  it('that was cut anywhere is refused', async () => {
    const hash = (await writeLink(WORK)) as string;
    for (const length of [8, 12, 100, hash.length - 40, hash.length - 2]) {
      expect(await sentenceFor(hash.slice(0, length)), `cut to ${length}`).not.toBe('taken');
    }
    expect(await sentenceFor(hash.slice(0, hash.length - 40))).toContain('cut short');
  });

  it.each<[string, string | Promise<string>, string]>([
    ['another word behind the #', '#top', 'no run'],
    ['no version', '#run=abc', 'no run'],
    ['a version that is not known', '#run=2.AAAA', 'version 2'],
    ['no base64', '#run=1.{"format":"broker-lab/run"}', 'characters'],
    ['percent signs', '#run=1.%3Cscript%3E', 'characters'],
    ['a number of characters that no bytes have', '#run=1.AAAAA', 'cut short'],
    ['nothing behind the version', '#run=1.', 'cut short'],
    ['bytes that were never deflated', linkOf(bytesOf('hello, world')), 'cut short'],
    ['text that is no UTF-8', packed(new Uint8Array([0x22, 0xff, 0xfe, 0x22])), 'cut short'],
    ['JSON of another kind', packed('{"format":"something"}'), 'no run of Broker Lab'],
    ['a bare scenario', packed(JSON.stringify(START)), 'no run of Broker Lab'],
    ['a run of a newer version', packed(writeWork(WORK).replace('"version":1', '"version":9')), 'newer'],
    ['depth beyond measure', packed('['.repeat(100_000)), 'deep'],
  ])('with %s is refused in words', async (_, hash, words) => {
    expect(await sentenceFor(await hash)).toContain(words);
  });

  it('takes a script in a name for a name', async () => {
    const named = { ...START, title: '<img src=x onerror=alert(1)>' } as Drawing;
    const read = await readLink((await writeLink({ ...WORK, start: named, now: named })) as string);
    expect(read.ok && read.value.now).toEqual(named);
  });
});
