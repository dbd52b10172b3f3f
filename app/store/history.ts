// Undo over whole documents: one step per gesture. A gesture opens with `begin`, changes the present as often as it likes, and
// closes with `commit`; everything between is one step. Documents share what they did not change, so a step costs little.

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the present was when the running gesture began; null between gestures. */
  readonly before: T | null;
}

/** Steps that can be undone. The oldest are forgotten first. */
const PAST_MAX = 200;

export const newHistory = <T>(present: T): History<T> => ({ past: [], present, future: [], before: null });

/** Opens a gesture. A gesture that is already open goes on: fingers come down one after the other. */
export function begin<T>(history: History<T>): History<T> {
  return history.before === null ? { ...history, before: history.present } : history;
}

/** Changes the present within a gesture, without a step of its own. */
export function change<T>(history: History<T>, next: T): History<T> {
  return { ...history, present: next };
}

/** Closes the gesture. One that changed nothing leaves no step. */
export function commit<T>(history: History<T>): History<T> {
  const { before, present } = history;
  if (before === null || before === present) return { ...history, before: null };
  return { past: [...history.past, before].slice(-PAST_MAX), present, future: [], before: null };
}

/** Gives a gesture up: the present is what it was when it began. */
export function cancel<T>(history: History<T>): History<T> {
  return { ...history, present: history.before ?? history.present, before: null };
}

/** A change that is a gesture by itself. */
export function run<T>(history: History<T>, next: T): History<T> {
  return commit(change(begin(commit(history)), next));
}

export const canUndo = <T>(history: History<T>): boolean => history.past.length > 0 || isMidway(history);
export const canRedo = <T>(history: History<T>): boolean => history.future.length > 0;

export function undo<T>(history: History<T>): History<T> {
  const { past, present, future } = commit(history);
  const previous = past.at(-1);
  if (previous === undefined) return commit(history);
  return { past: past.slice(0, -1), present: previous, future: [present, ...future], before: null };
}

export function redo<T>(history: History<T>): History<T> {
  const { past, present, future } = commit(history);
  const [next, ...rest] = future;
  if (next === undefined) return commit(history);
  return { past: [...past, present], present: next, future: rest, before: null };
}

const isMidway = <T>({ before, present }: History<T>): boolean => before !== null && before !== present;
