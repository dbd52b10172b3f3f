// What an actor writes for whoever watches a run beside its gauges: how its calls on a wire stand, its lanes, and of a container rows of
// what lies in it. Numbers of a frame, whose layout is the protocol's.

/** How open the guard of a wire is. */
export const BREAKER = { NONE: 0, CLOSED: 1, HALF_OPEN: 2, OPEN: 3 } as const;

/**
 * Numbers per lane of a service that works by key: its node (index into the layout), its number, what is at its place, and how many
 * stand behind that.
 */
export const LANE_STRIDE = 4;
export const LANE = { NODE: 0, NUMBER: 1, HEAD: 2, BEHIND: 3 } as const;
/** Nothing; work; a wait before another attempt, which holds up the lane; a wait for somebody's answer. */
export const LANE_HEAD = { FREE: 0, IN_WORK: 1, TO_RETRY: 2, ASKING: 3 } as const;

/**
 * Numbers per row. What they mean hangs on the row's sort; NODE is the drawn node or part that it is of (index into the layout). Other
 * nodes and wires stand in it by their index as well, -1 for one that is not drawn.
 */
export const ROW_STRIDE = 14;
export const ROW = { NODE: 0, SORT: 1 } as const;
export const ROW_SORT = { TAPE: 1, FOLD: 2, GROUP: 3, MEMBER: 4, BROKER: 5 } as const;
/** Rows of a node at most. */
export const ROWS_MAX = 40;

/**
 * A partition of a log: its number, who leads it (from 1) and whether that one is up, its marks, and for the first two groups that read
 * it which group, the committed offset (-1 = none), and the first offset that nobody was handed or that came back.
 */
export const TAPE = {
  PARTITION: 2,
  LEADER: 3,
  IS_UP: 4,
  LOG_START: 5,
  HIGH_WATERMARK: 6,
  LOG_END: 7,
  READERS: 8,
} as const;
export const TAPE_READERS_MAX = 2;
export const TAPE_READER_STRIDE = 3;
export const TAPE_READER = { GROUP: 0, COMMITTED: 1, REACHED: 2 } as const;

/** A log has a tape for each partition up to so many; of one with more the first ones have tapes, and the others one row together. */
export const TAPES_MAX = 8;
export const TAPES_BEFORE_FOLD = 6;
/** The others, as far as one actor has them: how many, their records, and where a group lags most and by how much. */
export const FOLD = { PARTITIONS: 2, RECORDS: 3, WORST_PARTITION: 4, WORST_LAG: 5 } as const;

/** A consumer group: its state, since when (ns), its generation, its members, for how many of them it waits, how many own nothing. */
export const GROUP = { STATE: 2, SINCE_NS: 3, GENERATION: 4, MEMBERS: 5, AWAITED: 6, IDLE: 7 } as const;
export const GROUP_STATE = { DEAD: 0, EMPTY: 1, PREPARING: 2, COMPLETING: 3, STABLE: 4 } as const;

/**
 * One of its members, the first ones: the wire on which it came and its place there, how it stands, when it was last heard of (ns; NaN
 * while it waits for an answer), how many partitions it owns, and the first of these, each topic (index) times PARTITIONS_STRIDE plus its
 * number.
 */
export const MEMBER = { WIRE: 2, PLACE: 3, STANDING: 4, HEARD_NS: 5, OWNS: 6, OWNED: 7 } as const;
export const MEMBER_STANDING = { STABLE: 0, JOINED: 1, TO_REJOIN: 2, SYNCS: 3, TO_SYNC: 4 } as const;
export const MEMBERS_SHOWN_MAX = 6;
export const PARTITIONS_STRIDE = 65_536;

/** A broker of a cluster: its number from 1, whether it is up, how many partitions it leads, how many groups it looks after. */
export const BROKER = { NUMBER: 2, IS_UP: 3, LEADS: 4, GROUPS: 5 } as const;

/** Where in the layout a node or a wire stands, by its document id; -1 = nowhere. */
export interface LayoutPlaces {
  node(id: string): number;
  wire(id: string): number;
}
