/**
 * Raised by every change that alters the events of a run. Stands in files and links: the same revision, topology, seed and
 * command log give the same digest for ever.
 */
export const ENGINE_REVISION = 1;
