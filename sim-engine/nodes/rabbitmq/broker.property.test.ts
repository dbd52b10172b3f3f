// The laws of semantics/rabbitmq.md 13 over random scripts of clients, each seen red by a fault planted into the machine. R2 and R34 to
// R36 are about routing (routing.property.test.ts), R29 to R31 about nodes that fail (cluster.test.ts), R33 about alarms (broker.test.ts).

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../kernel/number-map.ts';
import { type Heal, replaceFunction, replaceMethod } from '../../testing/mutants/planting.ts';
import { anyScript, runScript, type Script } from '../../testing/rabbitmq/script.ts';
import { Broker } from './broker.ts';
import * as classic from './classic-queue.ts';
import type { Consumer, Turns } from './consumers.ts';
import * as consumers from './consumers.ts';
import * as deadLetter from './dead-letter.ts';
import * as line from './entry-line.ts';
import type { DeathHistory, Message } from './model.ts';
import * as publishing from './publishing.ts';
import { type Queue, shiftReady, topLevel, type Unacked } from './queue.ts';
import type { QueueKind } from './queue-kinds.ts';
import * as kinds from './queue-kinds.ts';
import * as settings from './queue-settings.ts';
import * as quorum from './quorum-queue.ts';

const RUNS = 1500;

describe('whatever clients do', () => {
  it.each(['4.3', '4.0', '3.10'] as const)('a broker %s keeps the laws', (version) => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const { faults, trace } = runScript(version, script);
        expect([faults, faults.length > 0 ? trace.slice(-15) : []]).toEqual([[], []]);
      }),
      { numRuns: RUNS },
    );
  });

  it('R39: the same script tells the same', () => {
    fc.assert(fc.property(anyScript, isToldAlike));
  });
});

function isToldAlike(script: Script): boolean {
  const [first, second] = [runScript('4.3', script), runScript('4.3', script)];
  return first.trace.join('\n') === second.trace.join('\n');
}

/** Whether some script breaks the law while a fault is planted. */
function isSeen(law: string, heal: Heal): boolean {
  try {
    return fc.sample(anyScript, { numRuns: 4000, seed: 1 }).some((script) => {
      const { faults } = runScript('4.3', script);
      return faults.some((fault) => fault.startsWith(`${law}:`));
    });
  } finally {
    heal();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a method replaced by name has no type to hold on to
type Any = any;

const broker = (name: string, make: (original: Any) => Any): Heal => replaceMethod(Broker.prototype, name, make);
/** Every sort of queue answers some things otherwise. */
const changed = (how: (kind: QueueKind) => Partial<QueueKind>): Heal =>
  replaceFunction(kinds, 'kindOf', (kindOf) => (queue: Queue) => {
    const kind = kindOf(queue) as QueueKind;
    return { ...kind, ...how(kind) };
  });
/** Takes all that is ready out of a queue. */
function emptied(queue: Queue, how: (entry: line.Entry) => void): number {
  const count = queue.ready;
  while (queue.ready > 0) how(shiftReady(queue, topLevel(queue)));
  return count;
}

const FAULTS: readonly (readonly [string, string, () => Heal])[] = [
  ['R1', 'a queue is offered a publish twice', () => replaceFunction(classic, 'classicEnqueue', twice)],
  [
    'R3',
    'mandatory is not read',
    () =>
      replaceFunction(
        publishing,
        'spread',
        (spread) => (core: Any, channel: Any, message: Any, targets: Any, _: Any, publish: Any) =>
          spread(core, channel, message, targets, false, publish),
      ),
  ],
  [
    'R4',
    'a publish is not answered',
    () =>
      replaceFunction(
        publishing,
        'spread',
        (spread) => (core: Any, channel: Any, message: Any, targets: Any, isMandatory: Any) =>
          spread(core, channel, message, targets, isMandatory, 0),
      ),
  ],
  ['R5', 'an acknowledged one is not let go', () => broker('letGo', () => () => undefined)],
  ['R6', 'a delivery is sent twice', () => broker('deliver', twice)],
  [
    'R7',
    'a window has one place more',
    () =>
      broker(
        'newConsumer',
        (make) =>
          function (this: Any, ...args: Any[]) {
            const consumer = make.apply(this, args);
            consumer.credit++;
            return consumer;
          },
      ),
  ],
  [
    'R8',
    'a tag is left out',
    () =>
      broker(
        'deliver',
        (deliver) =>
          function (this: Any, queue: Any, consumer: Consumer, entry: Any) {
            this.channel(consumer.channel).tags++;
            deliver.call(this, queue, consumer, entry);
          },
      ),
  ],
  [
    'R9',
    'nobody stands in line again',
    () =>
      replaceFunction(consumers, 'joinTurns', (join) => (turns: Turns, consumer: Consumer) => {
        if (consumer.held === 0) join(turns, consumer);
      }),
  ],
  [
    'R10',
    'the lowest priority goes first',
    () =>
      replaceFunction(
        consumers,
        'firstTurn',
        () =>
          ({ groups }: Turns) =>
            groups.at(-1)?.keys[0] ?? 0,
      ),
  ],
  ['R11', 'what comes back stands at the end', () => replaceFunction(line, 'insertEntry', () => line.pushEntry)],
  [
    'R12',
    'what came back is served last',
    () =>
      replaceFunction(
        line,
        'lineLength',
        (length) => (one: line.Line) => (line.headOf(one)?.returnedCount ? 0 : (length(one) as number)),
      ),
  ],
  [
    'R13',
    'what comes back is not marked',
    () =>
      broker(
        'deliver',
        (deliver) =>
          function (this: Any, queue: Any, consumer: Any, entry: line.Entry) {
            entry.isRedelivered = false;
            deliver.call(this, queue, consumer, entry);
          },
      ),
  ],
  [
    'R14',
    'everything is marked redelivered',
    () =>
      broker(
        'deliver',
        (deliver) =>
          function (this: Any, queue: Any, consumer: Any, entry: line.Entry) {
            entry.isRedelivered = true;
            deliver.call(this, queue, consumer, entry);
          },
      ),
  ],
  [
    'R15',
    'the clock of the server is late',
    () =>
      broker(
        'nowNs',
        (nowNs) =>
          function (this: Any) {
            return (nowNs.call(this) as number) - 4_000_000;
          },
      ),
  ],
  ['R16', 'the end of the line is looked at', () => replaceFunction(line, 'shiftEntry', fromTheEnd)],
  [
    'R17',
    'what is out expires',
    () =>
      broker(
        'wake',
        (wake) =>
          function (this: Any, serial: number) {
            for (const queue of this.state.queues.values())
              for (const { entry } of valuesOf<Unacked>(queue.unacked))
                if (entry.expiresNs <= this.nowNs()) this.letGo(queue, entry, 'expired');
            wake.call(this, serial);
          },
      ),
  ],
  [
    'R18',
    'a limit lets two more in',
    () =>
      replaceFunction(settings, 'settingsOf', (of) => (...args: unknown[]) => {
        const given = of(...args) as settings.QueueSettings;
        return { ...given, maxLength: given.maxLength + 2 };
      }),
  ],
  [
    'R19',
    'what is out counts too',
    () =>
      replaceFunction(
        classic,
        'classicWouldOverflow',
        (overflows) => (queue: Queue, message: Message) =>
          overflows(queue, message) ||
          (queue.settings.overflow !== 'drop-head' && queue.unacked.size >= queue.settings.maxLength),
      ),
  ],
  ['R20', 'the newest is dropped', () => replaceFunction(line, 'shiftEntry', fromTheEnd)],
  [
    'R21',
    'a publisher is refused what a queue keeps',
    () =>
      replaceFunction(
        publishing,
        'spread',
        (spread) => (core: Any, channel: Any, message: Any, targets: Any, isMandatory: Any, publish: number) => {
          const result = spread(core, channel, message, targets, isMandatory, 0) as publishing.PublishResult;
          if (publish !== 0) core.out.confirmed(channel.id, publish, false);
          return { ...result, takenBy: 0, refusedBy: targets.length };
        },
      ),
  ],
  [
    'R22',
    'each death is noted twice',
    () =>
      replaceFunction(deadLetter, 'deadCopy', (copy) => (...args: unknown[]) => {
        const dead = copy(...args) as Message;
        const deaths = dead.deaths as DeathHistory;
        return { ...dead, deaths: { ...deaths, entries: [...deaths.entries, ...deaths.entries] } };
      }),
  ],
  [
    'R23',
    'a cycle is seen in the third lap',
    () =>
      replaceFunction(
        deadLetter,
        'isDeathCycle',
        (isCycle) => (target: string, deaths: DeathHistory) =>
          deaths.entries.some(({ count }) => count > 2) && isCycle(target, deaths),
      ),
  ],
  [
    'R24',
    'the expiration stays',
    () =>
      replaceFunction(deadLetter, 'deadCopy', (copy) => (message: Message, ...more: unknown[]) => ({
        ...(copy(message, ...more) as Message),
        expiration: message.expiration,
      })),
  ],
  [
    'R25',
    'every return counts',
    () =>
      replaceFunction(
        quorum,
        'quorumRequeue',
        (requeue) => (host: unknown, queue: unknown, positions: unknown) => requeue(host, queue, positions, true),
      ),
  ],
  [
    'R26',
    'one delivery too many',
    () =>
      replaceFunction(settings, 'settingsOf', (of) => (...args: unknown[]) => {
        const given = of(...args) as settings.QueueSettings;
        return { ...given, deliveryLimit: given.deliveryLimit + 1 };
      }),
  ],
  [
    'R27',
    'all are active',
    () =>
      replaceFunction(settings, 'settingsOf', (of) => (...args: unknown[]) => ({
        ...(of(...args) as settings.QueueSettings),
        isSingleActive: false,
      })),
  ],
  ['R28', 'who cancels is not taken out', () => broker('cancel', () => () => undefined)],
  [
    'R37',
    'what is purged dies',
    () => changed(() => ({ purge: (host, queue) => emptied(queue, (entry) => host.die(queue, entry, 'maxlen')) })),
  ],
  [
    'R38',
    'a restart loses all',
    () =>
      changed(({ restart }) => ({
        restart(host, queue) {
          restart(host, queue);
          emptied(queue, (entry) => host.letGo(queue, entry, 'restart'));
        },
      })),
  ],
];

function twice(method: Any): Any {
  return function (this: Any, ...args: Any[]) {
    method.apply(this, args);
    return method.apply(this, args);
  };
}

function fromTheEnd(): Any {
  return ({ items }: line.Line) => items.pop();
}

describe('each law is red when', () => {
  it.each(FAULTS)('%s: %s', (law, _what, plant) => {
    expect(isSeen(law, plant())).toBe(true);
  });

  it('R39: the machine goes by something else than the script', () => {
    let calls = 0;
    const heal = broker('hasRoom', () => () => ++calls % 7 !== 0);
    try {
      expect(fc.sample(anyScript, { numRuns: 400, seed: 1 }).every(isToldAlike)).toBe(false);
    } finally {
      heal();
    }
  });
});
