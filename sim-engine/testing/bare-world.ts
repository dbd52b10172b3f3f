// A world without nodes: actors that only note what reaches them, and links between them, for tests of the network and of the loop
// where no kind of node shows it. What is done to it happens at given times, before the events of that instant, as commands do.

import type { ActorIx, LinkIx } from '../kernel/ids.ts';
import { StatefulActor } from '../world/actor.ts';
import { INSTANT_LINK, type LinkTraits } from '../world/network.ts';
import { PLACE } from '../world/packet-types.ts';
import { World } from '../world/world.ts';

/** A packet that came to an actor, or a timer that went off at it. */
export interface Heard {
  readonly ns: number;
  readonly who: number;
  /** The tag of a packet; the argument of a timer. */
  readonly tag: number;
}

class Listener extends StatefulActor {
  override state = {};
  private readonly hear: (tag: number) => void;
  private readonly world: World;

  constructor(ix: ActorIx, world: World, hear: (tag: number) => void) {
    super(ix);
    this.world = world;
    this.hear = hear;
  }

  override onPacket(): void {
    this.hear(this.world.tag);
  }
  override onTimer(_timer: number, arg: number): void {
    this.hear(arg);
  }
  override sample(): void {}
  override attach(): void {}
  override onParams(): void {}
}

export class BareWorld {
  readonly world: World;
  readonly heard: Heard[] = [];
  private readonly acts: { readonly ns: number; readonly act: () => void }[] = [];

  constructor(seed = 1) {
    this.world = new World(seed);
  }

  actor(name: string): ActorIx {
    const { world } = this;
    const ix = world.lives.begin(name);
    world.actors[ix] = new Listener(ix, world, (tag) => this.heard.push({ ns: world.now[0] as number, who: ix, tag }));
    return ix;
  }

  /** `sort` as in `world/links.ts`; traits that are not named are those of a link that costs nothing. */
  link(from: ActorIx, to: ActorIx, sort: number, traits: Partial<LinkTraits>): LinkIx {
    const { world } = this;
    const count = world.links.live;
    const link = world.network.newLink(from, to, 0, sort, true, count, `link-${count}`);
    world.network.setTraits(link, { ...INSTANT_LINK, ...traits });
    return link;
  }

  at(ns: number, act: () => void): this {
    let at = this.acts.length;
    while (at > 0 && (this.acts[at - 1]?.ns as number) > ns) at--;
    this.acts.splice(at, 0, { ns, act });
    return this;
  }

  /** A packet that carries nothing and weighs nothing, named by its tag. */
  send(ns: number, link: LinkIx, tag: number): this {
    return this.at(ns, () => this.world.send(link, PLACE, 0, 1, tag));
  }

  /** A timer for `dueNs`, set at `ns`. */
  arm(ns: number, actor: ActorIx, dueNs: number, arg: number): this {
    return this.at(ns, () => {
      this.world.at[0] = dueNs;
      this.world.arm(actor, 0, arg);
    });
  }

  to(ns: number): this {
    while (this.acts.length > 0 && (this.acts[0]?.ns as number) <= ns) {
      const next = this.acts.shift() as (typeof this.acts)[number];
      this.world.run(next.ns, Number.POSITIVE_INFINITY);
      next.act();
    }
    this.world.run(ns, Number.POSITIVE_INFINITY);
    return this;
  }

  /** Tags in the order in which they were heard. */
  get tags(): readonly number[] {
    return this.heard.map(({ tag }) => tag);
  }
}
