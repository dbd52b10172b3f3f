// What a document may be at most, and how many problems an answer holds. The guards (`read-json.ts`, `guard-value.ts`) and
// the parser ask here before they look at any meaning, so that no file can make the page slow. Plain numbers, no code.

/** Bytes of the whole text in UTF-8: 5 MB, where 1 MB is a million bytes. */
export const BYTES_MAX = 5_000_000;
/** Containers inside one another, counting the document itself. */
export const DEPTH_MAX = 32;
export const NODES_MAX = 5_000;
export const WIRES_MAX = 20_000;
/** Controls on one card. */
export const KNOBS_MAX = 12;
export const COMMANDS_MAX = 10_000;
export const EXPECTATIONS_MAX = 1_000;
/** Characters of one text or one key. */
export const TEXT_MAX = 2_000;
/** Keys of one object. An old document keeps its nodes in one object, so this is not less than `NODES_MAX`. */
export const KEYS_MAX = 5_000;
/** Values in the whole document. 5 MB of members with keys hold about as many; 5,000 nodes and 20,000 wires need less. */
export const VALUES_MAX = 250_000;
/** Problems in one answer; the last of them then says that there are more. */
export const PROBLEMS_MAX = 50;
/** Far outside any drawing, near enough that a canvas can still show it. */
export const POSITION_MAX = 1_000_000;
export const SIZE_MAX = 100_000;
export const NAME_MAX = 200;
/** A seed starts streams of 32-bit words; a larger one would be cut silently. */
export const SEED_MAX = 4_294_967_295;
/** The longest time the clock of a run can show, in whole days: 104 d, just below 2^53 ns. */
export const RUN_NS_MAX = 104 * 86_400_000_000_000;
export const SPEED_MIN = 0.001;
export const SPEED_MAX = 1_000_000;
export const ID_PATTERN = '^[a-z0-9-]{1,40}$';

/**
 * Names that mean something to JavaScript itself. As a key of the document each is refused with a sentence; as an id
 * (`constructor` fits the pattern) they are names like any other, because ids live in maps.
 */
export const RESERVED_KEYS: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
