// The words that the parts of a RabbitMQ broker share: what a message is, what a queue and an exchange are declared with, and how
// whoever publishes asks for the way to the queues. Plain data without any logic; everything here can be copied generically.

// The drawing: a container `rabbitmq` holds the parts `rabbitmq-exchange` and `rabbitmq-queue`, each with a field `name` (the AMQP name;
// empty = its id). Inside lie the relations `binding` and `alternate` (exchange.declaration.ts, which also says the port types
// `amqp-exchange` and `amqp-queue` at which publishers and bindings end) and `rabbitmq-dead-letter`, from a queue to an exchange or, through
// the default exchange, to a queue, with a field `routingKey` (queue.declaration.ts). Every field of a
// queue that is an argument of its declaration has the argument's name as its `key` (`x-message-ttl`, ...), and the other three
// are keyed `durable`, `exclusive`, `auto_delete`: definitions files are read and written by these keys. A value that is the field's default
// is left out of a declaration; a length of time counts in whole ms, rounded down.

/** Which server is followed where they differ. */
export type Version = '4.3' | '4.0' | '3.10';

/**
 * A value of a header or of an argument. An AMQP integer of any width is a number without a fraction; a double that has none says so
 * itself, since it is another value (`1` and `1.0` are told apart from 4.0 on); void is null.
 */
export type HeaderValue = null | boolean | string | number | AmqpDouble | readonly HeaderValue[] | HeaderTable;
export interface AmqpDouble {
  readonly double: number;
}
/** A map, not an object, so that a header may be called anything. */
export type HeaderTable = ReadonlyMap<string, HeaderValue>;

export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

/** An entry of `x-death`. */
export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly count: number;
  /** Of the first time: exchange, and routing keys with those of CC, without those of BCC. */
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  /** ms of simulated time. */
  readonly timeMs: number;
  /** The `expiration` it had before it was taken off, or null. */
  readonly originalExpiration: string | null;
}

export interface DeathPlace {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly exchange: string;
}

/** How a message has died so far: `x-death`, most recent first, and the names of the first and the last time. */
export interface DeathHistory {
  readonly entries: readonly Death[];
  /** Null where a client made the history up (3.10). */
  readonly first: DeathPlace | null;
  readonly last: DeathPlace | null;
}

/** A message as an exchange gets it and as the queues keep it, never changed: who dead-letters it makes another one. */
export interface Message {
  /** Exchange it was published to, or the dead letter exchange it went through last. */
  readonly exchange: string;
  readonly key: string;
  /** Further routing keys, from the headers CC and BCC of the publish; empty once a dead letter routing key took their place. */
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  /** As its reader sees them but for what the broker adds (`x-death`, `x-delivery-count`): with CC, without BCC. Null = no table. */
  readonly headers: HeaderTable | null;
  readonly isPersistent: boolean;
  /** -1 = none given. */
  readonly priority: number;
  /** ms as text, as AMQP has it; null = none. */
  readonly expiration: string | null;
  readonly messageId: string | null;
  readonly correlationId: string | null;
  readonly replyTo: string | null;
  readonly bodyBytes: number;
  readonly deaths: DeathHistory | null;
  /** Deliveries of it that failed in the queues it died in before: an annotation that no reader sees, 0 where the version has none. */
  readonly failedDeliveries: number;
  /** Who the message is outside of the broker: its slot in the world's table. The broker only carries it along. */
  readonly content: number;
}

/** What its way through the exchanges depends on. */
export type RoutedMessage = Pick<Message, 'key' | 'cc' | 'bcc' | 'headers' | 'messageId' | 'correlationId'>;

/** A message of which only its key and its headers are known. */
export const keyedMessage = (key: string, headers: HeaderTable | null = null): RoutedMessage => ({
  key,
  cc: [],
  bcc: [],
  headers,
  messageId: null,
  correlationId: null,
});

export type ExchangeType = 'direct' | 'fanout' | 'topic' | 'headers' | 'x-consistent-hash';

export interface ExchangeSpec {
  readonly name: string;
  /** As declared: a type nobody knows is refused. */
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  /** `alternate-exchange`, `hash-header`, `hash-property` among them. */
  readonly args: HeaderTable;
}

/** A binding; exchange to exchange if `toExchange`. */
export interface BindingSpec {
  readonly source: string;
  readonly destination: string;
  readonly toExchange: boolean;
  readonly key: string;
  readonly args: HeaderTable;
}

/** What a queue is declared with. */
export interface QueueSpec {
  readonly name: string;
  readonly isDurable: boolean;
  readonly isExclusive: boolean;
  readonly isAutoDelete: boolean;
  /** `x-queue-type` and all others, as given. */
  readonly args: HeaderTable;
}

/**
 * Reply code of a refused operation, 0 = done. 403 access refused, 404 not found, 405 resource locked and 406 precondition failed
 * close the channel; 503 command invalid, 530 not allowed, 540 not implemented and 541 internal error close the whole connection.
 */
export type ReplyCode = number;
export const DONE: ReplyCode = 0;
export const ACCESS_REFUSED: ReplyCode = 403;
export const NOT_FOUND: ReplyCode = 404;
export const RESOURCE_LOCKED: ReplyCode = 405;
export const PRECONDITION_FAILED: ReplyCode = 406;
export const COMMAND_INVALID: ReplyCode = 503;
export const NOT_ALLOWED: ReplyCode = 530;
export const NOT_IMPLEMENTED: ReplyCode = 540;
export const INTERNAL_ERROR: ReplyCode = 541;
export const closesConnection = (code: ReplyCode): boolean => code >= 500;
