// Branded indexes. What you index with is branded, so that two kinds of index never mix; what you calculate with is a
// plain number with its unit in the name.

declare const brand: unique symbol;
type Brand<Name extends string> = number & { readonly [brand]: Name };

/** Dense index of an actor: what a node of the drawing compiles to. Never reused within a run. */
export type ActorIx = Brand<'actor'>;
/** Dense index of a link, one direction of a wire. Never reused within a run. */
export type LinkIx = Brand<'link'>;
/** Slot of a message column; the identity of a message is (sender, number), the slot is recycled. */
export type MsgIx = Brand<'message'>;
/** Slot of an obligation column: one message owed to one subscription. */
export type OblIx = Brand<'obligation'>;
/** Dense index of a subscription: whoever is owed messages. */
export type SubIx = Brand<'subscription'>;
/** Slot of an event in the event list. 0 = none. */
export type EventIx = Brand<'event'>;
/** Dense index of a random stream. */
export type StreamIx = Brand<'stream'>;
