// What can travel on a link. The number of a packet type is part of the digest, so it never changes its meaning; new types are
// added at the end. What a packet holds decides what becomes of it when the network loses it.

/** What a packet keeps alive while it travels, through its `first`. */
export const CARRIES = {
  /** Nothing: it can be lost without a trace in the books. */
  NOTHING: 0,
  /** A message on its way to be accepted: an open entry of the publish book. */
  MESSAGE: 1,
  /** A delivery: one of the places that can still cause the work of an obligation. */
  CAUSE: 2,
  /** Word about an obligation, which cannot cause its work. */
  MENTION: 3,
  /** The obligation itself, on its way between channels: where the network doubles the packet, a second one is owed. */
  OWED: 4,
  /** Structured content, by its number in `World.payloads`. */
  PAYLOAD: 5,
} as const;

export type PacketType = number;

// Publisher and channel.
/** A message handed over. `tag`: the publisher's own number of it, 0 when it wants no answer. */
export const PUBLISH: PacketType = 1;
/** The channel has the message of this `tag`. */
export const CONFIRM: PacketType = 2;
/** The channel will not have it. */
export const REFUSE: PacketType = 3;
/** The channel is full: send no more for now. */
export const FLOW_STOP: PacketType = 4;
/** There is room again. `tag`: for so many messages, then ask again; 0 = for any number. */
export const FLOW_GO: PacketType = 5;
/** The channel is back after a crash: whoever wants something of it says so again. */
export const HELLO: PacketType = 6;
/** A publisher that was told to stop, or has sent as many as it may, asks how things stand. */
export const FLOW_ASK: PacketType = 7;

// Consumer and channel.
/** A reader states how many deliveries it has room for (`tag`), replacing what was stated before. */
export const CREDIT: PacketType = 10;
/** One more place, without settling anything. */
export const PLACE: PacketType = 11;
/** A delivery. `tag`: which attempt. */
export const DELIVER: PacketType = 12;
/** The work is done. `tag`: attempt, negative when the act also frees a place. */
export const ACK: PacketType = 13;
/** Again later: after `aux` ns. `tag` as for ACK. */
export const RETRY: PacketType = 14;
/** Never again. `tag` as for ACK. */
export const REJECT: PacketType = 15;

// Between channels.
/** A topic's copy for a queue. */
export const FEED: PacketType = 20;
/** A queue gives up on a message. `tag`: the reason. */
export const DEAD_LETTER: PacketType = 21;
/** A dead letter goes back to the queue it came from. */
export const REDRIVE: PacketType = 22;

// Between a service and what it asks: a service or a store. Each question is asked on behalf of an obligation, whose message names
// the row; `tag` is the caller's own number of it.
/** Work asked for. */
export const CALL: PacketType = 30;
/** What became of the question `tag`: `first` is one of the results below. */
export const ANSWER: PacketType = 31;
/** The row of a message is read. */
export const READ: PacketType = 32;
/** The row of a message is written, whether it is there or not. `aux`: bits of `WRITE_*`. */
export const WRITE: PacketType = 33;
/** The row of a message is written if it is not there. `aux` as for WRITE. */
export const INSERT: PacketType = 34;
/** An event at the end of the stream of its key, if that is as long as the one who asks has seen it. `aux` as for WRITE. */
export const APPEND: PacketType = 35;
/** In the same transaction an event is put into the outbox, from which a relay publishes it. */
export const WRITE_OUTBOX = 1;
/** Whoever writes is to publish what it wrote, as a step of its own. */
export const WRITE_ANNOUNCED = 2;

// Between a view and the event store it is built from. Neither carries anything: events stay where they are for good, and a packet
// names them by their numbers.
/** A page of the log from event `first` on; `tag` is the question's own number. */
export const READ_LOG: PacketType = 36;
/** All events of the stream of key `first`; `tag` as for READ_LOG. */
export const READ_STREAM: PacketType = 37;
/** The answer `tag`: `count` events from number `first` on, or so many of the stream of key `first`. */
export const EVENTS: PacketType = 38;

// Between an autoscaler, what it watches and what it scales. None carries anything.
/** How much waits? `first`: 1 when what is in flight counts too. `tag`: the question's own number. */
export const SIZE_ASK: PacketType = 39;
/** So many (`first`); `tag` as asked. */
export const SIZE: PacketType = 40;
/** So many replicas (`first`) work from now on. */
export const SCALE: PacketType = 41;

// Between the clients and the servers of a protocol of requests and responses that say more than fits into numbers.
/** A request; `first` is its content. */
export const REQUEST: PacketType = 42;
/** What comes of one; `first` is its content. */
export const RESPONSE: PacketType = 43;

// Between the clients of a RabbitMQ broker and it, besides what all channels know. None carries anything. One packet stands for a whole
// exchange of methods where nothing can come between them.
/** Connection, channel, window and consumers are wanted. `first`: how many consumers. `tag`: the client's own number of the session. */
export const AMQP_OPEN: PacketType = 48;
/** They are there. `tag` as for AMQP_OPEN: whatever comes after it belongs to this session. */
export const AMQP_OPENED: PacketType = 49;
/** The broker has closed the channel or the connection. `tag`: the reply code. */
export const AMQP_CLOSED: PacketType = 50;
/** A publish was mandatory and nowhere to go. `tag`: the publish, 0 where none is numbered. */
export const AMQP_RETURNED: PacketType = 52;
/** The server has cancelled a consumer. */
export const AMQP_CANCELLED: PacketType = 53;
/** A sign of life. The broker answers each with one. */
export const AMQP_HEARTBEAT: PacketType = 54;
/** So many consumers (`first`) are wanted from now on. */
export const AMQP_CONSUMERS: PacketType = 55;

export const ANSWER_OK = 0;
export const ANSWER_FAILED = 1;
/** There was no room for it, or it may not be done now. */
export const ANSWER_REFUSED = 2;
/** The row is there already, or the stream has grown meanwhile. */
export const ANSWER_CONFLICT = 3;
/** It was written before, by the same message, and nothing is changed by it. */
export const ANSWER_KNOWN = 4;

/** Whether a packet asks for an answer, on behalf of an obligation. */
export const isQuestion = (type: PacketType): boolean => type === CALL || (type >= READ && type <= APPEND);

export interface PacketTypeFacts {
  readonly name: string;
  readonly carries: number;
}

const FACTS: readonly (readonly [PacketType, string, number])[] = [
  [PUBLISH, 'PUBLISH', CARRIES.MESSAGE],
  [CONFIRM, 'CONFIRM', CARRIES.NOTHING],
  [REFUSE, 'REFUSE', CARRIES.NOTHING],
  [FLOW_STOP, 'FLOW_STOP', CARRIES.NOTHING],
  [FLOW_GO, 'FLOW_GO', CARRIES.NOTHING],
  [HELLO, 'HELLO', CARRIES.NOTHING],
  [FLOW_ASK, 'FLOW_ASK', CARRIES.NOTHING],
  [CREDIT, 'CREDIT', CARRIES.NOTHING],
  [PLACE, 'PLACE', CARRIES.NOTHING],
  [DELIVER, 'DELIVER', CARRIES.CAUSE],
  [ACK, 'ACK', CARRIES.MENTION],
  [RETRY, 'RETRY', CARRIES.MENTION],
  [REJECT, 'REJECT', CARRIES.MENTION],
  [FEED, 'FEED', CARRIES.OWED],
  [DEAD_LETTER, 'DEAD_LETTER', CARRIES.OWED],
  [REDRIVE, 'REDRIVE', CARRIES.OWED],
  [CALL, 'CALL', CARRIES.MENTION],
  [ANSWER, 'ANSWER', CARRIES.NOTHING],
  [READ, 'READ', CARRIES.MENTION],
  [WRITE, 'WRITE', CARRIES.MENTION],
  [INSERT, 'INSERT', CARRIES.MENTION],
  [APPEND, 'APPEND', CARRIES.MENTION],
  [READ_LOG, 'READ_LOG', CARRIES.NOTHING],
  [READ_STREAM, 'READ_STREAM', CARRIES.NOTHING],
  [EVENTS, 'EVENTS', CARRIES.NOTHING],
  [SIZE_ASK, 'SIZE_ASK', CARRIES.NOTHING],
  [SIZE, 'SIZE', CARRIES.NOTHING],
  [SCALE, 'SCALE', CARRIES.NOTHING],
  [REQUEST, 'REQUEST', CARRIES.PAYLOAD],
  [RESPONSE, 'RESPONSE', CARRIES.PAYLOAD],
  [AMQP_OPEN, 'AMQP_OPEN', CARRIES.NOTHING],
  [AMQP_OPENED, 'AMQP_OPENED', CARRIES.NOTHING],
  [AMQP_CLOSED, 'AMQP_CLOSED', CARRIES.NOTHING],
  [AMQP_RETURNED, 'AMQP_RETURNED', CARRIES.NOTHING],
  [AMQP_CANCELLED, 'AMQP_CANCELLED', CARRIES.NOTHING],
  [AMQP_HEARTBEAT, 'AMQP_HEARTBEAT', CARRIES.NOTHING],
  [AMQP_CONSUMERS, 'AMQP_CONSUMERS', CARRIES.NOTHING],
];

/** Facts of every packet type, by number; for the fuzzer's coverage and for messages of the engine. */
export const PACKET_TYPES: ReadonlyMap<PacketType, PacketTypeFacts> = new Map(
  FACTS.map(([type, name, carries]) => [type, { name, carries }]),
);

/** What each packet type carries, by number. */
export const carriesOf = new Uint8Array(64);
for (const [type, , carries] of FACTS) carriesOf[type] = carries;
