// A publish through a topic exchange of RabbitMQ with ever more bindings: routing alone, which takes no simulated time.

import { keyedMessage } from '../../nodes/rabbitmq/model.ts';
import { addQueue, bind, declareExchange, newRouting, route } from '../../nodes/rabbitmq/routing.ts';
import { CpuClock, type GrowthMeasured, growthOf, rounded } from './meter.ts';

const TOPIC_BINDINGS = [10, 10_000];
const TOPIC_ROUNDS = 5;
const TOPIC_KEYS = 1000;
/** Regions share their word among bindings, shops have one each. */
const REGIONS = 97;
const BINDING_KEYS: readonly ((i: number) => string)[] = [
  (i) => `order.r${i % REGIONS}.shop${i}`,
  (i) => `order.*.shop${i}`,
  (i) => `*.r${i % REGIONS}.shop${i}`,
  (i) => `#.shop${i}`,
];

/** `count` publishes in all, each to the one queue of its shop, in turns through a few bindings and through many of the same forms. */
export function runTopicBindings(count: number): GrowthMeasured {
  const exchanges = TOPIC_BINDINGS.map((bindings) => ({ publish: topicOf(bindings), ns: [] as number[] }));
  const perRound = Math.ceil(count / TOPIC_ROUNDS / exchanges.length);
  const whole = new CpuClock();
  let copies = 0;
  for (let round = 0; round < TOPIC_ROUNDS; round++) {
    for (const { publish, ns } of exchanges) {
      publish(TOPIC_KEYS);
      const cpu = new CpuClock();
      whole.during(() => cpu.during(() => (copies += publish(perRound))));
      ns.push((cpu.seconds * 1e9) / perRound);
    }
  }
  return {
    w: 'topic-bindings',
    events: perRound * TOPIC_ROUNDS * exchanges.length,
    done: copies,
    dlq: 0,
    cpu: rounded(whole.seconds, 4),
    // Routing takes no simulated time, and nothing of it is a run.
    meanUs: 0,
    p50: 0,
    p99: 0,
    digest: '',
    of: 'bindings',
    per: 'publish',
    ...growthOf(new Map(exchanges.map(({ ns }, i) => [TOPIC_BINDINGS[i] as number, ns]))),
  };
}

/** A topic exchange with so many queues; what comes back publishes and answers with the number of copies. */
function topicOf(bindings: number): (publishes: number) => number {
  const routing = newRouting('4.3');
  const spec = { isDurable: true, isAutoDelete: false, isInternal: false, args: new Map() };
  declareExchange(routing, { name: 'orders', type: 'topic', ...spec });
  for (let i = 0; i < bindings; i++) {
    const key = (BINDING_KEYS[i % BINDING_KEYS.length] as (i: number) => string)(i);
    addQueue(routing, `q${i}`);
    bind(routing, { source: 'orders', destination: `q${i}`, toExchange: false, key, args: new Map() });
  }
  // Spread over all bindings by a step that shares no factor with their number.
  const messages = Array.from({ length: TOPIC_KEYS }, (_, n) => {
    const shop = (n * 7919) % bindings;
    const key = `order.r${shop % REGIONS}.shop${shop}`;
    return keyedMessage(key);
  });
  return (publishes) => {
    let copies = 0;
    for (let n = 0; n < publishes; n++)
      copies += route(routing, 'orders', messages[n % TOPIC_KEYS] as (typeof messages)[0]).length;
    return copies;
  };
}
