// Why something was lost, dropped, refused or given up on: small numbers in the engine, words outside.

export const REASONS = [
  'none',
  /** The place that held it crashed. */
  'crash',
  /** The network lost it. */
  'loss',
  /** The wire was cut. */
  'cut',
  /** The node or wire was taken out of the drawing. */
  'removed',
  /** There was no room. */
  'full',
  /** It made room for newer ones. */
  'overflow',
  /** Handed out as often as allowed. */
  'max-attempts',
  /** A reader gave up on it. */
  'rejected',
  /** The receiver was not running. */
  'down',
  /** Forgotten at delivery or acknowledged before the work, and then not done. */
  'forgotten',
  /** Its reader was sent away with no place to put it. */
  'no-room',
  /** Whoever asked for it had given up. */
  'late',
  /** Another one like it had come before. */
  'duplicate',
  /** Nobody there had asked for it. */
  'unknown',
  /** It waited longer than it may. */
  'too-old',
  /** Its reader took it for done already. */
  'recognised',
  /** Its client was not to send, and did not wait. */
  'blocked',
] as const;
export type Reason = (typeof REASONS)[number];

const numbers = new Map<string, number>(REASONS.map((reason, ix) => [reason, ix]));
const reasonNumber = (reason: Reason): number => numbers.get(reason) as number;

export const CRASH = reasonNumber('crash');
export const LOSS = reasonNumber('loss');
export const CUT = reasonNumber('cut');
export const REMOVED = reasonNumber('removed');
export const FULL = reasonNumber('full');
export const OVERFLOW = reasonNumber('overflow');
export const MAX_ATTEMPTS = reasonNumber('max-attempts');
export const REJECTED = reasonNumber('rejected');
export const DOWN = reasonNumber('down');
export const FORGOTTEN = reasonNumber('forgotten');
export const NO_ROOM = reasonNumber('no-room');
export const RECOGNISED = reasonNumber('recognised');
export const BLOCKED = reasonNumber('blocked');
export const LATE = reasonNumber('late');
export const DUPLICATE = reasonNumber('duplicate');
export const UNKNOWN = reasonNumber('unknown');
export const TOO_OLD = reasonNumber('too-old');

/** A place in the engine as one number: an actor or a link. */
export const actorPlace = (actor: number): number => actor * 2;
export const linkPlace = (link: number): number => link * 2 + 1;
export const isLinkPlace = (place: number): boolean => (place & 1) === 1;
export const ixOfPlace = (place: number): number => place >>> 1;
