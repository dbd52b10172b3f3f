// THE list of small faults of the RabbitMQ server and its clients that a test by name must see, one for each of R1 to R39 of
// docs/semantics/rabbitmq.md. `npm run mutants` plants each into its test; invariants/rabbitmq.ts says which belongs to which.

import { valuesOf } from '../../kernel/number-map.ts';
import { Broker } from '../../nodes/rabbitmq/broker.ts';
import * as classic from '../../nodes/rabbitmq/classic-queue.ts';
import * as hash from '../../nodes/rabbitmq/consistent-hash.ts';
import type { Consumer, Turns } from '../../nodes/rabbitmq/consumers.ts';
import * as consumers from '../../nodes/rabbitmq/consumers.ts';
import * as deadLetter from '../../nodes/rabbitmq/dead-letter.ts';
import * as line from '../../nodes/rabbitmq/entry-line.ts';
import * as exchange from '../../nodes/rabbitmq/exchange.ts';
import * as leaders from '../../nodes/rabbitmq/leaders.ts';
import type { DeathHistory, Message, RoutedMessage } from '../../nodes/rabbitmq/model.ts';
import * as publishing from '../../nodes/rabbitmq/publishing.ts';
import { type Queue, shiftReady, topLevel, type Unacked } from '../../nodes/rabbitmq/queue.ts';
import type { QueueKind } from '../../nodes/rabbitmq/queue-kinds.ts';
import * as kinds from '../../nodes/rabbitmq/queue-kinds.ts';
import * as settings from '../../nodes/rabbitmq/queue-settings.ts';
import * as quorum from '../../nodes/rabbitmq/quorum-queue.ts';
import * as routing from '../../nodes/rabbitmq/routing.ts';
import type { Targets } from '../../nodes/rabbitmq/targets.ts';
import type { Mutant } from './mutants.ts';
import { type Heal, prototypeOfKind, replaceFunction, replaceMethod } from './planting.ts';

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

function twice(method: Any): Any {
  return function (this: Any, ...args: Any[]) {
    method.apply(this, args);
    return method.apply(this, args);
  };
}

function fromTheEnd(): Any {
  return ({ items }: line.Line) => items.pop();
}

export const RABBITMQ_MUTANTS: readonly Mutant[] = [
  // R1
  {
    name: 'kept-twice-over',
    about: 'a queue is offered a publish twice',
    plant: () => replaceFunction(classic, 'classicEnqueue', twice),
  },
  // R3
  {
    name: 'mandatory-unread',
    about: 'mandatory is not read',
    plant: () =>
      replaceFunction(
        publishing,
        'spread',
        (spread) => (core: Any, channel: Any, message: Any, targets: Any, _: Any, publish: Any) =>
          spread(core, channel, message, targets, false, publish),
      ),
  },
  // R4
  {
    name: 'publish-unanswered',
    about: 'a publish is not answered',
    plant: () =>
      replaceFunction(
        publishing,
        'spread',
        (spread) => (core: Any, channel: Any, message: Any, targets: Any, isMandatory: Any) =>
          spread(core, channel, message, targets, isMandatory, 0),
      ),
  },
  // R5
  {
    name: 'acknowledged-and-kept',
    about: 'an acknowledged one is not let go',
    plant: () => broker('letGo', () => () => undefined),
  },
  // R6
  {
    name: 'delivered-to-two',
    about: 'a delivery is sent twice',
    plant: () => broker('deliver', twice),
  },
  // R7
  {
    name: 'window-too-wide',
    about: 'a window has one place more',
    plant: () =>
      broker(
        'newConsumer',
        (make) =>
          function (this: Any, ...args: Any[]) {
            const consumer = make.apply(this, args);
            consumer.credit++;
            return consumer;
          },
      ),
  },
  // R8
  {
    name: 'a-tag-left-out',
    about: 'a tag is left out',
    plant: () =>
      broker(
        'deliver',
        (deliver) =>
          function (this: Any, queue: Any, consumer: Consumer, entry: Any) {
            this.channel(consumer.channel).tags++;
            deliver.call(this, queue, consumer, entry);
          },
      ),
  },
  // R9
  {
    name: 'out-of-turns',
    about: 'nobody stands in line again',
    plant: () =>
      replaceFunction(consumers, 'joinTurns', (join) => (turns: Turns, consumer: Consumer) => {
        if (consumer.held === 0) join(turns, consumer);
      }),
  },
  // R10
  {
    name: 'lowest-priority-first',
    about: 'the lowest priority goes first',
    plant: () =>
      replaceFunction(
        consumers,
        'firstTurn',
        () =>
          ({ groups }: Turns) =>
            groups.at(-1)?.keys[0] ?? 0,
      ),
  },
  // R11
  {
    name: 'returned-to-the-end',
    about: 'what comes back stands at the end',
    plant: () => replaceFunction(line, 'insertEntry', () => line.pushEntry),
  },
  // R12
  {
    name: 'returned-served-last',
    about: 'what came back is served last',
    plant: () =>
      replaceFunction(
        line,
        'lineLength',
        (length) => (one: line.Line) => (line.headOf(one)?.returnedCount ? 0 : (length(one) as number)),
      ),
  },
  // R13
  {
    name: 'return-unmarked',
    about: 'what comes back is not marked',
    plant: () =>
      broker(
        'deliver',
        (deliver) =>
          function (this: Any, queue: Any, consumer: Any, entry: line.Entry) {
            entry.isRedelivered = false;
            deliver.call(this, queue, consumer, entry);
          },
      ),
  },
  // R14
  {
    name: 'all-marked-redelivered',
    about: 'everything is marked redelivered',
    plant: () =>
      broker(
        'deliver',
        (deliver) =>
          function (this: Any, queue: Any, consumer: Any, entry: line.Entry) {
            entry.isRedelivered = true;
            deliver.call(this, queue, consumer, entry);
          },
      ),
  },
  // R15
  {
    name: 'server-clock-late',
    about: 'the clock of the server is late',
    plant: () =>
      broker(
        'nowNs',
        (nowNs) =>
          function (this: Any) {
            return (nowNs.call(this) as number) - 4_000_000;
          },
      ),
  },
  // R16
  {
    name: 'expires-from-the-end',
    about: 'the end of the line is looked at',
    plant: () => replaceFunction(line, 'shiftEntry', fromTheEnd),
  },
  // R17
  {
    name: 'expires-while-out',
    about: 'what is out expires',
    plant: () =>
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
  },
  // R18
  {
    name: 'two-beyond-the-limit',
    about: 'a limit lets two more in',
    plant: () =>
      replaceFunction(settings, 'settingsOf', (of) => (...args: unknown[]) => {
        const given = of(...args) as settings.QueueSettings;
        return { ...given, maxLength: given.maxLength + 2 };
      }),
  },
  // R19
  {
    name: 'unacked-count-too',
    about: 'what is out counts too',
    plant: () =>
      replaceFunction(
        classic,
        'classicWouldOverflow',
        (overflows) => (queue: Queue, message: Message) =>
          overflows(queue, message) ||
          (queue.settings.overflow !== 'drop-head' && queue.unacked.size >= queue.settings.maxLength),
      ),
  },
  // R21
  {
    name: 'refused-and-kept',
    about: 'a publisher is refused what a queue keeps',
    plant: () =>
      replaceFunction(
        publishing,
        'spread',
        (spread) => (core: Any, channel: Any, message: Any, targets: Any, isMandatory: Any, publish: number) => {
          const result = spread(core, channel, message, targets, isMandatory, 0) as publishing.PublishResult;
          if (publish !== 0) core.out.confirmed(channel.id, publish, false);
          return { ...result, takenBy: 0, refusedBy: targets.length };
        },
      ),
  },
  // R22
  {
    name: 'death-noted-twice',
    about: 'each death is noted twice',
    plant: () =>
      replaceFunction(deadLetter, 'deadCopy', (copy) => (...args: unknown[]) => {
        const dead = copy(...args) as Message;
        const deaths = dead.deaths as DeathHistory;
        return { ...dead, deaths: { ...deaths, entries: [...deaths.entries, ...deaths.entries] } };
      }),
  },
  // R23
  {
    name: 'cycle-seen-late',
    about: 'a cycle is seen in the third lap',
    plant: () =>
      replaceFunction(
        deadLetter,
        'isDeathCycle',
        (isCycle) => (target: string, deaths: DeathHistory) =>
          deaths.entries.some(({ count }) => count > 2) && isCycle(target, deaths),
      ),
  },
  // R24
  {
    name: 'expiration-stays',
    about: 'the expiration stays',
    plant: () =>
      replaceFunction(deadLetter, 'deadCopy', (copy) => (message: Message, ...more: unknown[]) => ({
        ...(copy(message, ...more) as Message),
        expiration: message.expiration,
      })),
  },
  // R25
  {
    name: 'every-return-counts',
    about: 'every return counts',
    plant: () =>
      replaceFunction(
        quorum,
        'quorumRequeue',
        (requeue) => (host: unknown, queue: unknown, positions: unknown) => requeue(host, queue, positions, true),
      ),
  },
  // R26
  {
    name: 'one-delivery-too-many',
    about: 'one delivery too many',
    plant: () =>
      replaceFunction(settings, 'settingsOf', (of) => (...args: unknown[]) => {
        const given = of(...args) as settings.QueueSettings;
        return { ...given, deliveryLimit: given.deliveryLimit + 1 };
      }),
  },
  // R27
  {
    name: 'all-are-active',
    about: 'all are active',
    plant: () =>
      replaceFunction(settings, 'settingsOf', (of) => (...args: unknown[]) => ({
        ...(of(...args) as settings.QueueSettings),
        isSingleActive: false,
      })),
  },
  // R28
  {
    name: 'cancelled-and-served',
    about: 'who cancels is not taken out',
    plant: () => broker('cancel', () => () => undefined),
  },
  // R37
  {
    name: 'purged-and-dead',
    about: 'what is purged dies',
    plant: () => changed(() => ({ purge: (host, queue) => emptied(queue, (entry) => host.die(queue, entry, 'maxlen')) })),
  },
  // R38
  {
    name: 'restart-loses-all',
    about: 'a restart loses all',
    plant: () =>
      changed(({ restart }) => ({
        restart(host, queue) {
          restart(host, queue);
          emptied(queue, (entry) => host.letGo(queue, entry, 'restart'));
        },
      })),
  },
  // R2
  {
    name: 'last-binding-forgotten',
    about: 'of several bindings that match the last is passed over',
    plant: () =>
      replaceFunction(exchange, 'matchBindings', (match) => (version, one, message, into: Targets[]) => {
        match(version, one, message, into);
        if (into.length > 1) into.pop();
      }),
  },
  // R29
  {
    name: 'lost-in-the-election',
    about: 'what is published while there is no leader is confirmed and not kept',
    plant: () =>
      replaceFunction(
        publishing,
        'offerNow',
        (offerNow) =>
          (core: Any, queue: Queue, ...more: unknown[]) =>
            queue.type === 'quorum' && queue.node > 1 ? true : offerNow(core, queue, ...more),
      ),
  },
  // R30
  {
    name: 'minority-elects',
    about: 'a queue finds a leader however few of its members run',
    plant: () =>
      broker(
        'killNode',
        (killNode) =>
          function (this: Any, node: number) {
            killNode.call(this, node);
            for (const queue of this.state.queues.values() as Iterable<Queue>)
              if (queue.leaderNs === Number.POSITIVE_INFINITY) {
                queue.leaderNs = this.nowNs() + this.electionNs;
                this.arm(queue);
              }
          },
      ),
  },
  // R31
  {
    name: 'new-leader-is-behind',
    about: 'a new leader lacks the newest that was confirmed',
    plant: () =>
      replaceFunction(leaders, 'findLeader', (findLeader) => (core: Any, queue: Queue) => {
        const newest = queue.levels.find((one) => line.lineLength(one) > 1);
        if (newest !== undefined && queue.leaderNs <= core.nowNs()) {
          newest.items.pop();
          queue.ready--;
        }
        return findLeader(core, queue);
      }),
  },
  // R32
  {
    name: 'automatic-comes-back',
    about: 'an automatic acknowledgement waits until its reader is gone, and then the message is ready again',
    plant: () =>
      broker(
        'newConsumer',
        (make) =>
          function (this: Any, ...args: Any[]) {
            return { ...make.apply(this, args), isAutomatic: false };
          },
      ),
  },
  // R33
  {
    name: 'unread-is-lost',
    about: 'what was left unread during an alarm is lost when that is over',
    plant: () =>
      replaceMethod(
        prototypeOfKind('rabbitmq'),
        'blocked',
        (blocked) =>
          function (connection: number, isBlocked: boolean) {
            if (!isBlocked) {
              for (const { first, type } of this.state.parked.get(connection) ?? []) this.sessions.loseLate(type, first);
              this.state.parked.delete(connection);
            }
            blocked.call(this, connection, isBlocked);
          },
      ),
  },
  // R34
  {
    name: 'fanout-leaves-one-out',
    about: 'of several queues that are bound one gets no copy',
    plant: () =>
      replaceFunction(routing, 'route', (route) => (...args) => {
        const names = route(...args) as readonly string[];
        return names.length > 1 ? names.slice(1) : names;
      }),
  },
  // R35
  {
    name: 'ring-turns',
    about: 'a hash ring turns by a bucket with every message',
    plant() {
      let turns = 0;
      return replaceFunction(
        hash,
        'arcOf',
        () =>
          (_version, _args, { arcs }) =>
            arcs[turns++ % (arcs.length || 1)],
      );
    },
  },
  // R36
  {
    name: 'alternate-gets-all',
    about: 'an alternate exchange gets a copy of everything',
    plant: () =>
      replaceFunction(routing, 'route', (route) => (state: routing.RoutingState, name: string, message: RoutedMessage) => {
        const there = state.exchanges.get(name);
        const alternate = there === undefined ? null : exchange.alternateOf(there);
        const found = route(state, name, message) as readonly string[];
        if (alternate === null) return found;
        return [...new Set([...found, ...(route(state, alternate, message) as readonly string[])])].sort();
      }),
  },
  // R39
  {
    name: 'goes-by-its-own-count',
    about: 'the server goes by a count of its own beside the script',
    plant() {
      let calls = 0;
      return broker('hasRoom', () => () => ++calls % 7 !== 0);
    },
  },
];
