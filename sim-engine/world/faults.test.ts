// Faults as people give them, in the words of command text, in a run that goes on and in a scenario file: what each does, and that it
// ends when it was said to. Part of the same story for all: what a fault takes is in the books, with the reason.

import { describe, expect, it } from 'vitest';
import { parseCommand } from '../simulation/command-text.ts';
import { BareWorld } from '../testing/bare-world.ts';
import { type Drawing, INSTANT, lasting, node, type ParamsDocument, simulationOf, wire } from '../testing/drawing.ts';
import { nsOf, Story } from '../testing/story.ts';
import type { TimedCommandDocument } from '../topology/document.ts';

const S = 1e9;

interface Line {
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly wires?: ParamsDocument;
}

/** Ten messages a second, each 50 ms of work, wires without delay. */
const drawingOf = ({ sender, queue, worker, wires = INSTANT }: Line = {}): Drawing => ({
  nodes: [
    node('shop', 'sender', { arrivals: 'constant', rate: 10, ...sender }),
    node('orders', 'queue', { ackDeadline: '5s', ...queue }),
    node('worker', 'service', { work: lasting('50ms'), ...worker }),
    node('dead', 'dead-letter-queue'),
  ],
  wires: [
    wire('publish', 'shop', 'orders', wires),
    wire('deliver', 'orders', 'worker', wires),
    wire('dead-letter', 'orders', 'dead'),
  ],
});
const line = (params?: Line) => new Story(drawingOf(params));

const begunBetween = (story: Story, fromMs: number, toMs: number) =>
  story.times('begun').filter((ms) => ms > fromMs && ms < toMs);
const notices = (story: Story) => story.notices().map(({ key, about, atNs }) => `${key} ${about} ${atNs / 1e6}`);

describe('crash and restart', () => {
  it('a crashed worker does nothing, says so, and is back at the time that was named', () => {
    const story = line().at('1005ms', 'crash worker for 2s').to('4s');
    expect(begunBetween(story, 1005, 3005)).toEqual([]);
    expect(begunBetween(story, 3005, 4000).length).toBeGreaterThan(15);
    expect(notices(story)).toEqual(['notice.crashed worker 1005', 'notice.restarted worker 3005']);
  });

  it('without a time it stays down until it is started again', () => {
    const story = line().at('1005ms', 'crash worker').at('7s', 'restart worker').to('6s');
    expect(story.gauge('node_down', 'worker')).toBe(1);
    expect(begunBetween(story, 1005, 6000)).toEqual([]);
    story.to('8s');
    expect(story.gauge('node_down', 'worker')).toBe(0);
    expect(begunBetween(story, 7000, 8000).length).toBeGreaterThan(10);
  });

  it('a later crash outlives the end of an earlier one', () => {
    const story = line()
      .at('1005ms', 'crash worker for 2s')
      .at('2005ms', 'restart worker')
      .at('2505ms', 'crash worker for 3s')
      .to('10s');
    expect(notices(story)).toEqual([
      'notice.crashed worker 1005',
      'notice.restarted worker 2005',
      'notice.crashed worker 2505',
      'notice.restarted worker 5505',
    ]);
  });

  it('what is under way when a timer of a dead process is due never happens', () => {
    const story = line({ sender: { limit: 1 }, worker: { work: lasting('3s') } })
      .at('1s', 'crash worker for 1s')
      .to('5s');
    // The work of before the crash would have ended at 3.1 s.
    expect(story.stops('processed', 'failed')).toEqual([]);
    expect(story.gauge('wasted_work')).toBeCloseTo(0.9, 9);
  });

  it('no timer of before a crash goes off, neither while it lasts nor afterwards, nor one that was set meanwhile', () => {
    const bare = new BareWorld();
    const actor = bare.actor('a');
    bare.arm(0, actor, 1e6, 1).arm(0, actor, 3e6, 2).arm(0, actor, 9e6, 3);
    bare
      .at(2e6, () => bare.world.lives.crash(actor))
      .arm(4e6, actor, 5e6, 4)
      .arm(4e6, actor, 9e6, 5);
    bare
      .at(6e6, () => bare.world.lives.restart(actor))
      .arm(7e6, actor, 8e6, 6)
      .to(1e9);
    expect(bare.tags).toEqual([1, 6]);
  });

  it('crash what is down and restart what is up: nothing happens', () => {
    const story = line().at('1s', 'restart worker').at('2s', 'crash worker').at('3s', 'crash worker').to('4s');
    expect(notices(story)).toEqual(['notice.crashed worker 2000']);
  });
});

describe('slow', () => {
  it('by a factor takes that much longer for what is begun from then on, until it ends', () => {
    const story = line({ sender: { rate: 2 } })
      .at('1200ms', 'slow worker x3 for 2s')
      .at('3900ms', 'slow worker x0.5')
      .to('5s');
    const length = new Map(story.stops('processed').map(({ number, ms }) => [number, ms]));
    const work = story.stops('begun').map(({ number, ms }) => [ms, (length.get(number) ?? Number.NaN) - ms]);
    expect(work.slice(0, 9)).toEqual([
      [500, 50],
      [1000, 50],
      [1500, 150],
      [2000, 150],
      [2500, 150],
      [3000, 150],
      [3500, 50],
      [4000, 25],
      [4500, 25],
    ]);
    expect(story.notices()[0]).toMatchObject({ key: 'notice.slowed', values: { node: 'worker', factor: 3 } });
  });

  it('by 1 is told as what it is: the normal speed again', () => {
    const story = line().at('1s', 'slow worker x3').at('2s', 'slow worker x1').to('3s');
    expect(notices(story)).toEqual(['notice.slowed worker 1000', 'notice.at-speed worker 2000']);
  });

  it('does not touch what is in work', () => {
    const story = line({ sender: { limit: 1 }, worker: { work: lasting('1s') } })
      .at('500ms', 'slow worker x10')
      .to('5s');
    expect(story.times('processed')).toEqual([1100]);
  });

  it('a second one replaces the first and its end', () => {
    const story = line({ sender: { rate: 2 } })
      .at('700ms', 'slow worker x2 for 2s')
      .at('1700ms', 'slow worker x4 for 2s')
      .to('5s');
    const done = story.times('processed');
    expect(done.slice(0, 8)).toEqual([550, 1100, 1600, 2200, 2700, 3200, 3700, 4050]);
  });
});

describe('stall', () => {
  it('holds everything up for its time; then it all happens, and nothing is lost', () => {
    const story = line({ sender: { limit: 40 } })
      .at('1005ms', 'stall worker 2s')
      .to('3s');
    expect(begunBetween(story, 1005, 3005)).toEqual([]);
    expect(notices(story)).toEqual(['notice.stalled worker 1005']);
    story.to('1min');
    expect(story.ledger.delivery).toMatchObject({ owed: 40, processed: 40, lost: 0 });
  });

  it('holds up what is in work: its end waits', () => {
    const story = line({ sender: { limit: 1 }, worker: { work: lasting('1s') } })
      .at('500ms', 'stall worker 3s')
      .to('5s');
    expect(story.times('processed')).toEqual([3500]);
  });

  it('of a queue: messages wait at its door and are taken in afterwards, in order', () => {
    const story = line().at('1005ms', 'stall orders 995ms').to('5s');
    expect(story.stops('accepted').filter(({ ms }) => ms > 1005 && ms < 2000)).toEqual([]);
    const numbers = story.numbers('accepted');
    expect(numbers).toEqual([...numbers].toSorted((a, b) => a - b));
  });

  it('of a sender: what was due meanwhile comes as one, and then it goes by its schedule', () => {
    const story = line().at('1005ms', 'stall shop 1s').to('3s');
    const sent = story.times('sent');
    expect(sent.filter((ms) => ms > 1005 && ms < 2005)).toEqual([]);
    // The next of an even schedule was due at 1.1 s; each is due after the one before, so the ones missed follow at once.
    expect(sent.filter((ms) => ms === 2005)).toHaveLength(10);
    expect(sent.filter((ms) => ms > 2005)).toEqual([2100, 2200, 2300, 2400, 2500, 2600, 2700, 2800, 2900]);
  });

  it('does nothing to what is down', () => {
    const story = line().at('1005ms', 'crash worker').at('2s', 'stall worker 10s').at('3s', 'restart worker').to('4s');
    expect(notices(story)).toEqual(['notice.crashed worker 1005', 'notice.restarted worker 3000']);
    expect(begunBetween(story, 3000, 4000).length).toBeGreaterThan(10);
  });
});

describe('faults of wires', () => {
  it('a cut ends when it was said to', () => {
    const story = line().at('1005ms', 'cut shop-orders for 1s').to('3s');
    expect(story.numbers('lost')).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(story.reasons('lost')).toEqual({ 'shop-orders cut': 10 });
  });

  it('a cut without a time ends when it is healed, and a longer one outlives a shorter one', () => {
    const healed = line().at('1005ms', 'cut shop-orders').at('2005ms', 'heal shop-orders').to('3s');
    expect(healed.numbers('lost')).toHaveLength(10);
    expect(notices(healed)).toEqual(['notice.cut shop-orders 1005', 'notice.healed shop-orders 2005']);
    const longer = line().at('1005ms', 'cut shop-orders for 500ms').at('1105ms', 'cut shop-orders for 2s').to('5s');
    expect(longer.numbers('lost')).toHaveLength(21);
  });

  it('cuts both ways: the receipt of what was done is lost, and the work is done again', () => {
    const story = line({ sender: { limit: 1 }, wires: { delay: '10ms' } })
      .at('165ms', 'cut orders-worker for 1s')
      .to('1min');
    // Sent at 100 ms, begun at 120 ms, done at 170 ms. The worker asks anew when nothing has come for 20 s.
    expect(story.ledger).toMatchObject({ delivery: { processed: 1 }, repeats: 1 });
  });

  it('a loss, and a delay, end when they were said to', () => {
    const lost = line().at('1005ms', 'lose shop-orders 100% for 1s').to('3s');
    expect(lost.numbers('lost')).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    const late = line().at('1005ms', 'delay shop-orders 30ms for 1s').to('3s');
    const lateness = late.stops('accepted').map(({ number, ms }) => ms - number * 100);
    expect(lateness).toEqual([...new Array(10).fill(0), ...new Array(10).fill(30), ...new Array(9).fill(0)]);
  });

  it('a loss is taken back by its opposite', () => {
    const story = line().at('1005ms', 'lose shop-orders 100%').at('1505ms', 'lose shop-orders normal').to('3s');
    expect(story.numbers('lost')).toEqual([11, 12, 13, 14, 15]);
  });
});

describe('faults of senders', () => {
  it('a share of poison ends when it was said to', () => {
    const story = line({ worker: { retry: 'none' } })
      .at('1005ms', 'poison shop 100% for 1s')
      .to('5s');
    expect(story.numbers('dead-lettered')).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it('a burst comes at once or over its time', () => {
    const story = line({ sender: { rate: 1 } })
      .at('1500ms', 'burst shop 7')
      .at('2500ms', 'burst shop 4 over 200ms')
      .to('2950ms');
    expect(story.times('sent')).toEqual([1000, ...new Array(7).fill(1500), 2000, 2550, 2600, 2650, 2700]);
  });
});

describe('a scenario file with faults', () => {
  const commands: readonly TimedCommandDocument[] = [
    { at: '1005ms', do: 'crash worker for 2s' },
    { at: '4s', do: 'slow worker x4 for 3s' },
    { at: '8s', do: 'stall orders 1s' },
    { at: '10s', do: 'cut shop-orders for 500ms' },
    { at: '12s', do: 'delay orders-worker 80ms for 2s' },
    { at: '15s', do: 'lose orders-worker 30% for 2s' },
    { at: '18s', do: 'poison shop 50% for 1s' },
    { at: '20s', do: 'burst shop 30 over 500ms' },
    { at: '25s', do: 'redrive dead' },
  ];

  it('is the run in which the same was commanded at the same times', () => {
    const scripted = simulationOf({ ...drawingOf(), commands }, { seed: 5 });
    const byHand = simulationOf(drawingOf(), { seed: 5 });
    for (const { at, do: text } of commands) {
      const command = parseCommand(text);
      if (!command.ok) throw new Error(text);
      byHand.schedule(nsOf(at), command.value);
    }
    for (let second = 1; second <= 40; second++) {
      scripted.advanceTo(second * S);
      byHand.advanceTo(second * S);
      expect(scripted.digest).toBe(byHand.digest);
    }
    expect(scripted.refused).toEqual([]);
  });

  it('all of it is over at its end: the run is calm again and every message has its place', () => {
    const story = new Story({ ...drawingOf(), commands }, { seed: 5 }).at('30s', 'set shop.rate 0').to('5min');
    const { publish, delivery } = story.ledger;
    expect(publish.onTheWire).toBe(0);
    expect([delivery.waiting, delivery.delayed, delivery.onTheWire, delivery.inFlight]).toEqual([0, 0, 0, 0]);
    expect(publish.lost).toBe(5);
    expect(delivery.deadLettered).toBeGreaterThan(0);
    expect(story.simulation.world.packets.live).toBe(0);
    // What is still kept are the dead letters.
    expect(story.messages()).toHaveLength(delivery.deadLettered);
  });
});
