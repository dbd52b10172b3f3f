// Assertions for what only a bug of ours could cause. A mistake in a drawing is a problem (a value), a failure in
// the story is a packet; neither of them ever comes here.

/** Thrown when the engine contradicts itself. The run stops; seed and simulated time name the place. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops the run with `message` unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch that the type checker knows to be impossible. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable value: ${String(value)}`);
}
