// Which Kafka is followed where releases differ. 3.9 is not offered in the drawing; it is here so that what the present releases changed
// can be told apart and checked.

export type Release = '3.9' | '4.0' | '4.2' | '4.4';

const ORDER: readonly Release[] = ['3.9', '4.0', '4.2', '4.4'];

/** Whether a release is `since` or a later one. */
export const isSince = (release: Release, since: Release): boolean => ORDER.indexOf(release) >= ORDER.indexOf(since);
