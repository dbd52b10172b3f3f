// What a service publishes as the result of its work: on every outgoing wire, or on one drawn by share. Places whose result a channel
// does not take now are noted until it does.

import type { StreamIx } from '../../kernel/ids.ts';
import type { Stateful } from '../../world/actor.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { MessageTraits, Outlets } from '../publishing.ts';
import { type Place, triesOf } from './places.ts';

interface ResultsState {
  /** Numbers of the places whose `publish` step waits until a channel takes messages again. */
  blocked: number[];
  published: number;
}

export class Results implements Stateful {
  state: ResultsState = { blocked: [], published: 0 };
  private readonly world: World;
  private readonly outlets: Outlets;
  /** As journeys have it: where the work was done. */
  private readonly at: number;
  private readonly routingStream: StreamIx;
  private readonly traits: MessageTraits = { key: -1, sizeBytes: 0, type: 0, flags: 0, causeSender: 0, causeNumber: 0 };
  private routesByShare = false;

  constructor(world: World, nodeId: string, at: number, outlets: Outlets, params: Params) {
    this.world = world;
    this.at = at;
    this.outlets = outlets;
    this.routingStream = world.stream(nodeId, 'routing');
    this.onParams(params);
  }

  onParams(params: Params): void {
    this.routesByShare = params.routing === 'one-by-share';
  }

  /** Everything is let go, or one place is. */
  forgetAll(): void {
    this.state.blocked = [];
  }
  forget(place: Place): void {
    this.state.blocked = this.state.blocked.filter((blocked) => blocked !== place.ix);
  }

  /** Places that may try again now, in the order in which they were blocked. */
  takeBlocked(): readonly number[] {
    const { blocked } = this.state;
    if (blocked.length > 0) this.state.blocked = [];
    return blocked;
  }

  /** False if it is blocked: the place waits at this step. `announces`: whether it is of something that the program has written before. */
  publish(place: Place, announces: boolean): boolean {
    const { outlets, state, traits, world } = this;
    if (outlets.count === 0) {
      // Nobody wants to hear of it.
      if (announces) world.obligations.announce(place.obl);
      return true;
    }
    if (this.routesByShare && place.outlet < 0) place.outlet = outlets.drawByShare(world.streams.uniform(this.routingStream));
    if (place.outlet >= 0 ? !outlets.isOpen(place.outlet) : !outlets.areOpen) {
      state.blocked.push(place.ix);
      return false;
    }
    const { messages } = world;
    const cause = world.obligations.msg[place.obl] as number;
    traits.key = messages.key[cause] as number;
    traits.sizeBytes = messages.sizeBytes[cause] as number;
    traits.type = messages.type[cause] as number;
    traits.priority = messages.priority[cause] as number;
    traits.flags = 0;
    traits.causeSender = messages.sender[cause] as number;
    traits.causeNumber = messages.number[cause] as number;
    state.published++;
    if (announces) world.obligations.announce(place.obl);
    world.tell(cause, 'published', this.at, triesOf(place));
    if (place.outlet >= 0) outlets.publishTo(place.outlet, state.published, traits);
    else outlets.publish(state.published, traits);
    place.outlet = -1;
    return true;
  }
}
