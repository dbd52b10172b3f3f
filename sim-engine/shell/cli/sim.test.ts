// The command line as a stranger uses it: what it prints, where, and with which exit code.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lineText, scenarioText } from '../../testing/run-fixtures.ts';
import { main } from './sim.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const PIPELINE = 'sim-engine/scenarios/order-pipeline.json';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Files are those of the repository, or `files` by name. */
function sim(args: readonly string[], files: { readonly [name: string]: string } = {}): Said {
  let out = '';
  let err = '';
  const code = main(args, {
    read: (file) => files[file] ?? readFileSync(new URL(file, `file://${ROOT}/`), 'utf8'),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const json = (said: Said): Record<string, never> => JSON.parse(said.out);

describe('npm run sim -- run FILE', () => {
  it('answers with 0 and a report in words when everything held', () => {
    const said = sim(['run', PIPELINE, '--for', '20s']);
    expect(said.code).toBe(0);
    expect(said.err).toBe('');
    expect(said.out).toContain('Order pipeline\n20s of simulated time');
    expect(said.out).toMatch(/held {2}end: lost == 0/);
  });

  it('answers with 1 when an assertion failed, and says what was seen', () => {
    const said = sim(['run', PIPELINE, '--for', '20s', '--assert', 'sent == 0', '--assert', 'lost == 0', '--json']);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/^Failed: sent == 0\. .*sent = \d+/);
    expect(json(said).checks).toMatchObject([
      {},
      {},
      {},
      {},
      { check: 'sent == 0', held: false },
      { check: 'lost == 0', held: true },
    ]);
  });

  it('answers with 1 when an expectation of the file failed', () => {
    const scenario = JSON.parse(scenarioText('order-pipeline'));
    const files = { 's.json': JSON.stringify({ ...scenario, expect: [{ check: 'never: sent > 5' }] }) };
    expect(sim(['run', 's.json', '--for', '10s'], files).code).toBe(1);
  });

  it('prints one JSON object with exactly the promised members', () => {
    const said = sim(['run', PIPELINE, '--for', '60s', '--seed', '7', '--json']);
    const report = json(said);
    expect(Object.keys(report)).toEqual(['engine', 'seed', 'simTimeNs', 'digest', 'ledger', 'gauges', 'oracle', 'checks']);
    expect(report).toMatchObject({ engine: 1, seed: 7, simTimeNs: 60e9, digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
    const { publish, delivery } = report.ledger as unknown as Record<string, Record<string, number>>;
    const sum = ([total, ...classes]: number[]): boolean => total === classes.reduce((a, b) => a + b, 0);
    expect(sum(Object.values(publish as object))).toBe(true);
    expect(sum(Object.values(delivery as object))).toBe(true);
    expect(report.gauges).toHaveProperty(['queue_size{queue_name=orders}']);
    expect(report.gauges).toHaveProperty(['messages_total{topic=orders,status=processed}'], delivery?.processed);
    expect(report.gauges).toHaveProperty(['message_latency_seconds{topic=orders,quantile=0.99}']);
    expect(report.oracle).toMatchObject({ dup_effects: 0, missed_effects: 0 });
  });

  it('names every measure so that a check can ask for it', () => {
    const names = Object.keys(json(sim(['run', PIPELINE, '--for', '20s', '--json'])).gauges as object);
    expect(names.length).toBeGreaterThan(40);
    const asked = names.flatMap((name) => ['--assert', `${name} >= 0`]);
    expect(sim(['run', PIPELINE, '--for', '20s', ...asked])).toMatchObject({ code: 0, err: '' });
  });

  it('gives the same digest twice, and another for another seed and for one nanosecond more of work', () => {
    const digest = (...more: string[]): unknown => json(sim(['run', PIPELINE, '--for', '20s', '--json', ...more])).digest;
    const first = digest('--seed', '7');
    expect(digest('--seed', '7')).toBe(first);
    expect(digest('--seed', '8')).not.toBe(first);
    const changed = { 'c.json': scenarioText('order-pipeline').replace('"mean": "450ms"', '"mean": "450000001ns"') };
    expect(json(sim(['run', 'c.json', '--for', '20s', '--json', '--seed', '7'], changed)).digest).not.toBe(first);
  });

  it('takes no more digests than it can keep', () => {
    const said = sim(['run', PIPELINE, '--for', '1s', '--digests', '1ns']);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain('more than 100,000 digests');
    expect(said.err).toContain('Write 10us or more');
    expect(sim(['run', PIPELINE, '--for', '1s', '--digests', '10us', '--json']).code).toBe(0);
  });

  it('gives the same digests when nobody looks on', () => {
    const args = ['run', PIPELINE, '--for', '10s', '--json', '--digests', '1s', '--at', '3s', 'crash worker-2 for 2s'];
    const watched = json(sim(args));
    const alone = json(sim([...args, '--no-sample']));
    expect(watched.digests).toHaveLength(10);
    expect(alone.digests).toEqual(watched.digests);
    expect((watched.digests as unknown as { digest: string }[]).at(-1)?.digest).toBe(watched.digest);
  });

  it('gives the same digest for nodes renamed, moved and in another order', () => {
    const scenario = JSON.parse(scenarioText('order-pipeline'));
    const { topology } = scenario;
    const nodes = [...topology.nodes]
      .reverse()
      .map((node: object) => ({ ...node, name: 'x', position: { x: 1, y: 2 }, comment: 'c' }));
    const turned = { ...scenario, topology: { ...topology, nodes, wires: [...topology.wires].reverse() } };
    const files = { 't.json': JSON.stringify(turned) };
    const args = ['--for', '20s', '--json'];
    expect(json(sim(['run', 't.json', ...args], files)).digest).toBe(json(sim(['run', PIPELINE, ...args])).digest);
  });

  it('runs a bare topology, and what comes over standard input', () => {
    const files = { '-': lineText({ sender: { rate: 5 } }) };
    const said = sim(['run', '-', '--for', '5s', '--json'], files);
    expect(said.code).toBe(0);
    expect(json(said).simTimeNs).toBe(5e9);
  });

  it('carries out commands at their times', () => {
    const args = ['run', PIPELINE, '--for', '20s', '--json', '--assert', 'event: node_down == 2', '--assert', 'did: crash == 2'];
    expect(sim([...args, '--at', '5s', 'crash worker-1', '--at', '6s', 'crash worker-2 for 3s']).code).toBe(0);
    expect(sim(args).code).toBe(1);
  });

  it('prints the dials as Prometheus text and nothing else', () => {
    const said = sim(['run', PIPELINE, '--for', '10s', '--prometheus']);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/^# HELP messages_total .*\n# TYPE messages_total counter\n/);
    expect(said.out).toContain('queue_size{queue_name="orders"} ');
  });

  it('stops with 1 and a sentence when the run stops by itself', () => {
    const loop = {
      format: 'broker-lab/topology',
      version: 1,
      nodes: [
        { id: 'shop', kind: 'sender', params: { arrivals: 'times', times: ['1s'] } },
        { id: 'orders', kind: 'queue' },
        {
          id: 'worker',
          kind: 'service',
          params: { work: { law: 'constant', value: '0s' }, failure: 1, retry: 'fixed', retryBase: '0s', maxAttempts: 0 },
        },
      ],
      wires: [
        { id: 'a', kind: 'publish', from: 'shop', to: 'orders', params: { delay: '0s' } },
        { id: 'b', kind: 'deliver', from: 'orders', to: 'worker', params: { delay: '0s' } },
      ],
    };
    const said = sim(['run', 'loop.json', '--for', '5s', '--json'], { 'loop.json': JSON.stringify(loop) });
    expect(said.code).toBe(1);
    expect(said.err).toContain('more than 100000 events in one instant');
    expect(json(said).simTimeNs).toBe(1e9);
  });
});

describe('a bad file or argument', () => {
  /** Exit code 2, nothing on standard output, and the texts on the other one. */
  const isBad = (said: Said, ...texts: string[]): void => {
    expect(said.code).toBe(2);
    expect(said.out).toBe('');
    for (const text of texts) expect(said.err).toContain(text);
  };

  it('is told with place, sentence and remedy', () => {
    const files = { 'bad.json': lineText({ sender: { rate: 'many' } }) };
    isBad(sim(['run', 'bad.json'], files), 'bad.json cannot be run', 'nodes › shop › params › rate');
    isBad(sim(['run', 'cut.json'], { 'cut.json': '{"format": "broker' }), 'line 1, column');
    isBad(sim(['run', 'nothing.json']), 'nothing.json', 'There is no such file.');
    isBad(sim(['run', 'sim-engine']), 'This is a folder.');
  });

  it('tells a misspelt measure with the nearest right one', () => {
    isBad(sim(['run', PIPELINE, '--assert', 'queu_size == 0']), "--assert 'queu_size == 0'", 'Did you mean "queue_size"?');
    isBad(sim(['run', PIPELINE, '--assert', 'lost =']), "--assert 'lost ='");
  });

  it('tells a bad check of the file by its place in the file', () => {
    const scenario = JSON.parse(scenarioText('order-pipeline'));
    const files = { 's.json': JSON.stringify({ ...scenario, expect: [{ check: 'lost == 0' }, { check: 'lots == 0' }] }) };
    isBad(sim(['run', 's.json'], files), 'expect › no. 2 › check', 'Did you mean "lost"?');
  });

  it('tells a command that cannot be read, or has no target, or comes too late', () => {
    isBad(sim(['run', PIPELINE, '--at', '1s', 'crahs worker-1']), "--at 'crahs worker-1'", 'Did you mean "crash"?');
    isBad(
      sim(['run', PIPELINE, '--at', '1s', 'crash worker-9']),
      "--at 'crash worker-9'",
      'There is no node "worker-9" in the drawing.',
    );
    isBad(
      sim(['run', PIPELINE, '--at', '1s', 'redrive orders']),
      '"redrive" is for a dead-letter-queue, but "orders" is a queue.',
    );
    isBad(sim(['run', PIPELINE, '--for', '5s', '--at', '6s', 'crash worker-1']), 'Its time comes after the end of the run.');
    isBad(sim(['run', PIPELINE, '--at', 'soon', 'crash worker-1']), '--at soon', 'is no length of simulated time');
    isBad(sim(['run', PIPELINE, '--at', '1s']), 'Something must follow.');
  });

  it('tells a command of the file that cannot be read', () => {
    const scenario = JSON.parse(scenarioText('order-pipeline'));
    const files = { 's.json': JSON.stringify({ ...scenario, commands: [{ at: '1s', do: 'crush worker-1' }] }) };
    isBad(sim(['run', 's.json'], files), 'commands › no. 1 › do', 'Did you mean "crash"?');
  });

  it('tells a command that turned out to be impossible when its time came', () => {
    const args = ['run', PIPELINE, '--for', '5s', '--at', '1s', 'remove worker-3', '--at', '2s', 'crash worker-3'];
    const said = sim(args);
    expect(said.code).toBe(2);
    expect(said.err).toContain('at 2s');
    expect(said.err).toContain('There is no node "worker-3" in the drawing.');
  });

  it('tells what is wrong with an option', () => {
    isBad(sim([]), 'The first word must be "run".', 'Usage:');
    isBad(sim(['run']), 'There is no file to run.');
    isBad(sim(['run', PIPELINE, '--asert', 'x']), '--asert', 'Did you mean --assert?');
    isBad(sim(['run', PIPELINE, '--seed', '1.5']), '--seed 1.5', 'is no whole number');
    isBad(sim(['run', PIPELINE, '--for', '0s']), '--for 0s');
    isBad(sim(['run', PIPELINE, 'again']), 'again', 'There is a word too many.');
    isBad(sim(['run', PIPELINE, '--json', '--prometheus']), 'Only one of --json and --prometheus');
    isBad(sim(['run', PIPELINE, '--level', '1']), 'Level 1 (batches as one event) is not built yet.');
    expect(sim(['run', PIPELINE, '--level', '0', '--for', '1s']).code).toBe(0);
    expect(sim(['--help']).out).toContain('Usage:');
  });
});

describe('npm run sim, as a process', () => {
  const process_ = (args: readonly string[], input?: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['scripts/run.mjs', 'sim', ...args], { cwd: ROOT, encoding: 'utf8', input });

  it('has nothing but JSON on standard output, and the same digest as in this process', () => {
    const { status, stdout } = process_(['run', PIPELINE, '--for', '60s', '--seed', '7', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).digest).toBe(json(sim(['run', PIPELINE, '--for', '60s', '--seed', '7', '--json'])).digest);
  });

  it('reads standard input, and answers a bad file with 2', () => {
    const { status, stdout, stderr } = process_(['run', '-', '--json'], '{"format": "broker-lab/topology", "version": 99}');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('version');
  });
});
