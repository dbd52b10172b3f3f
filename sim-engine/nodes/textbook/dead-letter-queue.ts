// The textbook dead-letter queue at work: keeps what a queue gave up on, oldest first, with the reason, and sends it back on
// command to the queue it came from. The obligation stays the same one: it rests here and is opened again by a redrive.

import type { LinkIx } from '../../kernel/ids.ts';
import { type CompiledCommand, StatefulActor } from '../../world/actor.ts';
import { DEAD_LETTERED, LOST, ON_WIRE } from '../../world/books.ts';
import { agoNs, type Inside, InsideRows, listShape, nameOfMessage } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, REASONS, REMOVED } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { ActorSelf, Connection, NodeBehaviour } from '../node-kind.ts';

const REDRIVE_NOW = 0;
const REDRIVE_ONE = 1;
const COUNT_MAX = 0x7fffffff;

const RESTING = listShape('dead-letter-queue.resting', {
  letter: 'message',
  reason: 'word',
  tried: 'count',
  from: 'node',
  age: 'duration',
});

class DeadLetterQueue extends StatefulActor {
  override state = { head: 0, tail: 0, count: 0, arrived: 0, redriven: 0 };
  private readonly world: World;
  private readonly out: (LinkIx | null)[] = [];

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
  }

  override attach(slot: number, connection: Connection): void {
    this.out[slot] = connection.out;
  }

  override onDisconnected(slot: number): void {
    this.out[slot] = null;
  }

  override onParams(): void {}

  override onPacket(link: LinkIx, type: number, first: number, _count: number): void {
    if (type !== packet.DEAD_LETTER) return;
    const { obligations } = this.world;
    obligations.moveTo(first, DEAD_LETTERED);
    obligations.holder[first] = this.ix;
    obligations.reason[first] = this.world.tag;
    // Which queue it came from, so that a redrive finds the way back.
    obligations.lease[first] = this.world.links.from[link] as number;
    this.state.arrived++;
    this.keep(first);
    this.world.tellOf(first, 'dead-lettered', actorPlace(this.ix), obligations.attempts[first] as number, this.world.tag);
  }

  override onCommand(command: CompiledCommand): void {
    const { now, at } = this.world;
    // As a timer of this instant: a node that stands still carries it out when it goes on.
    at[0] = now[0] as number;
    if (command.type === 'redrive-one') this.world.arm(this.ix, REDRIVE_ONE, command.obligation);
    if (command.type !== 'redrive') return;
    this.world.arm(this.ix, REDRIVE_NOW, command.count < COUNT_MAX ? command.count : COUNT_MAX);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === REDRIVE_ONE) this.redriveOne(arg);
    else this.redriveOldest(arg);
  }

  private redriveOldest(count: number): void {
    let left = count;
    for (let turns = this.state.count; turns > 0 && left > 0; turns--) {
      const obl = this.take();
      if (this.sendBack(obl)) left--;
      // The queue it came from is gone: it stays.
      else this.keep(obl);
    }
  }

  /** Goes once round: the others stay in their order. One that was sent back meanwhile is not there any more. */
  private redriveOne(wanted: number): void {
    for (let turns = this.state.count; turns > 0; turns--) {
      const obl = this.take();
      if (obl !== wanted || !this.sendBack(obl)) this.keep(obl);
    }
  }

  /** False if there is no way back for it. */
  private sendBack(obl: number): boolean {
    const { obligations } = this.world;
    const out = this.wayTo(obligations.lease[obl] as number);
    if (out === null) return false;
    this.state.redriven++;
    obligations.holder[obl] = 0;
    obligations.lease[obl] = 0;
    obligations.reason[obl] = 0;
    obligations.moveTo(obl, ON_WIRE);
    this.world.send(out, packet.REDRIVE, obl, 1, 0);
    return true;
  }

  /** The link to a queue, also to one that was taken out of the drawing and put back: it is the same by its name. */
  private wayTo(queue: number): LinkIx | null {
    const { links, nodeIds } = this.world;
    for (const out of this.out) if (out && nodeIds[links.to[out] as number] === nodeIds[queue]) return out;
    return null;
  }

  override onRemoved(): void {
    const { obligations } = this.world;
    while (this.state.count > 0) {
      const obl = this.take();
      obligations.holder[obl] = 0;
      obligations.lease[obl] = 0;
      obligations.reason[obl] = 0;
      obligations.endCause(obl, LOST, actorPlace(this.ix), REMOVED);
    }
  }

  private keep(obl: number): void {
    const { state } = this;
    const { next } = this.world.obligations;
    next[obl] = 0;
    if (state.tail === 0) state.head = obl;
    else next[state.tail] = obl;
    state.tail = obl;
    state.count++;
  }

  private take(): number {
    const { state } = this;
    const obl = state.head;
    state.head = this.world.obligations.next[obl] as number;
    if (state.head === 0) state.tail = 0;
    state.count--;
    return obl;
  }

  /** Oldest first: in the order of a redrive. */
  inside(): Inside {
    const { state, world } = this;
    const { messages, nodeIds, obligations } = world;
    const rows = new InsideRows(RESTING);
    for (let obl = state.head; obl !== 0 && !rows.isFull; obl = obligations.next[obl] as number) {
      const msg = obligations.msg[obl] as number;
      rows.add({
        letter: nameOfMessage(world, msg),
        reason: `reason.${REASONS[obligations.reason[obl] as number] ?? 'none'}`,
        tried: obligations.attempts[obl] as number,
        from: nodeIds[obligations.lease[obl] as number] as string,
        age: agoNs(world, messages.createdNs[msg] as number),
      });
    }
    return [rows.table(state.count)];
  }

  override sample(out: Float64Array, at: number): void {
    out[at] = this.state.count;
    out[at + 1] = this.state.arrived;
    out[at + 2] = this.state.redriven;
  }
}

export const DEAD_LETTER_QUEUE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new DeadLetterQueue(world, actor));
  },
};
