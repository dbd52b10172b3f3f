// The laws of docs/semantics/kafka.md over any run: who watches a simulation hears what brokers and clients say to each other, looks into
// them between two instants, keeps books of its own and says which law was broken, by its number. It changes nothing. What belongs to
// the log, to producers and to groups stands in files of its own; here is what they share.

import { KafkaBroker } from '../../nodes/kafka/broker-actor.ts';
import type { ConsumerCore } from '../../nodes/kafka/consumer-core.ts';
import type { Request, Response } from '../../nodes/kafka/protocol.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { UP } from '../../world/actor-table.ts';
import { PUBLISH, REQUEST, RESPONSE } from '../../world/packet-types.ts';
import { GroupLaws } from './group-laws.ts';
import { LogLaws } from './log-laws.ts';
import { ProducerLaws } from './producer-laws.ts';
import type { ClientView, Fault, ProducerView, Watched, WatchedBroker } from './watched.ts';

/** Parts of the world that are nobody's to hold on to, but for who watches. */
interface Tapped {
  handlePacket(link: number, type: number, first: number, count: number): void;
}
interface WithParts {
  statefulParts?(): readonly ({ readonly state: object } | null)[];
}

export class KafkaWatcher implements Watched {
  readonly simulation: Simulation;
  readonly faults: Fault[] = [];
  /** By number of the law: how often it was judged. */
  readonly judged = new Map<number, number>();
  clients: readonly ClientView[] = [];
  brokers: readonly WatchedBroker[] = [];
  private readonly since = new Map<number, number>();
  private readonly known = new Map<object, ClientView>();
  private readonly byLink = new Map<number, ClientView>();
  private readonly contents = new Map<number, Request | Response>();
  private readonly logs: LogLaws;
  private readonly producers: ProducerLaws;
  private readonly groups: GroupLaws;

  readonly slackNs: number;
  private seen: object | null = null;
  private seenCount = -1;

  /** `everyNs`: time between two looks. */
  constructor(simulation: Simulation, everyNs: number) {
    this.simulation = simulation;
    this.slackNs = 2 * everyNs;
    this.logs = new LogLaws(this);
    this.producers = new ProducerLaws(this);
    this.groups = new GroupLaws(this);
    this.tap();
    this.look();
  }

  get nowNs(): number {
    return this.simulation.world.now[0] as number;
  }

  upSinceNs(ix: number): number {
    return this.since.get(ix) ?? Number.POSITIVE_INFINITY;
  }

  blame(law: number, text: string): void {
    this.faults.push({ law, text: `at ${this.nowNs} ns: ${text}` });
  }

  count(law: number): void {
    this.judged.set(law, (this.judged.get(law) ?? 0) + 1);
  }

  // ---------------------------------------------------------------- what is said

  private tap(): void {
    const { world } = this.simulation;
    const put = world.payloads.put.bind(world.payloads);
    const take = world.payloads.take.bind(world.payloads);
    world.payloads.put = (content) => {
      const number = put(content);
      this.contents.set(number, content as Request | Response);
      return number;
    };
    world.payloads.take = (number) => {
      this.contents.delete(number);
      return take(number);
    };
    const send = world.send.bind(world);
    world.send = (link, type, first, count, tag) => {
      if (type === PUBLISH) this.onRecord(link, first);
      else if (type === REQUEST || type === RESPONSE) this.onSaid(link, type, this.contents.get(first));
      send(link, type, first, count, tag);
    };
    const tapped = world as unknown as Tapped;
    const handlePacket = tapped.handlePacket.bind(world);
    tapped.handlePacket = (link, type, first, count) => {
      const content = type === REQUEST ? this.contents.get(first) : undefined;
      const broker = content !== undefined && 'api' in content ? this.brokerAt(world.links.to[link] as number) : undefined;
      if (broker === undefined) {
        handlePacket(link, type, first, count);
        return;
      }
      const request = content as Request;
      const isHeard =
        world.condition(broker.ix as Parameters<typeof world.condition>[0]) === UP && broker.broker.state.metadata !== null;
      const before = isHeard ? this.groups.before(broker, request) : null;
      handlePacket(link, type, first, count);
      if (request.api === 'produce') this.logs.readNew(broker);
      if (before !== null) this.groups.after(broker, request, before);
    };
  }

  private onRecord(link: number, msg: number): void {
    const client = this.clientOf(link);
    if (client?.role === 'producer') this.producers.onRecord(client.producer, link, msg);
  }

  private onSaid(link: number, type: number, content: Request | Response | undefined): void {
    if (content === undefined || !('api' in content)) return;
    const client = this.clientOf(link);
    if (client === undefined) return;
    if (type === REQUEST && client.role === 'producer') this.producers.onRequest(client.producer, link, content as Request);
    if (type === RESPONSE && client.role === 'consumer') {
      const broker = this.brokerAt(this.simulation.world.links.from[link] as number);
      if (broker !== undefined) this.logs.onResponse(broker, content as Response);
    }
  }

  private brokerAt(ix: number): WatchedBroker | undefined {
    return this.brokers.find((one) => one.ix === ix) ?? (this.isNewBroker(ix) ? this.refreshed(ix) : undefined);
  }
  private isNewBroker(ix: number): boolean {
    return this.simulation.world.actors[ix] instanceof KafkaBroker;
  }
  private refreshed(ix: number): WatchedBroker | undefined {
    this.refresh();
    return this.brokers.find((one) => one.ix === ix);
  }

  private clientOf(link: number): ClientView | undefined {
    const known = this.byLink.get(link);
    if (known !== undefined) return known;
    this.refresh();
    return this.byLink.get(link);
  }

  // ---------------------------------------------------------------- who is there

  private refresh(): void {
    const { assembly, world } = this.simulation;
    const clients: ClientView[] = [];
    const brokers: WatchedBroker[] = [];
    for (const { ix } of assembly.actors) {
      const actor = world.actors[ix];
      if (actor instanceof KafkaBroker) brokers.push({ ix, broker: actor });
      for (const one of (actor as unknown as WithParts)?.statefulParts?.() ?? []) {
        const client = one === null ? undefined : this.viewOf(one, ix);
        if (client !== undefined) clients.push(client);
      }
    }
    this.clients = clients;
    this.brokers = brokers;
  }

  private viewOf(one: { readonly state: object }, hostIx: number): ClientView | undefined {
    const known = this.known.get(one);
    if (known !== undefined) return known;
    const client = clientOf(one, hostIx);
    if (client === undefined) return undefined;
    this.known.set(one, client);
    const { network } = client.role === 'producer' ? client.producer : client.consumer;
    for (const door of network.doors) {
      this.byLink.set(door.out, client);
      this.byLink.set(door.in, client);
    }
    if (client.role === 'consumer') this.groups.onClient(client.consumer);
    return client;
  }

  /** Looks into everybody, between two instants: at every tick. */
  look(): void {
    const { assembly, world } = this.simulation;
    const count = assembly.actors.length + assembly.wires.length;
    if (assembly !== this.seen || count !== this.seenCount) this.refresh();
    this.seen = assembly;
    this.seenCount = count;
    for (const { ix } of assembly.actors) {
      const isUp = world.condition(ix as Parameters<typeof world.condition>[0]) === UP;
      if (!isUp) this.since.delete(ix);
      else if (!this.since.has(ix)) this.since.set(ix, this.nowNs);
    }
    this.logs.look();
    this.producers.look();
    this.groups.look();
  }

  /** Walks through all logs: now and then. */
  lookThrough(): void {
    this.logs.lookThrough();
  }

  /** The run is over. */
  finish(): void {
    this.lookThrough();
    this.producers.finish();
  }
}

function clientOf(one: { readonly state: object }, hostIx: number): ClientView | undefined {
  if ('members' in one.state && 'arriving' in one.state)
    return { role: 'consumer', hostIx, consumer: one as unknown as ConsumerCore };
  if ('sticky' in one.state && 'inFlight' in one.state)
    return { role: 'producer', hostIx, producer: one as unknown as ProducerView };
  return undefined;
}
