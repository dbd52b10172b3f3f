// What an actor writes for whoever watches a run beside its gauges: how its calls on a wire stand, and its lanes. Numbers of a frame,
// whose layout is the protocol's.

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
