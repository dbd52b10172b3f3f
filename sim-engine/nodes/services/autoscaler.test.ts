// Autoscaling by queue size and by lag: section 15 and P58 to P61 of docs/semantics/patterns.md, scene 12 of section 17; KEDA's rule for
// its sqs and kafka scalers and the HorizontalPodAutoscaler's windows as in parts/autoscaler.test.ts, here through whole runs.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, simulationOf, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

/** So many at one moment. */
const atOnce = (count: number, second = 0) => ({
  arrivals: 'times',
  times: Array.from({ length: count }, () => `${second}s`),
});
const NEVER_DOWN = { stabilizationDown: '1h', cooldown: '24h' };
const SWIFT = { min: 1, startUp: '0s', pollingInterval: '1s', stabilizationDown: '0s' };
/** What a replica does 10 times a second. */
const WORK = { work: lasting('100ms'), steps: ['receive', 'work', 'acknowledge'] };

interface Scaled {
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly scaler?: ParamsDocument;
  readonly deliver?: ParamsDocument;
}

const drawing = ({ sender, queue, worker, scaler, deliver }: Scaled) => ({
  nodes: [
    node('shop', 'sender', sender),
    node('orders', 'queue', { ackDeadline: '0s', ...queue }),
    node('worker', 'service', { ...WORK, ...worker }),
    node('keda', 'autoscaler', scaler),
  ],
  wires: [
    wire('publish', 'shop', 'orders', INSTANT),
    wire('deliver', 'orders', 'worker', { ...INSTANT, ...deliver }),
    wire('watch', 'orders', 'keda'),
    wire('scale', 'keda', 'worker'),
  ],
});
const scaled = (parts: Scaled): Story => new Story(drawing(parts));

const wanted = (story: Story) => story.gauge('wanted_replicas', 'keda');
const working = (story: Story) => story.gauge('working_replicas', 'keda');
const places = (story: Story) => story.gauge('places', 'worker');

/** What a gauge of the autoscaler reads every second up to a time. */
function everySecond(story: Story, until: number, read: (story: Story) => number): readonly number[] {
  return Array.from({ length: until + 1 }, (_, second) => read(story.to(`${second}s`)));
}

describe('the number of replicas', () => {
  it('is what waits by what may wait for each, rounded up: five of a queue, ten of a lag (KEDA)', () => {
    for (const [preset, replicas] of [
      ['keda-sqs', 11],
      ['keda-kafka', 6],
    ] as const) {
      const story = scaled({ sender: atOnce(51), worker: { work: lasting('1h') }, scaler: { ...SWIFT, preset, idle: true } });
      expect([preset, wanted(story.to('1500ms'))]).toEqual([preset, replicas]);
    }
  });

  it('counts what is in flight, or what is ready alone', () => {
    const sizes = (scaler: ParamsDocument) =>
      scaled({ sender: atOnce(12), worker: { concurrency: 4, work: lasting('1h') }, scaler: { ...SWIFT, max: 1, ...scaler } })
        .to('2s')
        .gauge('scaling_metric', 'keda');
    expect([sizes({}), sizes({ counts: 'waiting' })]).toEqual([12, 8]);
  });

  it('changes at a look and at no other time', () => {
    const story = scaled({
      sender: atOnce(50, 1),
      worker: { work: lasting('1h') },
      scaler: { ...SWIFT, pollingInterval: '30s' },
    });
    expect([wanted(story.to('29999ms')), wanted(story.to('30001ms'))]).toEqual([1, 10]);
    story.at('31s', 'set keda.threshold 50').at('32s', 'set keda.pollingInterval 5s');
    expect([wanted(story.to('36999ms')), wanted(story.to('37001ms'))]).toEqual([10, 1]);
  });

  it('P58: is at most that of the partitions, unless idle replicas are allowed', () => {
    const partitions = ['a', 'b', 'c'];
    const story = (scaler: ParamsDocument) =>
      new Story({
        nodes: [
          node('shop', 'sender', atOnce(500)),
          ...partitions.map((id) => node(id, 'queue', { ackDeadline: '0s' })),
          node('worker', 'service', WORK),
          node('keda', 'autoscaler', { ...SWIFT, preset: 'keda-kafka', ...scaler }),
        ],
        wires: partitions
          .flatMap((id) => [
            wire('publish', 'shop', id, INSTANT),
            wire('deliver', id, 'worker', INSTANT),
            wire('watch', id, 'keda'),
          ])
          .concat(wire('scale', 'keda', 'worker')),
      });
    const most = Math.max(...everySecond(story({}), 60, (one) => Math.max(wanted(one), places(one))));
    expect(most).toBe(partitions.length);
    expect(Math.max(...everySecond(story({ idle: true }), 60, wanted))).toBe(100);
  });

  it('P60: follows a partition that is stuck, and nothing is done the sooner by those that come', () => {
    const partitions = ['a', 'b', 'c'];
    const story = (jamSecond: number) =>
      new Story({
        nodes: [
          node('shop', 'sender', { arrivals: 'constant', rate: 4 }),
          node('jam', 'sender', atOnce(100, jamSecond)),
          ...partitions.map((id) => node(id, 'queue', { ackDeadline: '0s' })),
          node('worker', 'service', WORK),
          // Whoever reads the third partition is at one letter for ever.
          node('stuck', 'service', { work: lasting('24h') }),
          node('keda', 'autoscaler', { ...SWIFT, preset: 'keda-kafka' }),
        ],
        wires: [
          ...['a', 'b'].flatMap((id) => [wire('publish', 'shop', id, INSTANT), wire('deliver', id, 'worker', INSTANT)]),
          wire('publish', 'jam', 'c', INSTANT),
          wire('deliver', 'c', 'stuck', INSTANT),
          ...partitions.map((id) => wire('watch', id, 'keda')),
          wire('scale', 'keda', 'worker'),
        ],
      }).to('2min');
    const [jammed, free] = [story(0), story(3600)];
    expect([places(jammed), places(free)]).toEqual([3, 1]);
    const [done, plain] = [jammed, free].map((one) => one.gauge('processed', 'worker')) as [number, number];
    expect(plain).toBeGreaterThan(900);
    expect(done - plain).toBeLessThanOrEqual(2);
  });

  it('of several queues is that of the longest', () => {
    const story = new Story({
      nodes: [
        node('few', 'sender', atOnce(10)),
        node('many', 'sender', atOnce(40)),
        node('a', 'queue'),
        node('b', 'queue'),
        node('worker', 'service', { work: lasting('1h') }),
        node('keda', 'autoscaler', { ...SWIFT, ...NEVER_DOWN }),
      ],
      wires: [
        wire('publish', 'few', 'a', INSTANT),
        wire('publish', 'many', 'b', INSTANT),
        wire('watch', 'a', 'keda'),
        wire('watch', 'b', 'keda'),
        wire('scale', 'keda', 'worker'),
        wire('deliver', 'a', 'worker', INSTANT),
      ],
    });
    expect(wanted(story.to('2s'))).toBe(8);
  });
});

describe('the time in which what waits is gone', () => {
  it.each([5, 10, 20, 40])('P59: is what the threshold was sized for: what one replica does in %i s', (seconds) => {
    const lag = 3000;
    const story = scaled({
      sender: atOnce(lag),
      scaler: { ...SWIFT, ...NEVER_DOWN, threshold: 10 * seconds, max: 1000 },
    });
    story.to('5min');
    const took = (story.times('processed').at(-1) as number) / 1000 - 1;
    expect(story.ledger.delivery.processed).toBe(lag);
    // The look comes a second late, in which one replica has done 10; whole replicas share what is left.
    const share = (lag - 10) / Math.ceil((lag - 10) / (10 * seconds));
    expect(took).toBeLessThanOrEqual(seconds);
    expect(Math.abs(took - share / 10)).toBeLessThan(0.2);
  });
});

describe('start-up and bursts', () => {
  /** A minute of 60 a second every five minutes; one replica does 10 a second, and 50 may wait for each. */
  const bursts = (startUp: string): Story => {
    const story = scaled({
      sender: { arrivals: 'constant', rate: 2 },
      scaler: { min: 1, threshold: 50, startUp, pollingInterval: '15s', stabilizationDown: '1min' },
    });
    for (let minute = 1; minute < 30; minute += 5)
      story.at(`${minute}min`, 'set shop.rate 60').at(`${minute + 1}min`, 'set shop.rate 2');
    return story;
  };

  it('P61: replicas that start later than a burst lasts come when it is over, more of them than were of use', () => {
    const late = bursts('2min');
    const early = bursts('5s');
    const [lateWorking, earlyWorking] = [late, early].map((story) => everySecond(story, 119, working));
    expect(Math.max(...(lateWorking as number[]))).toBe(1);
    expect(Math.max(...(earlyWorking as number[]))).toBeGreaterThan(5);
    // At the end of the burst nearly all of it lies there.
    expect(late.gauge('queue_size', 'orders')).toBeGreaterThan(2500);
    expect(early.gauge('queue_size', 'orders')).toBeLessThan(600);
  });

  it('P61: and with every burst it swings four times as wide as with replicas that start at once', () => {
    const swing = (startUp: string) => {
      const story = bursts(startUp);
      const replicas = everySecond(story, 30 * 60, wanted);
      const way = replicas.slice(1).reduce((sum, count, at) => sum + Math.abs(count - (replicas[at] as number)), 0);
      return { most: Math.max(...replicas), way, changes: story.gauge('rescaled', 'keda') };
    };
    const late = swing('2min');
    const early = swing('5s');
    expect(late.most).toBeGreaterThanOrEqual(4 * early.most);
    expect(late.way).toBeGreaterThan(4 * early.way);
    expect(late.changes).toBeGreaterThan(2 * early.changes);
  });
});

describe('replicas', () => {
  it('that go finish what they hold, and nothing is worked on twice', () => {
    const story = scaled({
      sender: atOnce(60),
      worker: { work: lasting('10s') },
      scaler: { ...SWIFT, stabilizationDown: '2s' },
    });
    story.to('2s');
    expect([places(story), story.gauge('busy', 'worker')]).toEqual([12, 12]);
    // Six go; what is at their places is done when it would have been.
    story.at('3s', 'set keda.max 6').to('9s');
    expect([places(story), story.gauge('busy', 'worker'), story.gauge('utilisation', 'worker')]).toEqual([6, 12, 1]);
    expect(story.to('11500ms').gauge('busy', 'worker')).toBe(6);
    story.to('5min');
    expect(story.ledger.delivery.processed).toBe(60);
    expect(story.stops('begun').length).toBe(60);
  });

  it('have a desk each: what is taken in advance grows and shrinks with them', () => {
    const story = scaled({
      sender: atOnce(100),
      worker: { work: lasting('1h') },
      deliver: { desk: 4 },
      scaler: { ...SWIFT, threshold: 50 },
    });
    const held = () => story.gauge('busy', 'worker') + story.gauge('desk', 'worker');
    story.to('500ms');
    expect(held()).toBe(4);
    story.to('2s');
    expect([places(story), held()]).toEqual([2, 8]);
  });

  it('have places each, 10,000 in all at most', () => {
    const story = scaled({
      sender: atOnce(1),
      worker: { concurrency: 3000 },
      scaler: { ...SWIFT, min: 3, pollingInterval: '1h' },
    });
    expect(places(story.to('1s'))).toBe(9000);
    story.at('2s', 'set keda.min 4').at('3s', 'set keda.pollingInterval 1s');
    expect(places(story.to('5s'))).toBe(10_000);
  });

  it('work by keys: each has as many lanes, and no key is overtaken while they come', () => {
    const story = scaled({
      sender: { arrivals: 'times', times: Array.from({ length: 400 }, (_, ix) => `${ix * 5}ms`), keys: 12 },
      worker: { assignment: 'by-key', concurrency: 2, work: lasting('20ms') },
      deliver: { desk: 1000 },
      scaler: { ...SWIFT, threshold: 40, stabilizationDown: '1h' },
    });
    expect(places(story.to('10s'))).toBeGreaterThan(4);
    expect(story.ledger.delivery.processed).toBe(400);
  });

  it.each(['any-place', 'longest-free', 'by-key'])('none of them: %s works off its desk and takes nothing more', (assignment) => {
    const story = scaled({
      sender: { arrivals: 'times', times: ['1s', '1s', '1s', '1s', '9s', '9s'], keys: 5 },
      worker: { assignment, work: lasting('1s') },
      deliver: { desk: 3 },
      // With three or less there may be none.
      scaler: { ...SWIFT, min: 0, activation: 3, cooldown: '0s', threshold: 100, pollingInterval: '2500ms' },
    });
    // The first look after they came sees the three that are left: one in work, two on the desk.
    story.to('2600ms');
    expect([places(story), wanted(story), story.gauge('desk', 'worker')]).toEqual([1, 0, 2]);
    expect([places(story.to('4500ms')), story.gauge('busy', 'worker')]).toEqual([0, 1]);
    story.to('8s');
    expect([places(story), story.gauge('queue_size', 'orders')]).toEqual([0, 0]);
    expect([story.gauge('busy', 'worker'), story.gauge('desk', 'worker'), story.gauge('utilisation', 'worker')]).toEqual([
      0, 0, 0,
    ]);
    expect(story.to('20s').gauge('ready', 'orders')).toBe(2);
    story.at('20s', 'set keda.activation 1').to('30s');
    expect(story.ledger.delivery.processed).toBe(6);
  });

  it.each(['any-place', 'longest-free', 'by-key'])(
    'none of them: what is under way then lies on the desk until there is one (%s)',
    (assignment) => {
      const story = scaled({
        sender: { arrivals: 'times', times: ['1s', '1s', '1s'], keys: 5 },
        worker: { assignment, concurrency: 3 },
        deliver: { delay: '1s' },
        scaler: { ...SWIFT, min: 0, activation: 3, cooldown: '0s', pollingInterval: '1500ms' },
      });
      expect([places(story.to('4s')), story.gauge('desk', 'worker')]).toEqual([0, 3]);
      story.at('5s', 'set keda.activation 0').to('9s');
      expect(story.ledger.delivery.processed).toBe(3);
      expect(story.stops('begun').length).toBe(3);
    },
  );

  it('none of them: a letter that needs no receipt is not handed out to nobody', () => {
    const story = scaled({
      sender: { arrivals: 'times', times: ['5s'] },
      deliver: { acknowledge: false },
      scaler: { ...SWIFT, min: 0, activation: 1, cooldown: '0s' },
    });
    expect([story.to('20s').gauge('ready', 'orders'), places(story)]).toEqual([1, 0]);
  });

  it('are woken from none, one at first, once more waits than the activation', () => {
    const story = scaled({
      sender: atOnce(100, 61),
      worker: { work: lasting('1h') },
      scaler: { cooldown: '20s', pollingInterval: '10s', startUp: '4s', threshold: 10 },
    });
    expect([places(story.to('29s')), places(story.to('31s')), places(story.to('59s'))]).toEqual([1, 0, 0]);
    expect([wanted(story.to('69s')), wanted(story.to('71s')), places(story)]).toEqual([0, 1, 0]);
    expect([places(story.to('73999ms')), places(story.to('74001ms'))]).toEqual([0, 1]);
    expect([wanted(story.to('81s')), places(story.to('83999ms')), places(story.to('84001ms'))]).toEqual([10, 1, 10]);
  });
});

describe('what can go wrong', () => {
  const load = { sender: { arrivals: 'constant', rate: 40 }, scaler: { ...SWIFT, threshold: 10, startUp: '3s' } };

  it('an autoscaler that is down leaves the service as it is, and goes on from there', () => {
    const story = scaled(load);
    story.at('10500ms', 'crash keda for 20s').to('10400ms');
    const before = places(story);
    expect(before).toBeGreaterThan(1);
    expect(everySecond(story, 30, places).slice(11)).toEqual(Array.from({ length: 20 }, () => before));
    story.to('5min');
    expect(story.gauge('queue_size', 'orders')).toBeLessThan(200);
    expect(places(story)).toBe(working(story));
  });

  it('a queue that is down, or stands still, says nothing, and nothing changes', () => {
    for (const fault of ['crash orders for 20s', 'stall orders for 20s']) {
      const story = scaled({ ...load, scaler: { ...load.scaler, startUp: '0s' } });
      story.at('10500ms', fault).at('15500ms', 'set keda.threshold 1000').to('10600ms');
      const before = wanted(story);
      expect(before).toBeGreaterThan(1);
      expect(everySecond(story, 30, wanted).slice(11), fault).toEqual(Array.from({ length: 20 }, () => before));
    }
  });

  it('of two queues one that is down keeps replicas from going, not from coming', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: [...Array(40).fill('0s'), ...Array(60).fill('20s')] }),
        node('a', 'queue'),
        node('b', 'queue'),
        node('worker', 'service', { work: lasting('1h') }),
        node('keda', 'autoscaler', { ...SWIFT, pollingInterval: '5s' }),
      ],
      wires: [
        wire('publish', 'shop', 'a', INSTANT),
        wire('watch', 'a', 'keda'),
        wire('watch', 'b', 'keda'),
        wire('scale', 'keda', 'worker'),
      ],
    });
    story.at('6s', 'crash b').at('7s', 'set keda.threshold 20');
    // It waits three seconds for whoever does not answer.
    expect([wanted(story.to('19s')), wanted(story.to('22900ms')), wanted(story.to('23100ms'))]).toEqual([8, 8, 8]);
    story.at('24s', 'set keda.threshold 5');
    expect([wanted(story.to('27900ms')), wanted(story.to('28100ms'))]).toEqual([8, 20]);
    story.at('40s', 'restart b').at('41s', 'set keda.threshold 50').to('50s');
    expect(wanted(story)).toBe(2);
  });

  it('a service that crashes is back with the replicas it was told of meanwhile', () => {
    const story = scaled({ ...load, scaler: { ...load.scaler, stabilizationDown: '1h' } });
    story.at('5500ms', 'crash worker for 20s').to('26s');
    expect(places(story)).toBe(working(story));
    expect(places(story)).toBeGreaterThan(50);
  });

  it('a service that stands still, and dies of it, has heard the last word', () => {
    const story = scaled({ ...load, scaler: { ...load.scaler, stabilizationDown: '1h', startUp: '0s' } });
    story.at('5500ms', 'stall worker for 20s').at('15500ms', 'crash worker for 1s').to('15400ms');
    const before = places(story);
    story.at('15600ms', 'set keda.pollingInterval 1h').to('17s');
    expect(places(story)).toBe(working(story));
    expect(places(story)).toBeGreaterThan(before);
  });

  it('without its autoscaler a service is one replica again', () => {
    for (const edit of ['remove keda', 'remove-wire keda-worker']) {
      const story = scaled(load);
      story.at('20500ms', edit).to('20400ms');
      expect(places(story)).toBeGreaterThan(1);
      expect(places(story.to('21s')), edit).toBe(1);
    }
  });
});

describe('a run', () => {
  it('comes back from a checkpoint at 20 moments', () => {
    const parts = {
      sender: { arrivals: 'poisson', rate: 40 },
      worker: { assignment: 'by-key', concurrency: 2 },
      scaler: { ...SWIFT, min: 0, startUp: '4s', cooldown: '2s', stabilizationDown: '5s', stabilizationUp: '1s' },
    };
    const run = () => {
      const simulation = simulationOf({
        ...drawing(parts),
        commands: [
          { at: '15s', do: 'set shop.rate 0.1' },
          { at: '35s', do: 'set shop.rate 30' },
          { at: '42s', do: 'crash keda for 3s' },
        ],
      });
      return simulation;
    };
    const whole = run();
    whole.advanceTo(60e9);
    for (let moment = 1; moment <= 20; moment++) {
      const one = run();
      one.advanceTo(moment * 2_917_000_001);
      const checkpoint = one.checkpoint();
      one.advanceTo(60e9);
      one.restore(checkpoint);
      one.advanceTo(60e9);
      expect([moment, one.digest]).toEqual([moment, whole.digest]);
    }
  });
});
