// What travels on a connection between a client library and a broker besides what all channels know (`world/packet-types.ts`): opening and
// closing, returns, heartbeats. None of it carries anything. One packet stands for a whole exchange of methods where nothing can come
// between them.

/** Connection, channel, window and consumers are wanted. `first`: how many consumers. `tag`: the client's own number of the session. */
export const OPEN = 48;
/** They are there. `tag` as for OPEN: whatever comes after it belongs to this session. */
export const OPENED = 49;
/** The broker has closed the channel or the connection. `tag`: the reply code. */
export const CLOSED = 50;
/** The client closes in good order. */
export const CLOSE = 51;
/** A publish was mandatory and nowhere to go. `tag`: the publish, 0 where none is numbered. */
export const RETURNED = 52;
/** The server has cancelled a consumer. */
export const CANCELLED = 53;
/** A sign of life. The broker answers each with one. */
export const HEARTBEAT = 54;
/** So many consumers (`first`) are wanted from now on. */
export const CONSUMERS = 55;
