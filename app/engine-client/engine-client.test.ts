import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import type { Answer, FromEngine, Request, Status, ToEngine } from '../../sim-engine/protocol/messages.ts';
import { EngineClient, EngineGone } from './engine-client.ts';
import type { OpenPort, PortEvents } from './ports.ts';

const LAYOUT = { revision: 1, nodes: [], wires: [], gaugeCount: 0 };
const statusAt = (simTimeNs: number, seed = 7): Status => ({
  isRunning: false,
  speed: 1,
  pace: 1,
  simTimeNs,
  seed,
  engineRevision: 1,
  digest: '0'.repeat(16),
  events: 0,
  stopped: null,
  commandCount: 0,
});

/** An engine that answers at once, and remembers what it was asked. */
class Engine {
  readonly asked: Request[] = [];
  isDead = false;
  simTimeNs = 0;
  readonly events: PortEvents;

  constructor(events: PortEvents) {
    this.events = events;
  }

  say(message: FromEngine): void {
    if (!this.isDead) this.events.onMessage(message);
  }

  hear({ id, request }: ToEngine): void {
    if (request.type !== 'ping') this.asked.push(request);
    if (request.type === 'load') this.simTimeNs = request.resumeAtNs ?? 0;
    this.say({ id, answer: this.answerTo(request) });
  }

  private answerTo(request: Request): Answer {
    if (request.type === 'load' && request.text === 'bad') return { type: 'refused', problems: [{ code: 'not-json', at: [] }] };
    if (request.type === 'load') return { type: 'loaded', layout: LAYOUT, status: statusAt(this.simTimeNs, request.seed) };
    return { type: 'done', status: statusAt(this.simTimeNs) };
  }
}

const engines: Engine[] = [];
const openEngine: OpenPort = (events) => {
  const engine = new Engine(events);
  engines.push(engine);
  return {
    kind: 'web-worker',
    post: (message) => queueMicrotask(() => engine.hear(message)),
    close: () => {
      engine.isDead = true;
    },
    kill: () => {
      engine.isDead = true;
    },
  };
};
const last = () => engines.at(-1) as Engine;

function frameAt(simTimeNs: number): ArrayBuffer {
  const frame = new Float64Array(FRAME.HEADER_LENGTH);
  frame[FRAME.LAYOUT_REVISION] = LAYOUT.revision;
  frame[FRAME.SIM_TIME_NS] = simTimeNs;
  return frame.buffer;
}

let nowMs = 0;
const now = () => nowMs;
/** Lets time pass, a tenth of a second at a time, with all that is due in it. */
async function pass(ms: number): Promise<void> {
  for (let step = 0; step < ms / 100; step++) {
    nowMs += 100;
    await vi.advanceTimersByTimeAsync(100);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  engines.length = 0;
  nowMs = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the engine client', () => {
  it('starts no engine until it is asked something, or told to be ready', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await pass(5000);
    expect(engines).toHaveLength(0);
    client.prepare();
    expect(engines).toHaveLength(1);
    await client.load('good', 7);
    expect(engines).toHaveLength(1);
    client.close();
    const other = new EngineClient({ ports: [openEngine], now });
    await other.notices();
    expect(engines).toHaveLength(2);
    other.close();
  });

  it('leaves a run as it was when another document is refused', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good', 7);
    expect(await client.load('bad')).toEqual({ ok: false, problems: [{ code: 'not-json', at: [] }] });
    expect(client.layout).toBe(LAYOUT);
    last().isDead = true;
    await pass(5000);
    expect(last().asked[0]).toMatchObject({ type: 'load', text: 'good', seed: 7 });
    client.close();
  });

  it('starts an engine that fell silent again where it was, with its log and checkpoint, and plays on', async () => {
    const restarts: number[] = [];
    const client = new EngineClient({ ports: [openEngine], now, events: { onRestarted: (at) => restarts.push(at) } });
    await client.load('good', 7);
    await client.play(2);
    last().simTimeNs = 3e9;
    const command = { type: 'setParam', target: 'web', field: 'rate', value: 9 } as const;
    await client.command(command);
    const checkpoint = { simTimeNs: 4e9, commandCount: 1, bytes: 8, data: 'opaque' };
    last().say({ id: 0, report: { type: 'checkpoint', checkpoint } });
    last().say({ id: 0, report: { type: 'frame', buffer: frameAt(12.3e9) } });
    last().isDead = true;

    await pass(2000);
    expect(engines).toHaveLength(1);
    await pass(3000);
    expect(engines).toHaveLength(2);
    expect(last().asked).toEqual([
      { type: 'load', text: 'good', seed: 7, log: [{ atNs: 3e9, command }], resumeAtNs: 12.3e9, checkpoint },
      { type: 'play', speed: 2 },
    ]);
    expect(restarts).toEqual([12.3e9]);
    client.close();
  });

  it('records all that leads to this moment: document, seed, the commands up to now, and what the engine says of itself', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    expect(await client.record()).toBeNull();
    const command = { type: 'setParam', target: 'web', field: 'rate', value: 9 } as const;
    const [past, future] = [
      { atNs: 2e9, command },
      { atNs: 5e9, command },
    ];
    await client.load('good', 7, [past, future]);
    expect(last().asked).toEqual([{ type: 'load', text: 'good', seed: 7, log: [past, future] }]);
    last().simTimeNs = 3e9;
    // Asked in one breath: the answer to the command comes first, and its entry is in the record.
    const [, record] = await Promise.all([client.command(command), client.record()]);
    expect(record).toEqual({ text: 'good', seed: 7, log: [past, { atNs: 3e9, command }], status: statusAt(3e9) });
    client.close();
  });

  it('starts one again at once when the browser says that it died', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good');
    last().events.onDeath('out of memory');
    await pass(100);
    expect(engines).toHaveLength(2);
    client.close();
  });

  it('asks the next engine what the dead one was asked', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good');
    client.killEngine();
    const stepped = client.step('tick');
    await pass(5000);
    expect(await stepped).toMatchObject({ ok: true });
    expect(last().asked.map(({ type }) => type)).toEqual(['load', 'step']);
    client.close();
  });

  it('begins from the edited document after a reset', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good', 7);
    await client.command({ type: 'crash', node: 'w' });
    await client.reset('edited', 8);
    client.killEngine();
    await pass(5000);
    expect(last().asked[0]).toMatchObject({ type: 'load', text: 'edited', log: [], resumeAtNs: 0 });
    client.close();
  });

  it('gives up on an engine that dies again and again, and says so', async () => {
    const given: string[] = [];
    const client = new EngineClient({ ports: [openEngine], now, events: { onGivenUp: (reason) => given.push(reason) } });
    await client.load('good');
    for (let death = 0; death < 4; death++) {
      last().events.onDeath('again');
      await pass(100);
    }
    expect(given).toEqual(['again']);
    expect(engines).toHaveLength(4);
    await expect(client.step('tick')).rejects.toBeInstanceOf(EngineGone);
    expect(await client.load('good')).toMatchObject({ ok: true });
    client.close();
  });

  it('does not blame the engine for a page that was asleep', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good');
    nowMs += 3_600_000;
    await pass(4000);
    expect(engines).toHaveLength(1);
    client.close();
  });

  it('misses a dead engine on a machine so busy that every look comes late', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good');
    last().isDead = true;
    for (let look = 0; look < 4; look++) {
      nowMs += 2500;
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(engines).toHaveLength(2);
    client.close();
  });

  it('waits longer for an engine that reads a drawing, but not for ever: the next one reads it', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good');
    last().isDead = true;
    const opening = client.load('another');
    await pass(7000);
    expect(engines).toHaveLength(1);
    await pass(3000);
    expect(engines).toHaveLength(2);
    expect(last().asked).toMatchObject([
      { type: 'load', text: 'good' },
      { type: 'load', text: 'another' },
    ]);
    expect(await opening).toMatchObject({ ok: true });
    client.close();
  });

  it('wastes no patience on an engine that owed a life sign before it was asked to read a drawing', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good');
    last().isDead = true;
    await pass(1500);
    client.load('another').catch(() => undefined);
    await pass(2500);
    expect(engines).toHaveLength(2);
    client.close();
  });

  it('waits a long time for the first word, since the script may be on a slow line', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    client.prepare();
    last().isDead = true;
    client.load('good').catch(() => undefined);
    await pass(60_000);
    expect(engines).toHaveLength(1);
    client.close();
  });

  it('takes the next way to an engine where the first is refused, or never says a word', async () => {
    const refused: OpenPort = () => {
      throw new Error('SecurityError');
    };
    const client = new EngineClient({ ports: [refused, openEngine], now });
    expect(await client.load('good')).toMatchObject({ ok: true });
    client.close();

    let mute: PortEvents | undefined;
    const silent: OpenPort = (events) => {
      mute = events;
      return { kind: 'web-worker', post: () => undefined, close: () => undefined, kill: () => undefined };
    };
    const second = new EngineClient({ ports: [silent, openEngine], now });
    const loaded = second.load('good');
    mute?.onDeath('script refused');
    await pass(100);
    expect(await loaded).toMatchObject({ ok: true });
    second.close();
  });

  it('passes over frames of another layout, whose numbers have other names', async () => {
    const client = new EngineClient({ ports: [openEngine], now });
    await client.load('good');
    const foreign = new Float64Array(frameAt(5e9));
    foreign[FRAME.LAYOUT_REVISION] = 99;
    last().say({ id: 0, report: { type: 'frame', buffer: foreign.buffer } });
    expect(client.frame).toBeNull();
    last().say({ id: 0, report: { type: 'frame', buffer: frameAt(6e9) } });
    expect(client.frame?.[FRAME.SIM_TIME_NS]).toBe(6e9);
    client.close();
  });
});
