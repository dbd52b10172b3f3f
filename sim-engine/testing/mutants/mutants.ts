// THE list of small faults that can be planted, at least one for every checker: a checker that was never red proves nothing. Each is a
// mistake somebody could make in a line. `npm run mutants` plants one after another, `npm run fuzz -- --mutant NAME` a single one.

import { Law } from '../../kernel/distributions.ts';
import { Streams } from '../../kernel/rng.ts';
import { KafkaBroker } from '../../nodes/kafka/broker-actor.ts';
import { LedPartitions } from '../../nodes/kafka/led-partitions.ts';
import { Relay } from '../../nodes/stores/relay.ts';
import { StoreActor } from '../../nodes/stores/store-actor.ts';
import { Door } from '../../nodes/textbook/door.ts';
import { Expiry } from '../../nodes/textbook/expiry.ts';
import { workingReplicas } from '../../parts/autoscaler.ts';
import { Sampler } from '../../simulation/sampler.ts';
import { Books, DEAD_LETTERED, PUB_ACCEPTED, PUB_CLASSES, WAITING } from '../../world/books.ts';
import { Cargo } from '../../world/cargo.ts';
import { Lives } from '../../world/lives.ts';
import { Obligations } from '../../world/obligations.ts';
import { DELIVER } from '../../world/packet-types.ts';
import { actorPlace, CRASH, CUT, LOSS } from '../../world/reasons.ts';
import { World } from '../../world/world.ts';
import { type Heal, prototypeOfKind, prototypeOfPublisher, replaceMethod } from './planting.ts';

export interface Mutant {
  readonly name: string;
  /** What is wrong with the engine while it is planted. */
  readonly about: string;
  /** Of a fault that only recorded theory sees: family and name of the case that does; without it, one of a single plain line. */
  readonly seenBy?: { readonly family: string; readonly name: string };
  plant(): Heal;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'accepted-twice',
    about: 'the publish book counts every hundredth acceptance twice',
    plant() {
      let count = 0;
      return replaceMethod(
        Books.prototype,
        'closePublish',
        (closePublish) =>
          function (actor, cls) {
            closePublish.call(this, actor, cls);
            if (cls === PUB_ACCEPTED && ++count % 100 === 0) this.byActor[actor * PUB_CLASSES + cls]++;
          },
      );
    },
  },
  {
    name: 'moved-from-nowhere',
    about: 'a dead letter leaves the class waiting, where it was not',
    plant: () =>
      replaceMethod(
        Books.prototype,
        'moveDelivery',
        (moveDelivery) =>
          function (sub, from, to) {
            moveDelivery.call(this, sub, to === DEAD_LETTERED ? WAITING : from, to);
          },
      ),
  },
  {
    name: 'crash-closes-nothing',
    about: 'what a crash takes with it stays open in the book',
    plant: () =>
      replaceMethod(
        Obligations.prototype,
        'closeUndone',
        (closeUndone) =>
          function (obl, cls, place, reason) {
            if (reason !== CRASH) closeUndone.call(this, obl, cls, place, reason);
          },
      ),
  },
  {
    name: 'log-outlives-its-cluster',
    about: 'brokers that are taken out of the drawing keep what lies in their logs',
    plant: () => replaceMethod(KafkaBroker.prototype, 'onRemoved', () => () => {}),
  },
  {
    name: 'one-request-too-many',
    about: 'a producer of Kafka has one request more under way than it may',
    plant: () =>
      replaceMethod(
        prototypeOfPublisher('kafka-topic', 'kafka-produce'),
        'underWay',
        (underWay) =>
          function (door) {
            return (underWay.call(this, door) as number) - 1;
          },
      ),
  },
  {
    name: 'first-two-swapped',
    about: 'a look of retention swaps the first two records of a log',
    plant: () =>
      replaceMethod(
        LedPartitions.prototype,
        'retain',
        (retain) =>
          function () {
            retain.call(this);
            for (const { log } of this.state.partitions.values()) {
              const first = log.segments[0];
              if (first.recordCount > 1) [first.item[0], first.item[1]] = [first.item[1], first.item[0]];
            }
          },
      ),
  },
  {
    name: 'desk-swept-in-crash',
    about: 'a service that crashes forgets its desk without letting go of it',
    plant: () =>
      replaceMethod(
        prototypeOfKind('service'),
        'onCrash',
        (onCrash) =>
          function () {
            const { desk } = this.work.places.state;
            for (const line of desk.lines) line.count = 0;
            desk.count = 0;
            onCrash.call(this);
          },
      ),
  },
  {
    name: 'starts-untold',
    about: 'a replica that has started is not told to the service before the next look',
    plant: () =>
      replaceMethod(
        prototypeOfKind('autoscaler'),
        'onTimer',
        (onTimer) =>
          function (timer, arg) {
            if (timer === 1) workingReplicas(this.state.scaler, this.world.now[0]);
            else onTimer.call(this, timer, arg);
          },
      ),
  },
  {
    name: 'question-never-let-go',
    about: 'a store keeps the word of every fifth question after it has answered',
    plant() {
      let count = 0;
      return replaceMethod(
        StoreActor.prototype,
        'letGo',
        (letGo) =>
          function (question) {
            if (++count % 5 !== 0) letGo.call(this, question);
          },
      );
    },
  },
  {
    name: 'marked-unpublished',
    about: 'a relay marks every fifth event without publishing it',
    plant: () =>
      replaceMethod(
        Relay.prototype,
        'publish',
        (publish) =>
          function (number) {
            if (number % 5 === 0) this.mark(number);
            else publish.call(this, number);
          },
      ),
  },
  {
    name: 'view-counts-twice',
    about: 'a view counts an event twice that it reads from the log',
    plant: () =>
      replaceMethod(
        prototypeOfKind('projection'),
        'refold',
        (refold) =>
          function (store, number) {
            const { count } = this.state.view;
            const isGood = refold.call(this, store, number);
            this.state.view.count += this.state.view.count - count;
            return isGood;
          },
      ),
  },
  {
    name: 'doubled-for-nothing',
    about: 'a doubled delivery is no second cause of its work',
    plant: () =>
      replaceMethod(
        Cargo.prototype,
        'copy',
        (copy) =>
          function (link, type, first) {
            return type === DELIVER ? first : copy.call(this, link, type, first);
          },
      ),
  },
  {
    name: 'cut-without-trace',
    about: 'what a cut wire loses is let go by nobody',
    plant: () =>
      replaceMethod(
        Cargo.prototype,
        'lose',
        (lose) =>
          function (link, type, first, place, reason, share) {
            if (reason !== CUT) lose.call(this, link, type, first, place, reason, share);
          },
      ),
  },
  {
    name: 'kept-after-answer',
    about: 'a publisher keeps its copy of a message after the answer',
    plant: () =>
      replaceMethod(
        prototypeOfPublisher('queue', 'publish'),
        'settle',
        (settle) =>
          function (tag, outcome) {
            const pending = this.state.pending.get(tag);
            if (pending !== undefined) this.world.messages.refs[pending.msg]++;
            settle.call(this, tag, outcome);
          },
      ),
  },
  {
    name: 'awake-but-delayed',
    about: 'a queue shows as delayed what has woken up',
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'onWake',
        (onWake) =>
          function (obl) {
            this.state.delayed++;
            onWake.call(this, obl);
          },
      ),
  },
  {
    name: 'deadline-forgets',
    about: 'a queue takes a message back after its deadline and puts it nowhere',
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'onDeadline',
        (onDeadline) =>
          function (timer) {
            const { takeBack } = this;
            this.takeBack = (): void => {};
            onDeadline.call(this, timer);
            this.takeBack = takeBack;
          },
      ),
  },
  {
    name: 'believes-old-word',
    about: 'a queue believes word of an attempt that is long over',
    plant: () => replaceMethod(prototypeOfKind('queue'), 'isCurrent', () => () => true),
  },
  {
    name: 'repeat-not-counted',
    about: 'work on what was done already is counted nowhere',
    plant: () => replaceMethod(Books.prototype, 'countRepeat', () => () => {}),
  },
  {
    name: 'gives-up-unseen',
    about: 'a requester gives up on a request and counts it nowhere',
    plant: () =>
      replaceMethod(
        prototypeOfKind('requester'),
        'giveUp',
        () =>
          function (request) {
            this.complete(request);
          },
      ),
  },
  {
    name: 'bin-not-counted',
    about: 'a requester throws a late reply away without counting it',
    plant: () =>
      replaceMethod(
        prototypeOfKind('requester'),
        'discard',
        (discard) =>
          function (obl, verdict) {
            discard.call(this, obl, verdict);
            if (verdict === 'late') this.state.requests.lateCount--;
          },
      ),
  },
  {
    name: 'reply-not-settled',
    about: 'a requester reads a reply and keeps its hold on it',
    plant: () =>
      replaceMethod(
        prototypeOfKind('requester'),
        'onDelivery',
        (onDelivery) =>
          function (client, obl, attempt) {
            this.world.obligations.addCause(obl);
            onDelivery.call(this, client, obl, attempt);
          },
      ),
  },
  {
    name: 'loses-one-in-forty',
    about: 'a queue drops every fortieth message, with clean books',
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'onPublish',
        (onPublish) =>
          function (msg, slot, tag) {
            const { world } = this;
            if (world.messages.number[msg] % 40 === 0) world.losePublish(this.ix, msg, actorPlace(this.ix), LOSS);
            else onPublish.call(this, msg, slot, tag);
          },
      ),
  },
  {
    name: 'newest-first',
    about: 'a queue hands out the newest message first',
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'keepReady',
        (keepReady) =>
          function (obl) {
            keepReady.call(this, obl, true);
          },
      ),
  },
  {
    name: 'too-old-for-the-books',
    about: 'what has waited too long leaves the queue, and no book hears of it (P57)',
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'expire',
        () =>
          function (obl) {
            this.release(obl);
          },
      ),
  },
  {
    name: 'recognised-and-kept',
    about: 'a queue that recognises a numbered send keeps its copy of it all the same (P57)',
    plant: () =>
      replaceMethod(
        Door.prototype,
        'confirmAgain',
        (confirmAgain) =>
          function (msg, slot, tag) {
            this.world.messages.refs[msg]++;
            confirmAgain.call(this, msg, slot, tag);
          },
      ),
  },
  {
    name: 'dropped-without-a-word',
    about: 'a full queue drops its oldest without closing what was owed (P57)',
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'dropOldest',
        () =>
          function () {
            this.release(this.takeOldest());
          },
      ),
  },
  {
    name: 'asks-the-host',
    about: 'a length is now and then a nanosecond longer, by the chance of the host',
    plant: () =>
      replaceMethod(
        Law.prototype,
        'drawInto',
        (drawInto) =>
          function (cell) {
            drawInto.call(this, cell);
            if (Math.random() < 0.02) cell[0] += 1;
          },
      ),
  },
  {
    name: 'half-a-copy',
    about: 'a restored stream of randomness begins anew',
    plant: () =>
      replaceMethod(
        Streams.prototype,
        'load',
        (load) =>
          function (saved) {
            load.call(this, saved);
            // The fourth word of a stream is its counter.
            for (let at = 3; at < this.words.length; at += 4) this.words[at] = 1;
          },
      ),
  },
  {
    name: 'looking-draws',
    about: 'writing a frame uses up a random number',
    plant: () =>
      replaceMethod(
        Sampler.prototype,
        'sample',
        (sample) =>
          function () {
            const { streams } = this.simulation.world;
            for (let stream = 1; stream < streams.high; stream++) streams.u32(stream);
            return sample.call(this);
          },
      ),
  },
  {
    name: 'slice-ends-tick',
    about: 'the end of a slice counts as the end of a tick',
    plant: () =>
      replaceMethod(
        World.prototype,
        'run',
        (run) =>
          function (limitNs, budget) {
            const end = run.call(this, limitNs, budget);
            if (end === 'budget') this.closeTick();
            return end;
          },
      ),
  },
  {
    name: 'timers-of-the-dead',
    about: 'a removed node counts as up, and its timers still fire',
    plant: () =>
      replaceMethod(
        Lives.prototype,
        'remove',
        (remove) =>
          function (actor) {
            remove.call(this, actor);
            this.table.epoch[actor]--;
            this.table.condition[actor] = 0;
            this.actors[actor] = null;
          },
      ),
  },
];

/** Faults that keep every law of a run and are wrong all the same: only recorded theory sees them. Caught by the vectors. */
export const VECTOR_MUTANTS: readonly Mutant[] = [
  {
    name: 'a-trace-too-slow',
    about: 'work takes a ten-millionth longer than drawn',
    plant: () => replaceMethod(World.prototype, 'slowFactor', () => () => 1.000_000_1),
  },
  {
    name: 'longer-by-law',
    about: 'every length is drawn a tenth too long',
    plant: () =>
      replaceMethod(
        Law.prototype,
        'drawInto',
        (drawInto) =>
          function (cell) {
            drawInto.call(this, cell);
            if (this.spec.mean === SERVICE_MEAN_NS) cell[0] = Math.round(cell[0] * 1.1);
          },
      ),
  },
  {
    name: 'one-too-many',
    about: 'a queue has room for one more than its capacity (P50)',
    seenBy: { family: 'mmck', name: 'mmck-c1-K10-a1.2' },
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'held',
        (held) =>
          function () {
            return (held.call(this) as number) - 1;
          },
      ),
  },
  {
    name: 'bounded-by-itself',
    about: 'a queue without a capacity turns away what comes when a thousand wait (P51)',
    seenBy: { family: 'fluid', name: 'fluid-1' },
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'hasRoom',
        (hasRoom) =>
          function () {
            return this.state.ready < 1000 && hasRoom.call(this);
          },
      ),
  },
  {
    name: 'serves-the-dead',
    about: 'a queue hands out what has waited too long (P52)',
    seenBy: { family: 'erlangA', name: 'erlangA-c10-l11-theta0.2' },
    plant: () => replaceMethod(Expiry.prototype, 'arm', () => () => {}),
  },
  {
    name: 'all-alike',
    about: 'a queue that is asked for the most urgent looks at no priority (P53)',
    seenBy: { family: 'priority', name: 'prio-2-exponential' },
    plant: () => replaceMethod(prototypeOfKind('queue'), 'lineOf', () => () => 0),
  },
];

/** Mean service time that the queueing runner lets every case have. */
const SERVICE_MEAN_NS = 10_000_000;
