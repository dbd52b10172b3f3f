// What stands in a class of the ledger at this moment, message by message: whose it is, how often it was tried, since when and
// where. Of what has ended only counts by place and reason are kept, and the latest examples that the trace still knows. Asked
// by the engine's host; reads only, and every answer is bounded.

import type { LetterClass, LetterRow, Letters } from '../protocol/messages.ts';
import * as book from '../world/books.ts';
import { POISON } from '../world/messages.ts';
import { CARRIES, carriesOf } from '../world/packet-types.ts';
import { actorPlace, isLinkPlace, ixOfPlace, linkPlace, REASONS } from '../world/reasons.ts';
import { type JourneyStop, type TraceEntry, traceKey } from '../world/trace.ts';
import type { World } from '../world/world.ts';
import { nameOfPlace } from './journeys.ts';

/** Letters of one answer, and the last one of a class that can be asked for: whoever needs more has a queue to look at. */
export const LETTERS_PER_PAGE = 50;
export const LETTERS_LISTED_MAX = 1000;
/** Places and reasons of one answer, the largest counts first. */
const COUNTS_MAX = 100;

export interface LettersWanted {
  readonly of: LetterClass;
  /** One book only, where the strip shows the two apart. */
  readonly book?: 'publish' | 'delivery';
  /** Only what this node holds. */
  readonly node?: string;
  /** How many to pass over. */
  readonly from?: number;
}

/** Stop of the journey with which a message comes into a class that is not listed one by one. */
const ENDS: { readonly [of in LetterClass]?: JourneyStop } = {
  accepted: 'accepted',
  done: 'processed',
  expired: 'expired',
  lost: 'lost',
  dropped: 'dropped',
  skipped: 'skipped',
  refused: 'refused',
  unroutable: 'unroutable',
};

/** Classes of the two books behind a class of the ledger, for what has ended. */
const PUBLISH_CLASS: { readonly [of in LetterClass]?: number } = {
  accepted: book.PUB_ACCEPTED,
  refused: book.PUB_REFUSED,
  unroutable: book.PUB_UNROUTABLE,
  lost: book.PUB_LOST,
};
const DELIVERY_CLASS: { readonly [of in LetterClass]?: number } = {
  done: book.PROCESSED,
  expired: book.EXPIRED,
  dropped: book.DROPPED,
  lost: book.LOST,
  skipped: book.SKIPPED,
};

export function lettersOf(world: World, wanted: LettersWanted): Letters {
  const end = ENDS[wanted.of];
  return end === undefined ? openLetters(world, wanted) : endedLetters(world, wanted, end);
}

// ------------------------------------------------------------------ what is still open

/** A letter found in the tables: a packet with a message in it, or an obligation. */
interface Found {
  readonly sentNs: number;
  readonly number: number;
  readonly obl: number;
  readonly packet: number;
}

function openLetters(world: World, wanted: LettersWanted): Letters {
  const from = pageStart(wanted.from ?? 0);
  const oldest = new OldestFirst(from + LETTERS_PER_PAGE);
  let total = 0;
  if (wanted.book !== 'publish') total += collectObligations(world, wanted, oldest);
  if (wanted.of === 'wire' && wanted.book !== 'delivery' && wanted.node === undefined) {
    collectPackets(world, oldest);
    total += world.books.publish[book.PUB_ON_WIRE] as number;
  }
  const page = oldest.found.slice(from);
  return { rows: rowsOf(world, page), listed: total < LETTERS_LISTED_MAX ? total : LETTERS_LISTED_MAX, total, counts: [] };
}

/** A whole number from 0 to the last page. */
function pageStart(from: number): number {
  const most = LETTERS_LISTED_MAX - LETTERS_PER_PAGE;
  return from > 0 ? (from < most ? from | 0 : most) : 0;
}

function collectObligations(world: World, { of, node }: LettersWanted, oldest: OldestFirst): number {
  const { obligations, messages, nodeIds } = world;
  const { cls, attempts, holder, msg, high } = obligations;
  let total = 0;
  // A free slot still reads as the closed class in which its last user ended.
  for (let obl = 1; obl < high; obl++) {
    if (classOf(cls[obl] as number, attempts[obl] as number) !== of) continue;
    if (node !== undefined && nodeIds[holder[obl] as number] !== node) continue;
    total++;
    const sentNs = messages.createdNs[msg[obl] as number] as number;
    const number = messages.number[msg[obl] as number] as number;
    if (oldest.hasRoomFor(sentNs, number)) oldest.add({ sentNs, number, obl, packet: 0 });
  }
  return total;
}

function classOf(cls: number, attempts: number): LetterClass | null {
  switch (cls) {
    case book.WAITING:
      return 'waiting';
    case book.DELAYED:
      // What waits for its time before the first attempt has not failed.
      return attempts > 0 ? 'retry' : 'waiting';
    case book.ON_WIRE:
      return 'wire';
    case book.IN_FLIGHT:
      return 'work';
    case book.DEAD_LETTERED:
      return 'dead';
    default:
      return null;
  }
}

/** Messages on their way to a channel. What is handed over within this very instant is in no table yet. */
function collectPackets({ packets, messages }: World, oldest: OldestFirst): void {
  for (let packet = 1; packet < packets.high; packet++) {
    if (packets.link[packet] === 0 || packets.isDoomed[packet] === 1) continue;
    if (carriesOf[packets.type[packet] as number] !== CARRIES.MESSAGE) continue;
    const msg = packets.first[packet] as number;
    const sentNs = messages.createdNs[msg] as number;
    const number = messages.number[msg] as number;
    if (oldest.hasRoomFor(sentNs, number)) oldest.add({ sentNs, number, obl: 0, packet });
  }
}

/** The first few by the time at which they were sent, then by number; what is equal in both stays as it came. */
class OldestFirst {
  readonly found: Found[] = [];
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  hasRoomFor(sentNs: number, number: number): boolean {
    return this.found.length < this.most || this.isBefore(sentNs, number, this.found.at(-1) as Found);
  }

  private isBefore(sentNs: number, number: number, other: Found): boolean {
    return sentNs < other.sentNs || (sentNs === other.sentNs && number < other.number);
  }

  add(one: Found): void {
    let low = 0;
    let high = this.found.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isBefore(one.sentNs, one.number, this.found[middle] as Found)) high = middle;
      else low = middle + 1;
    }
    this.found.splice(low, 0, one);
    if (this.found.length > this.most) this.found.pop();
  }
}

// ------------------------------------------------------------------ rows

function rowsOf(world: World, page: readonly Found[]): readonly LetterRow[] {
  const { messages, obligations, packets, trace } = world;
  const packetOf = packetsOf(world, new Set(page.map(({ obl }) => obl)));
  const messageOf = ({ obl, packet }: Found): number => (obl > 0 ? obligations.msg[obl] : packets.first[packet]) as number;
  const keys = new Set(
    page.map((found) => traceKey(messages.sender[messageOf(found)] as number, messages.number[messageOf(found)] as number)),
  );
  const stops = trace.entriesOf(keys);
  return page.map((found): LetterRow => {
    const msg = messageOf(found);
    const sender = messages.sender[msg] as number;
    const number = messages.number[msg] as number;
    const packet = found.packet > 0 ? found.packet : (packetOf.get(found.obl) ?? 0);
    const place = placeOf(world, found.obl, packet, stops.get(traceKey(sender, number)) ?? []);
    const key = messages.key[msg] as number;
    return {
      sender: world.nodeIds[sender] as string,
      number,
      key: key < 0 ? null : key,
      sizeBytes: messages.sizeBytes[msg] as number,
      isPoison: ((messages.flags[msg] as number) & POISON) !== 0,
      attempts: found.obl > 0 ? (obligations.attempts[found.obl] as number) : 0,
      sentNs: found.sentNs,
      sinceNs: place.sinceNs,
      where: nameOfPlace(world, place.place),
      reason: found.obl > 0 ? (REASONS[obligations.reason[found.obl] as number] ?? 'none') : 'none',
    };
  });
}

/** Packets that carry one of these obligations as a cause of its work. */
function packetsOf({ packets }: World, obls: ReadonlySet<number>): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (let packet = 1; packet < packets.high; packet++) {
    if (packets.link[packet] === 0 || packets.isDoomed[packet] === 1) continue;
    const carries = carriesOf[packets.type[packet] as number];
    const obl = packets.first[packet] as number;
    if ((carries === CARRIES.CAUSE || carries === CARRIES.OWED) && obls.has(obl)) found.set(obl, packet);
  }
  return found;
}

/** Where a letter is and since when; `sinceNs` is null when nothing kept says so. */
function placeOf(
  world: World,
  obl: number,
  packet: number,
  stops: readonly TraceEntry[],
): { readonly place: number; readonly sinceNs: number | null } {
  const { links, obligations, packets } = world;
  const holder = obl > 0 ? (obligations.holder[obl] as number) : 0;
  const isTravelling = packet > 0 && (obl === 0 || holder === 0 || obligations.cls[obl] !== book.IN_FLIGHT);
  if (isTravelling) return { place: linkPlace(packets.link[packet] as number), sinceNs: packets.sentNs[packet] as number };
  // A message may be owed to several: only what was noted where it is held, or where that hands out to, is about this one.
  const isReader = (place: number): boolean => {
    for (let link = 1; link < links.high; link++) {
      if (links.from[link] === holder && links.to[link] === ixOfPlace(place)) return true;
    }
    return false;
  };
  for (let at = stops.length - 1; at >= 0; at--) {
    const { place, atNs, stop } = stops[at] as TraceEntry;
    if (isLinkPlace(place)) continue;
    if (place === actorPlace(holder)) return { place, sinceNs: atNs };
    const isAtWork = holder === 0 || (obligations.cls[obl] === book.IN_FLIGHT && isReader(place));
    if (stop === 'begun' && isAtWork) return { place, sinceNs: atNs };
  }
  return { place: actorPlace(holder), sinceNs: null };
}

// ------------------------------------------------------------------ what has ended

function endedLetters(world: World, wanted: LettersWanted, end: JourneyStop): Letters {
  const publish = wanted.book === 'delivery' ? undefined : PUBLISH_CLASS[wanted.of];
  const delivery = wanted.book === 'publish' ? undefined : DELIVERY_CLASS[wanted.of];
  let total = 0;
  if (publish !== undefined) total += world.books.publish[publish] as number;
  if (delivery !== undefined) total += world.books.delivery[delivery] as number;
  return { ...latestOf(world, end, pageStart(wanted.from ?? 0)), total, counts: countsOf(world, publish, delivery) };
}

/** Why and where; of what ended well only where. Largest counts first. */
function countsOf(world: World, publish: number | undefined, delivery: number | undefined): Letters['counts'] {
  const { books, nodeIds } = world;
  const counts = new Map<string, Letters['counts'][number]>();
  const add = (where: string, reason: (typeof REASONS)[number], count: number): void => {
    const name = `${where} ${reason}`;
    counts.set(name, { where, reason, count: count + (counts.get(name)?.count ?? 0) });
  };
  for (const { book: of, cls, place, reason, count } of books.reasonCounts()) {
    if (cls === (of === 'publish' ? publish : delivery)) add(nameOfPlace(world, place), REASONS[reason] ?? 'none', count);
  }
  if (counts.size === 0 && publish !== undefined) {
    for (let actor = 1; actor < nodeIds.length; actor++) {
      const count = books.byActor[actor * book.PUB_CLASSES + publish] ?? 0;
      if (count > 0) add(nodeIds[actor] as string, 'none', count);
    }
  }
  if (counts.size === 0 && delivery !== undefined) {
    for (let sub = 1; sub < books.subs.high; sub++) {
      const count = books.bySub[sub * book.DLV_CLASSES + delivery] as number;
      if (count > 0) add(nodeIds[books.subs.owner[sub] as number] as string, 'none', count);
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.where < b.where ? -1 : 1)).slice(0, COUNTS_MAX);
}

/** A page of the examples that the trace still knows, newest first, and how many of them can be listed. */
function latestOf(world: World, end: JourneyStop, from: number): Pick<Letters, 'rows' | 'listed'> {
  const known = world.trace.latest(end, LETTERS_LISTED_MAX);
  const rows = known.slice(from, from + LETTERS_PER_PAGE).map(
    ({ atNs, sender, number, place, attempt, reason }): LetterRow => ({
      sender: world.nodeIds[sender] as string,
      number,
      key: null,
      sizeBytes: 0,
      isPoison: false,
      attempts: attempt,
      sentNs: null,
      sinceNs: atNs,
      where: nameOfPlace(world, place),
      reason: REASONS[reason] ?? 'none',
    }),
  );
  return { rows, listed: known.length };
}
