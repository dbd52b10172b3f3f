// What packets carry, as the books see it: how it ends if a packet ends on its way, what the second of two doubled packets
// carries, how much it weighs. It knows no broker: the type of a packet says what its cargo is.

import type { ActorIx, MsgIx } from '../kernel/ids.ts';
import { type Books, ON_WIRE, PUB_LOST } from './books.ts';
import type { LinkTable } from './links.ts';
import type { Losses } from './losses.ts';
import type { MessageTable } from './messages.ts';
import type { Obligations } from './obligations.ts';
import type { Oracle } from './oracle.ts';
import { CARRIES, carriesOf } from './packet-types.ts';
import type { Payloads } from './payloads.ts';
import type { Trace } from './trace.ts';

export class Cargo {
  private readonly now: Float64Array;
  private readonly links: LinkTable;
  private readonly messages: MessageTable;
  private readonly obligations: Obligations;
  private readonly books: Books;
  private readonly oracle: Oracle;
  private readonly trace: Trace;
  private readonly losses: Losses;
  private readonly payloads: Payloads;

  constructor(
    now: Float64Array,
    links: LinkTable,
    messages: MessageTable,
    obligations: Obligations,
    books: Books,
    oracle: Oracle,
    trace: Trace,
    losses: Losses,
    payloads: Payloads,
  ) {
    this.now = now;
    this.links = links;
    this.messages = messages;
    this.obligations = obligations;
    this.books = books;
    this.oracle = oracle;
    this.trace = trace;
    this.losses = losses;
    this.payloads = payloads;
  }

  /** Lets go of what a packet carries, because it ended at `place` for `reason`, so far along its link: 0 to 1, or somewhere. */
  lose(link: number, type: number, first: number, place: number, reason: number, share: number): void {
    const carries = carriesOf[type];
    if (carries !== CARRIES.NOTHING && carries !== CARRIES.PAYLOAD) {
      const msg = carries === CARRIES.MESSAGE ? first : (this.obligations.msg[first] as number);
      const { number, sender } = this.messages;
      this.losses.write(this.now, link, share, sender[msg] as number, number[msg] as number);
    }
    switch (carries) {
      case CARRIES.MESSAGE:
        this.losePublish(this.links.to[link] as ActorIx, first as MsgIx, place, reason);
        return;
      case CARRIES.CAUSE:
      case CARRIES.OWED:
        this.obligations.dropCause(first, place, reason);
        return;
      case CARRIES.MENTION:
        this.obligations.dropMention(first);
        return;
      case CARRIES.PAYLOAD:
        this.payloads.take(first);
        return;
    }
  }

  /** A message on its way to the channel `actor` is gone: its entry of the publish book closes. */
  losePublish(actor: ActorIx, msg: MsgIx, place: number, reason: number): void {
    const { messages } = this;
    this.books.closePublish(actor, PUB_LOST);
    this.books.countReason(false, PUB_LOST, place, reason);
    this.oracle.missedPublish(actor, messages.sender[msg] as number, messages.number[msg] as number);
    this.trace.tell(this.now, messages, msg, 'lost', place, 0, reason);
    messages.release(msg);
  }

  /** What the second of two doubled packets carries. */
  copy(link: number, type: number, first: number): number {
    const obligations = this.obligations;
    switch (carriesOf[type]) {
      case CARRIES.MESSAGE:
        this.messages.refs[first] = (this.messages.refs[first] as number) + 1;
        this.books.openPublish(this.links.to[link] as number);
        return first;
      case CARRIES.CAUSE:
        obligations.addCause(first);
        return first;
      case CARRIES.MENTION:
        obligations.addMention(first);
        return first;
      case CARRIES.OWED:
        return obligations.open(obligations.msg[first] as number, obligations.sub[first] as number, ON_WIRE);
      case CARRIES.PAYLOAD:
        return this.payloads.copy(first);
      default:
        return first;
    }
  }

  /** Bytes that the line needs time for: the message itself; answers and receipts weigh nothing. */
  bytes(type: number, first: number): number {
    switch (carriesOf[type]) {
      case CARRIES.MESSAGE:
        return this.messages.sizeBytes[first] as number;
      case CARRIES.CAUSE:
      case CARRIES.OWED:
        return this.messages.sizeBytes[this.obligations.msg[first] as number] as number;
      default:
        return 0;
    }
  }
}
