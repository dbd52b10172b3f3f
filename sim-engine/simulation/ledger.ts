// The two books as people read them: classes by name, and why and where things ended. Called by the command line, by tests and
// by whoever prints the books; reads only. What the classes mean stands in `world/books.ts`.

import { DELIVERY_CLASSES, type DeliveryClass, PUBLISH_CLASSES, type PublishClass } from '../protocol/frame.ts';
import { REASONS, type Reason } from '../world/reasons.ts';
import type { World } from '../world/world.ts';
import { nameOfPlace } from './journeys.ts';

/** Every message sent stands in exactly one class: `sent` is the sum of the others. */
export type PublishLedger = { readonly [part in 'sent' | PublishClass]: number };
/** Every obligation stands in exactly one class: `owed` is the sum of the others. */
export type DeliveryLedger = { readonly [part in 'owed' | DeliveryClass]: number };

/** How many ended in a class at a place for a reason. */
export interface LedgerReason {
  readonly book: 'publish' | 'delivery';
  readonly class: PublishClass | DeliveryClass;
  /** Document id of the node or wire. */
  readonly where: string;
  readonly reason: Reason;
  readonly count: number;
}

export interface Ledger {
  readonly publish: PublishLedger;
  readonly delivery: DeliveryLedger;
  /** In order of place, reason and class as the run numbers them; the same for the same run. */
  readonly reasons: readonly LedgerReason[];
  /** Work on what was done already. */
  readonly repeats: number;
  /** Whether both equations hold and no class is negative. Anything else is a mistake of the engine. */
  readonly balances: boolean;
}

export function ledgerOf(world: World): Ledger {
  const { books } = world;
  return {
    publish: { sent: books.opened[0] as number, ...byName(PUBLISH_CLASSES, books.publish) },
    delivery: { owed: books.opened[1] as number, ...byName(DELIVERY_CLASSES, books.delivery) },
    reasons: books.reasonCounts().map(({ book, cls, place, reason, count }) => ({
      book,
      class: (book === 'publish' ? PUBLISH_CLASSES[cls] : DELIVERY_CLASSES[cls]) as PublishClass | DeliveryClass,
      where: nameOfPlace(world, place),
      reason: REASONS[reason] as Reason,
      count,
    })),
    repeats: books.totals[2] as number,
    balances: books.imbalance() === null,
  };
}

function byName<Name extends string>(names: readonly Name[], counts: Float64Array): { readonly [name in Name]: number } {
  return Object.fromEntries(names.map((name, cls) => [name, counts[cls] as number])) as { [name in Name]: number };
}
