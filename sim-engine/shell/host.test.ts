// What a page can rely on when it talks to the engine: answers in order, the same run at any speed, a way back after the engine
// died. The wall clock is a fake that the test moves.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FRAME, LETTER, lettersAt, NODE_STATE, nodesAt } from '../protocol/frame.ts';
import type { CheckpointParcel, LoggedCommand } from '../protocol/messages.ts';
import { type Checkpoint, Simulation } from '../simulation/simulation.ts';
import { FakePage } from '../testing/fake-page.ts';
import { parseScenario } from '../topology/parse.ts';

const PIPELINE = readFileSync(new URL('../scenarios/order-pipeline.json', import.meta.url), 'utf8');
const S = 1e9;

function digestAt(timeNs: number, log: readonly LoggedCommand[] = [], text = PIPELINE): string {
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error('bad scenario');
  const created = Simulation.create(parsed.value, { log });
  if (!created.ok) throw new Error('bad commands');
  created.value.advanceTo(timeNs);
  return created.value.digest;
}

describe('the host of an engine', () => {
  it('answers a bad file with its problems and leaves the run that was loaded as it was', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'run-to', timeNs: 3 * S });
    const answer = page.ask({ type: 'load', text: '{"format":' });
    expect(answer.type).toBe('refused');
    expect(answer.type === 'refused' && answer.problems.length).toBeGreaterThan(0);
    expect(page.status({ type: 'ping' }).simTimeNs).toBe(3 * S);
  });

  it('says that nothing is loaded yet', () => {
    const answer = new FakePage().ask({ type: 'play', speed: 1 });
    expect(answer).toEqual({ type: 'refused', problems: [{ code: 'nothing-loaded', at: [] }] });
  });

  it('moves a run on as fast as the wall clock says, at any speed', () => {
    for (const speed of [0.001, 0.05, 1, 20]) {
      const page = new FakePage();
      page.status({ type: 'load', text: PIPELINE });
      page.status({ type: 'play', speed });
      page.pass(1000);
      const { simTimeNs, pace } = page.status({ type: 'pause' });
      expect(simTimeNs).toBeGreaterThan(0.95 * speed * S);
      expect(simTimeNs).toBeLessThan(1.05 * speed * S);
      expect(pace).toBe(1);
    }
  });

  it('plays the same run at every speed and as fast as it goes', () => {
    for (const speed of [0.7, 10, 333, Number.POSITIVE_INFINITY]) {
      const page = new FakePage();
      page.status({ type: 'load', text: PIPELINE });
      page.status({ type: 'play', speed });
      page.pass(320);
      const { simTimeNs, digest } = page.status({ type: 'pause' });
      expect(simTimeNs).toBeGreaterThan(0);
      expect(digest).toBe(digestAt(simTimeNs));
    }
  });

  it('says how much of the speed is reached by a machine that is too slow, and does not run after the clock', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.lookMs = 30;
    page.status({ type: 'play', speed: 100_000 });
    page.pass(3000);
    expect(page.of('status').at(-1)?.status.pace).toBeLessThan(0.5);
    page.lookMs = 0.01;
    const before = page.status({ type: 'play', speed: 1 }).simTimeNs;
    page.pass(100);
    expect(page.status({ type: 'pause' }).simTimeNs - before).toBeLessThan(0.2 * S);
  });

  it('does not jump when it was asleep', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'play', speed: 1 });
    page.pass(200);
    page.sleep(60_000);
    page.pass(50);
    expect(page.status({ type: 'pause' }).simTimeNs).toBeLessThan(1 * S);
  });

  it('sends a frame at most every 16 ms, and the status four times a second', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'play', speed: 1 });
    page.pass(1000);
    expect(page.of('frame').length).toBeGreaterThan(40);
    expect(page.of('frame').length).toBeLessThan(70);
    expect(page.of('status').length).toBeGreaterThanOrEqual(3);
    expect(page.of('status').length).toBeLessThan(6);
  });

  it('sends a frame after every answer that changed the run', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    expect(page.frame()[FRAME.SIM_TIME_NS]).toBe(0);
    page.status({ type: 'step', unit: 'tick' });
    expect(page.frame()[FRAME.SIM_TIME_NS]).toBe(1e6);
    expect(page.heard.slice(-2).map((message) => ('report' in message ? message.report.type : message.answer.type))).toEqual([
      'done',
      'frame',
    ]);
  });

  it('steps one event, one message and one tick', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    const event = page.status({ type: 'step', unit: 'event' });
    expect(event.events).toBe(1);
    const message = page.status({ type: 'step', unit: 'message' });
    expect(message.events).toBeGreaterThan(1);
    const frame = page.frame();
    expect(frame[FRAME.DELIVERY_BOOK + 4]).toBe(1);
    const tick = page.status({ type: 'step', unit: 'tick' });
    expect(tick.simTimeNs % 1e6).toBe(0);
    expect(tick.simTimeNs - message.simTimeNs).toBeLessThanOrEqual(1e6);
  });

  it('stamps a command with the next tick of a run that moves, and with the next nanosecond of one that is paused', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'run-to', timeNs: 1_234_567 });
    const paused = page.status({ type: 'command', command: { type: 'crash', node: 'worker-1' } });
    expect(paused.simTimeNs).toBe(1_234_568);
    page.status({ type: 'play', speed: 1 });
    page.pass(50);
    const moving = page.status({ type: 'command', command: { type: 'restart', node: 'worker-1' } });
    expect(moving.simTimeNs % 1e6).toBe(0);
    expect(moving.commandCount).toBe(2);
  });

  it('refuses a command that cannot be carried out', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    const answer = page.ask({ type: 'command', command: { type: 'crash', node: 'nobody' } });
    expect(answer.type === 'refused' && answer.problems[0]?.code).toBe('command-unknown-node');
    expect(page.status({ type: 'ping' }).commandCount).toBe(0);
  });

  it('tells of a crash in words, and shows the node as crashed', () => {
    const page = new FakePage();
    const loaded = page.ask({ type: 'load', text: PIPELINE });
    if (loaded.type !== 'loaded') throw new Error('not loaded');
    page.status({ type: 'command', command: { type: 'crash', node: 'worker-2' } });
    expect(page.of('notice').at(-1)?.notice).toMatchObject({ key: 'notice.crashed', about: 'worker-2' });
    const { layout } = loaded;
    const at = nodesAt(layout.gaugeCount) + layout.nodes.findIndex((node) => node.id === 'worker-2');
    expect(page.frame()[at]).toBe(NODE_STATE.CRASHED);
  });

  it('sends a new layout before the answer to an edit that adds a node', () => {
    const page = new FakePage();
    const loaded = page.ask({ type: 'load', text: PIPELINE });
    if (loaded.type !== 'loaded') throw new Error('not loaded');
    page.status({ type: 'command', command: { type: 'addNode', node: { id: 'aa-new', kind: 'queue' } } });
    const layout = page.of('layout').at(-1)?.layout;
    expect(layout?.revision).toBe(loaded.layout.revision + 1);
    expect(layout?.nodes.map((node) => node.id)).toContain('aa-new');
    expect(page.frame()[FRAME.LAYOUT_REVISION]).toBe(layout?.revision);
    page.status({ type: 'command', command: { type: 'setParam', target: 'checkout', field: 'rate', value: 5 } });
    expect(page.of('layout').length).toBe(1);
  });

  it('begins anew at time 0 with the drawing as it is now', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'command', command: { type: 'removeNode', node: 'mobile' } });
    page.status({ type: 'run-to', timeNs: 2 * S });
    const status = page.status({ type: 'reset', seed: 99 });
    expect(status).toMatchObject({ simTimeNs: 0, seed: 99, commandCount: 0, isRunning: false });
    expect(
      page
        .of('layout')
        .at(-1)
        ?.layout.nodes.map((node) => node.id),
    ).not.toContain('mobile');
  });

  it('goes back to an earlier time of the same run', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'run-to', timeNs: 2 * S });
    page.status({ type: 'command', command: { type: 'crash', node: 'worker-1', forNs: S } });
    const before = page.status({ type: 'run-to', timeNs: 3 * S });
    page.status({ type: 'run-to', timeNs: 10 * S });
    const after = page.status({ type: 'run-to', timeNs: 3 * S });
    expect(after.digest).toBe(before.digest);
    expect(after.commandCount).toBe(1);
  });

  it('goes to a moment between two events of one instant, in a run that begins anew', () => {
    const text = PIPELINE.replaceAll(/"delay": "[^"]+"/g, '"delay": "0s"');
    const page = new FakePage();
    page.status({ type: 'load', text });
    page.status({ type: 'run-to', timeNs: 2 * S });
    const whole = new Map<number, string>();
    let between = page.status({ type: 'step', unit: 'event' });
    for (let step = 0; step < 40; step++) {
      const { simTimeNs, events, digest } = between;
      const other = new FakePage();
      other.status({ type: 'load', text });
      const there = other.status({ type: 'run-to', timeNs: simTimeNs, events });
      expect([there.simTimeNs, there.events, there.digest]).toEqual([simTimeNs, events, digest]);
      whole.set(simTimeNs, digest);
      between = page.status({ type: 'step', unit: 'event' });
    }
    // Among them were some between two events.
    expect(whole.size).toBeLessThan(40);
  });

  it('tells on the way to a moment how long took what was done on that way, and nothing of it after a jump back', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    const latencyAt = (timeNs: number) => {
      page.status({ type: 'run-to', timeNs });
      return page.frame()[FRAME.LATENCY_P50_NS] as number;
    };
    const onTheWay = [5, 10, 15].map((s) => latencyAt(s * S));
    for (const latencyNs of onTheWay) expect(latencyNs).toBeGreaterThan(0);
    expect(latencyAt(10 * S)).toBeNaN();
  });

  it('follows the drawing back in time, and forks where another command is given', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'run-to', timeNs: 2 * S });
    page.status({ type: 'command', command: { type: 'addNode', node: { id: 'late', kind: 'queue' } } });
    page.status({ type: 'run-to', timeNs: 4 * S });
    expect(
      page
        .of('layout')
        .at(-1)
        ?.layout.nodes.map((node) => node.id),
    ).toContain('late');
    page.status({ type: 'run-to', timeNs: 1 * S });
    expect(
      page
        .of('layout')
        .at(-1)
        ?.layout.nodes.map((node) => node.id),
    ).not.toContain('late');
    expect(page.frame()[FRAME.LAYOUT_REVISION]).toBe(page.of('layout').at(-1)?.layout.revision);
    expect(page.status({ type: 'ping' }).commandCount).toBe(1);
    const refused = page.ask({ type: 'command', command: { type: 'crash', node: 'nobody' } });
    expect(refused.type).toBe('refused');
    expect(page.status({ type: 'ping' }).commandCount).toBe(1);
    const crash = { type: 'crash', node: 'worker-1' } as const;
    const forked = page.status({ type: 'command', command: crash });
    expect(forked.commandCount).toBe(1);
    const later = page.status({ type: 'run-to', timeNs: 5 * S });
    expect(later.digest).toBe(digestAt(5 * S, [{ atNs: forked.simTimeNs, command: crash }]));
  });

  it('answers what comes during a long job after it, and a life sign at once', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.lookMs = 5;
    const long = page.send({ type: 'run-to', timeNs: 3000 * S });
    const next = page.send({ type: 'step', unit: 'tick' });
    const sign = page.send({ type: 'ping' });
    expect(page.answers.has(sign)).toBe(true);
    expect(page.answers.has(long)).toBe(false);
    page.lookMs = 0.01;
    page.pass(60_000);
    const order = page.heard.filter((message) => message.id !== 0).map((message) => message.id);
    expect(order.slice(-2)).toEqual([long, next]);
  });

  it('writes down the journey of a message, with the names of the drawing', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'follow', sender: 'checkout', number: 1 });
    page.status({ type: 'run-to', timeNs: 8 * S });
    const answer = page.ask({ type: 'journey', sender: 'checkout', number: 1 });
    if (answer.type !== 'journey') throw new Error('no journey');
    expect(answer.entries[0]).toMatchObject({ what: 'journey.sent', where: 'checkout' });
    expect(answer.entries.some((entry) => entry.where.startsWith('worker-'))).toBe(true);
  });

  it('tells the drawing as the run has it: with every edit that was carried out, and without those still to come', () => {
    const page = new FakePage();
    const rate = (value: number) => ({ type: 'setParam', target: 'checkout', field: 'rate', value }) as const;
    const log = [
      { atNs: S, command: rate(30) },
      { atNs: 3 * S, command: rate(60) },
    ];
    page.ask({ type: 'load', text: PIPELINE, log });
    page.ask({ type: 'run-to', timeNs: 2 * S });
    const answer = page.ask({ type: 'document' });
    if (answer.type !== 'document') throw new Error(JSON.stringify(answer));
    expect(answer.topology.nodes.find(({ id }) => id === 'checkout')).toMatchObject({ name: 'Checkout', params: { rate: 30 } });
    expect(answer.topology.nodes).toHaveLength(JSON.parse(PIPELINE).topology.nodes.length);
  });

  it('brings a run back from a checkpoint that went through the page, and it is the same run', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'play', speed: 1 });
    page.pass(3000);
    page.status({ type: 'command', command: { type: 'slow', node: 'worker-1', factor: 3 } });
    page.pass(2500);
    const parcel = structuredClone(page.of('checkpoint').at(-1)?.checkpoint) as CheckpointParcel;
    expect(parcel.commandCount).toBe(1);
    expect(parcel.bytes).toBeGreaterThan(1000);
    const addedQueue = { type: 'addNode', node: { id: 'late', kind: 'queue' } } as const;
    const last = page.status({ type: 'command', command: addedQueue });
    page.pass(200);
    const reached = page.status({ type: 'pause' });

    const log: LoggedCommand[] = [...(parcel.data as Checkpoint).log, { atNs: last.simTimeNs, command: addedQueue }];
    for (const checkpoint of [parcel, undefined]) {
      const other = new FakePage();
      const answer = other.ask({
        type: 'load',
        text: PIPELINE,
        log,
        resumeAtNs: reached.simTimeNs,
        ...(checkpoint === undefined ? {} : { checkpoint }),
      });
      if (answer.type !== 'loaded') throw new Error('not loaded');
      expect(answer.status.digest).toBe(reached.digest);
      expect(answer.status.simTimeNs).toBe(reached.simTimeNs);
      expect(answer.layout.nodes.map((node) => node.id)).toContain('late');
      expect(other.of('notice')).toEqual([]);
      const later = page.status({ type: 'run-to', timeNs: 20 * S }).digest;
      expect(other.status({ type: 'run-to', timeNs: 20 * S }).digest).toBe(later);
      expect(digestAt(20 * S, log)).toBe(later);
    }
  });

  it('reports a mistake of its own with time and seed, and takes a new drawing after it', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'run-to', timeNs: 2 * S });
    // Nothing that a page can say breaks the engine, so it is broken from outside.
    const broken = new Proxy({ type: 'restart', node: 'x' } as const, {
      get() {
        throw new Error('planted');
      },
    });
    page.host.receive({ id: 7000, request: { type: 'command', command: broken } });
    const [crash] = page.of('crashed');
    expect(crash).toMatchObject({ message: 'planted', simTimeNs: 2 * S, seed: 7 });
    expect(page.answers.get(7000)?.type).toBe('refused');
    const refused = page.ask({ type: 'play', speed: 1 });
    expect(refused.type === 'refused' && refused.problems[0]?.code).toBe('run-broken');
    expect(page.status({ type: 'load', text: PIPELINE }).simTimeNs).toBe(0);
  });

  it('stops an idle run at the end of time instead of spinning for ever', () => {
    const page = new FakePage();
    const idle = JSON.stringify({
      format: 'broker-lab/topology',
      version: 1,
      nodes: [{ id: 'q', kind: 'queue' }],
      wires: [],
    });
    page.status({ type: 'load', text: idle });
    page.lookMs = 0;
    page.status({ type: 'run-to', timeNs: 8.9999e15 });
    page.status({ type: 'play', speed: 1000 });
    page.lookMs = 0.01;
    page.pass(300_000);
    const { isRunning, stopped } = page.status({ type: 'ping' });
    expect(isRunning).toBe(false);
    expect(stopped?.key).toBe('notice.bound.time');
  });

  it('shows letters on their wires', () => {
    const page = new FakePage();
    const loaded = page.ask({ type: 'load', text: PIPELINE });
    if (loaded.type !== 'loaded') throw new Error('not loaded');
    page.status({ type: 'run-to', timeNs: 5.2 * S });
    const frame = page.frame();
    const { gaugeCount, nodes, wires } = loaded.layout;
    const count = frame[FRAME.LETTER_COUNT] as number;
    expect(count).toBeGreaterThan(0);
    const first = lettersAt(gaugeCount, nodes.length, wires.length);
    const wire = wires[frame[first + LETTER.WIRE] as number]?.id ?? '';
    expect(wire).not.toBe('');
    expect(frame[first + LETTER.SENT_AT_NS]).toBeLessThanOrEqual(5.2 * S);
    expect(frame[first + LETTER.DUE_AT_NS]).toBeGreaterThanOrEqual(5.2 * S);
    expect(['checkout', 'mobile']).toContain(nodes[frame[first + LETTER.SENDER] as number]?.id);
  });

  it('takes back a fault: the same run without it, at the same moment, and goes on playing', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'run-to', timeNs: 4 * S });
    page.status({ type: 'command', command: { type: 'crash', node: 'worker-1' } });
    page.status({ type: 'run-to', timeNs: 6 * S });
    page.status({ type: 'command', command: { type: 'slow', node: 'worker-2', factor: 2 } });
    const status = page.status({ type: 'run-to', timeNs: 9 * S });
    const log = page.ask({ type: 'log' });
    if (log.type !== 'log') throw new Error('no log');
    expect(log.given.map(({ command }) => command.type)).toEqual(['crash', 'slow']);
    expect(status.digest).toBe(digestAt(9 * S, log.given));
    page.reports.length = 0;
    const without = page.status({ type: 'take-back', index: 0, frameEveryNs: 0.25 * S });
    expect(without.simTimeNs).toBe(9 * S);
    expect(without.digest).toBe(digestAt(9 * S, log.given.slice(1)));
    // Frames on the way tell the past anew.
    const times = page.of('frame').map(({ buffer }) => new Float64Array(buffer)[FRAME.SIM_TIME_NS] as number);
    expect(times.length).toBeGreaterThan(15);
    expect(times.at(-1)).toBe(9 * S);
    expect(Math.min(...times)).toBeLessThan(4 * S);
    // Nothing of it is news.
    expect(page.of('notice')).toEqual([]);
    const rest = page.ask({ type: 'log' });
    expect(rest.type === 'log' && rest.given).toEqual(log.given.slice(1));
    expect(page.ask({ type: 'take-back', index: 1, frameEveryNs: S })).toMatchObject({
      type: 'refused',
      problems: [{ code: 'command-not-given' }],
    });

    page.status({ type: 'play', speed: 1 });
    page.pass(500);
    expect(page.status({ type: 'take-back', index: 0, frameEveryNs: S }).isRunning).toBe(true);
    const at = page.status({ type: 'pause' });
    expect(at.digest).toBe(digestAt(at.simTimeNs));
    page.status({ type: 'play', speed: 1 });
    page.pass(1000);
    expect(page.status({ type: 'pause' }).simTimeNs - at.simTimeNs).toBeCloseTo(1 * S, -8);
  });

  it('takes back a command that is older than the checkpoint it was brought back from', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'run-to', timeNs: 2 * S });
    page.status({ type: 'command', command: { type: 'crash', node: 'worker-1' } });
    page.status({ type: 'play', speed: 1 });
    page.pass(6000);
    const checkpoint = page.of('checkpoint').at(-1)?.checkpoint as CheckpointParcel;
    const log = page.ask({ type: 'log' });
    if (log.type !== 'log') throw new Error('no log');
    const second = new FakePage();
    second.status({ type: 'load', text: PIPELINE, log: log.given, resumeAtNs: 9 * S, checkpoint });
    const without = second.status({ type: 'take-back', index: 0, frameEveryNs: S });
    expect([without.simTimeNs, without.digest]).toEqual([9 * S, digestAt(9 * S)]);
  });

  it('tells letters, what a node holds, log and notices of a playing run without changing it', () => {
    const page = new FakePage();
    page.status({ type: 'load', text: PIPELINE });
    page.status({ type: 'command', command: { type: 'crash', node: 'worker-2', forNs: S } });
    page.status({ type: 'play', speed: 1 });
    for (let i = 0; i < 30; i++) {
      page.pass(100);
      for (const of of ['wire', 'waiting', 'done', 'lost'] as const) page.ask({ type: 'letters', of });
      const inside = page.ask({ type: 'inside', node: 'orders' });
      expect(inside.type === 'inside' && inside.inside.length).toBeGreaterThan(3);
      page.ask({ type: 'notices' });
    }
    const log = page.ask({ type: 'log' });
    const notices = page.ask({ type: 'notices' });
    expect(notices.type === 'notices' && notices.notices.map(({ key, about }) => [key, about])).toEqual([
      ['notice.crashed', 'worker-2'],
      ['notice.restarted', 'worker-2'],
    ]);
    const { simTimeNs, digest } = page.status({ type: 'pause' });
    expect(digest).toBe(digestAt(simTimeNs, log.type === 'log' ? log.given : []));
  });
});
