// A requester whose replies are put into its queue by hand, one by one, at any time and to any number: for recorded facts and laws that
// are about replies alone. They come by the same packets as those of a server; nothing on the way takes time.

import type { ActorIx, LinkIx, MsgIx } from '../kernel/ids.ts';
import { REQUESTER } from '../nodes/services/requester.declaration.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { PUBLISH } from '../world/packet-types.ts';
import { INSTANT, node, type ParamsDocument, simulationOf, wire } from './drawing.ts';
import { type Heal, prototypeOfKind, replaceMethod } from './mutants/planting.ts';

export interface Completion {
  /** Number of the request, from 1, in the order of asking. */
  readonly number: number;
  readonly result: 'ok' | 'timeout';
  readonly atNs: number;
}

export class RepliesByHand {
  readonly simulation: Simulation;
  readonly completions: Completion[] = [];
  private readonly heals: readonly Heal[];
  private readonly client: ActorIx;
  private readonly clerk: ActorIx;
  private readonly toReplies: LinkIx;
  private sent = 0;

  constructor(client: ParamsDocument) {
    this.simulation = simulationOf({
      nodes: [
        node('client', 'requester', { arrivals: 'times', ...client }),
        node('requests', 'queue'),
        node('clerk', 'sender', { startAt: '1000h' }),
        node('replies', 'queue'),
      ],
      wires: [
        wire('publish', 'client', 'requests', INSTANT),
        wire('publish', 'clerk', 'replies', INSTANT),
        wire('deliver', 'replies', 'client', INSTANT),
      ],
    });
    const { assembly, world } = this.simulation;
    const ixOf = (id: string): ActorIx => assembly.actorsOfNode(id)[0]?.ix as ActorIx;
    this.client = ixOf('client');
    this.clerk = ixOf('clerk');
    const { links } = world;
    let found = 0;
    for (let link = 1; link < links.high; link++) if (links.from[link] === this.clerk) found = link;
    this.toReplies = found as LinkIx;
    const note = (number: number, result: Completion['result']): void => {
      this.completions.push({ number, result, atNs: world.now[0] as number });
    };
    const requester = prototypeOfKind('requester');
    this.heals = [
      replaceMethod(
        requester,
        'giveUp',
        (giveUp) =>
          function (request) {
            note(request.number + 1, 'timeout');
            giveUp.call(this, request);
          },
      ),
      replaceMethod(
        requester,
        'answer',
        (answer) =>
          function (request, obl, attempt) {
            note(request.number + 1, 'ok');
            answer.call(this, request, obl, attempt);
          },
      ),
    ];
  }

  /** No longer listens to requesters: every test ends so. */
  end(): void {
    for (const heal of this.heals) heal();
  }

  to(ns: number): void {
    this.simulation.advanceTo(ns);
  }

  /** A reply to request `number` reaches the client in the instant that the run stands at, after its deadlines. */
  reply(number: number): void {
    const { world } = this.simulation;
    const { messages } = world;
    const msg = messages.slots.alloc() as MsgIx;
    messages.createdNs[msg] = world.now[0] as number;
    messages.sender[msg] = this.clerk;
    messages.number[msg] = ++this.sent;
    messages.key[msg] = -1;
    messages.sizeBytes[msg] = 0;
    messages.type[msg] = 0;
    messages.flags[msg] = 0;
    messages.causeSender[msg] = this.client;
    messages.causeNumber[msg] = number;
    messages.refs[msg] = 1;
    world.books.openPublish(world.links.to[this.toReplies] as number);
    world.send(this.toReplies, PUBLISH, msg, 1, 0);
  }

  gauge(name: string): number {
    const { world } = this.simulation;
    const at = REQUESTER.gauges.findIndex((gauge) => gauge.name === name);
    const cells = new Float64Array(32);
    world.actors[this.client]?.sample(cells, 0);
    return cells[at] as number;
  }
}
