// Words of a RabbitMQ broker, its parts and the wires of both, but for their names (`at-once.ts`); a test holds them against the
// declarations.

export const RABBITMQ_KIND_WORDS = {
  'kind.rabbitmq.about':
    'A RabbitMQ server, or a cluster of up to five nodes. It holds exchanges, which decide where a message goes, and queues, which keep it until a consumer has acknowledged it.',
  'kind.rabbitmq.fidelity':
    'Checked step by step against RabbitMQ 4.3.6, with the rules of 4.0 and 3.10 where they differ. Time on disk and permissions are left out.',
  'gauge.connections.label': 'Connections',
  'gauge.connections.help': 'Connections of clients that are open now.',
  'gauge.consumers.label': 'Consumers',
  'gauge.consumers.help': 'Consumers that are subscribed to the queue now.',
  'gauge.published.label': 'Published',
  'gauge.published.help': 'Messages that publishers have sent to it so far. What other exchanges hand on is not among them.',
  'gauge.default_published.label': 'By the default exchange',
  'gauge.default_published.help':
    'Messages that publishers have sent straight to queues, or as direct replies, so far: through the exchange that has no name.',
  'gauge.unroutable.label': 'Unroutable',
  'gauge.unroutable.help': 'Messages that no binding took so far. Without "mandatory" nobody is told.',
  'wire.rabbitmq-publish.about':
    'A client publishes to an exchange, or through the default exchange to a queue. It has a channel of its own, with confirms if it asks for them.',
  'wire.rabbitmq-consume.about':
    'A queue pushes messages to a consumer, as many as its window allows, and waits for each to be acknowledged.',
  'kind.rabbitmq-exchange.about':
    'Takes what is published to it and hands a copy to every queue that a binding leads to. It keeps nothing: what no binding takes is unroutable.',
  'kind.rabbitmq-exchange.fidelity':
    'Routes as RabbitMQ 4.3.6 was recorded to, hash ring included. Left out: exchange types of other plugins.',
  'kind.rabbitmq-exchange.port.in': 'What is published or bound to it',
  'kind.rabbitmq-exchange.port.bindings': 'Bindings that start at it',
  'kind.rabbitmq-exchange.port.alternate': 'What no binding takes',
  'kind.rabbitmq-queue.about':
    'Keeps messages in order for its consumers until they are acknowledged. A classic queue lies on one node, a quorum queue on several, a stream is read without taking away.',
  'kind.rabbitmq-queue.fidelity':
    'Behaves as RabbitMQ 4.3.6 was recorded to. What the model leaves out stands in the sheet of the broker.',
  'kind.rabbitmq-queue.port.in': 'Bindings that lead to it',
  'kind.rabbitmq-queue.port.out': 'Messages for consumers',
  'kind.rabbitmq-queue.port.dead-letters': 'What dies in it',

  'kind.rabbitmq-replies.about':
    'The way of replies without a queue: a client consumes from amq.rabbitmq.reply-to and names it in its questions, and replies go straight to its channel. Nothing waits here: a reply to whoever has left is dropped.',
  'kind.rabbitmq-replies.fidelity':
    'Checked against RabbitMQ 4.3.6. The client asks and reads on two wires here, which stand for one channel; its address is kept by the broker.',
  'kind.rabbitmq-replies.port.in': 'Replies',
  'kind.rabbitmq-replies.port.out': 'Replies for whoever asked',

  'wire.binding.about':
    'Says which messages of an exchange go on to a queue or to another exchange. There may be many between the same two, each with a key of its own.',
  'wire.alternate.about': 'Where an exchange sends what no binding of it takes. The message then counts as routed.',
  'wire.rabbitmq-dead-letter.about':
    'Where a queue hands what is rejected, expires, does not fit or came back too often: an exchange, or through the default exchange a queue.',
};

/** Both clients of the library have these. */
const clientWords = (owner: string): { readonly [key: string]: string } => ({
  [`${owner}.connection.label`]: 'Connection',
  [`${owner}.connection.help`]:
    'A connection of its own, or one shared with the other wires of the same node. An alarm holds up all that is on a connection that publishes.',
  [`${owner}.connection.own`]: 'Its own',
  [`${owner}.connection.shared`]: 'Shared',
  [`${owner}.node.label`]: 'Node of the cluster',
  [`${owner}.node.help`]: 'The node it connects to. 0 takes one that runs.',
  [`${owner}.heartbeat.label`]: 'Heartbeat',
  [`${owner}.heartbeat.help`]:
    'Either side counts the other as dead after two of these without a word. 0 switches it off: a cut is then never noticed.',
  [`${owner}.reconnect.label`]: 'Reconnect',
  [`${owner}.reconnect.help`]: 'What the client does when its connection is lost.',
  [`${owner}.reconnect.at-once`]: 'At once',
  [`${owner}.reconnect.backoff`]: 'After a while, longer each time',
  [`${owner}.reconnect.never`]: 'Never',
  [`${owner}.reconnectAfter.label`]: 'Reconnect after',
  [`${owner}.reconnectAfter.help`]: 'How long the first attempt waits. Each further one waits twice as long, up to a minute.',
});

export const RABBITMQ_FIELD_WORDS: { readonly [key: string]: string } = {
  // ---- broker
  'rabbitmq.version.label': 'Version',
  'rabbitmq.version.help':
    'Whose rules it goes by where they differ: counting of returns, limits, order of what came back, priorities, windows.',
  'rabbitmq.version.4.3': 'RabbitMQ 4.3',
  'rabbitmq.version.4.0': 'RabbitMQ 4.0',
  'rabbitmq.version.3.10': 'RabbitMQ 3.10',
  'rabbitmq.nodes.label': 'Nodes',
  'rabbitmq.nodes.help': 'Nodes of the cluster. A quorum queue lies on three of them and goes on while most of these run.',
  'rabbitmq.nodesDown.label': 'Nodes that are down',
  'rabbitmq.nodesDown.help':
    'Numbers of the nodes that are killed, such as "1" or "2, 3". Take a number out to start its node again.',
  'rabbitmq.electionTime.label': 'Election time',
  'rabbitmq.electionTime.help':
    'How long a quorum queue is without a leader after its node died. A quarter of a second was measured.',
  'rabbitmq.memoryAlarm.label': 'Memory alarm',
  'rabbitmq.memoryAlarm.help': 'Memory runs short: connections that publish are no longer read until it is over.',
  'rabbitmq.diskAlarm.label': 'Disk alarm',
  'rabbitmq.diskAlarm.help': 'Disk space runs short: connections that publish are no longer read until it is over.',
  'rabbitmq.queuePace.label': 'Pace of a queue',
  'rabbitmq.queuePace.help':
    'How many publishes a second one queue takes. A channel that is 400 ahead of a queue is no longer read (credit flow): to its client it is a slower network.',
  'rabbitmq.defaultExchange.label': 'Show the default exchange',
  'rabbitmq.defaultExchange.help':
    'Every queue is bound to the exchange without a name by its own name. It is there whether it is shown or not.',

  // ---- publisher
  'rabbitmq-publish.routingKey.label': 'Routing key',
  'rabbitmq-publish.routingKey.help':
    'What bindings are asked about. {key}, {type} and {number} stand for those of the message. To a queue the key is the name of the queue.',
  'rabbitmq-publish.messageId.label': 'Message id',
  'rabbitmq-publish.messageId.help':
    'Each message carries an id of its own, made of its sender and its number; an exchange may hash it.',
  'rabbitmq-publish.headers.label': 'Headers',
  'rabbitmq-publish.headers.help':
    'Headers of every message. CC and BCC add routing keys, as lists. {key}, {type} and {number} stand for those of the message.',
  'rabbitmq-publish.persistent.label': 'Persistent',
  'rabbitmq-publish.persistent.help': 'Delivery mode 2: in a durable queue the message outlives a restart of the broker.',
  'rabbitmq-publish.mandatory.label': 'Mandatory',
  'rabbitmq-publish.mandatory.help': 'The client is told of a message that no binding takes. Without it such a message vanishes.',
  'rabbitmq-publish.replyTo.label': 'Reply to',
  'rabbitmq-publish.replyTo.help':
    'Where the reply to a question is to go. amq.rabbitmq.reply-to stands for the channel that asks: its client must read direct replies, else the broker closes the channel.',
  'rabbitmq-publish.onNack.label': 'When refused',
  'rabbitmq-publish.onNack.help': 'What the client does with a message that the broker will not have.',
  'rabbitmq-publish.onNack.resend': 'Send again',
  'rabbitmq-publish.onNack.give-up': 'Give up',
  'rabbitmq-publish.onReturn.label': 'When returned',
  'rabbitmq-publish.onReturn.help':
    'What the client does with a message that no binding took. Sending again helps only if somebody has bound a queue meanwhile; it needs confirms.',
  'rabbitmq-publish.onReturn.resend': 'Send again',
  'rabbitmq-publish.onReturn.give-up': 'Give up',
  'rabbitmq-publish.onBlocked.label': 'When blocked',
  'rabbitmq-publish.onBlocked.help':
    'What the client does when the broker tells it that an alarm is on: wait with what it has to send, or give each message up.',
  'rabbitmq-publish.onBlocked.wait': 'Wait',
  'rabbitmq-publish.onBlocked.give-up': 'Give up',
  'rabbitmq-publish.expiration.label': 'Expiration',
  'rabbitmq-publish.expiration.help':
    'How long a message may wait in a queue. 0 for ever. It leaves only at the head of the line.',
  'rabbitmq-publish.confirm.label': 'Confirms',
  'rabbitmq-publish.confirm.help': 'The broker answers every message: it has it, or will not have it.',
  'rabbitmq-publish.window.label': 'Unconfirmed at most',
  'rabbitmq-publish.window.help': 'With confirms: how many messages may wait for an answer before the client waits.',
  'rabbitmq-publish.resends.label': 'Resends',
  'rabbitmq-publish.resends.help':
    'With confirms: how often a message is sent again that was refused, or whose answer was lost. It may come twice.',
  'rabbitmq-publish.share.label': 'Share',
  'rabbitmq-publish.share.help': 'How much of what goes to one wire alone goes to this one, beside the others.',
  ...clientWords('rabbitmq-publish'),

  // ---- consumer
  'rabbitmq-consume.prefetch.label': 'Prefetch',
  'rabbitmq-consume.prefetch.help': 'How many messages may be out unacknowledged, for each replica of the worker.',
  'rabbitmq-consume.acknowledge.label': 'Acknowledgement',
  'rabbitmq-consume.acknowledge.help':
    'Manual: the worker says when it is done. Automatic: the message is forgotten as it is sent, and lost if the worker dies.',
  'rabbitmq-consume.acknowledge.manual': 'Manual',
  'rabbitmq-consume.acknowledge.automatic': 'Automatic',
  'rabbitmq-consume.onRetry.label': 'To try again',
  'rabbitmq-consume.onRetry.help':
    'How the worker gives back what it wants to try again. A reject counts as a failed delivery of a quorum queue (4.3); to the dead letters it goes without being put back.',
  'rabbitmq-consume.onRetry.requeue': 'Nack, back to the queue',
  'rabbitmq-consume.onRetry.reject': 'Reject, back to the queue',
  'rabbitmq-consume.onRetry.dead-letter': 'To the dead letters',
  'rabbitmq-consume.priority.label': 'Consumer priority',
  'rabbitmq-consume.priority.help': 'Those of a higher priority get all until they are full.',
  'rabbitmq-consume.exclusive.label': 'Exclusive',
  'rabbitmq-consume.exclusive.help': 'It wants a classic queue for itself, and is refused if others read from it.',
  'rabbitmq-consume.streamOffset.label': 'Stream offset',
  'rabbitmq-consume.streamOffset.help':
    'Where a reader of a stream begins whenever it connects: first, last, next, the number of an offset, or a length of time such as 1h. Queues do not ask for it.',
  ...clientWords('rabbitmq-consume'),

  // ---- exchange
  'rabbitmq-exchange.name.label': 'Name',
  'rabbitmq-exchange.name.help':
    "What the server calls it. Empty: its id in the drawing. Names that begin with amq. are the server's own.",
  'rabbitmq-exchange.type.label': 'Type',
  'rabbitmq-exchange.type.help':
    'How a message finds its bindings: by the same key, all of them, by a pattern of words, by its headers, or by a share of all keys.',
  'rabbitmq-exchange.type.direct': 'Direct',
  'rabbitmq-exchange.type.fanout': 'Fanout',
  'rabbitmq-exchange.type.topic': 'Topic',
  'rabbitmq-exchange.type.headers': 'Headers',
  'rabbitmq-exchange.type.x-consistent-hash': 'Consistent hash',
  'rabbitmq-exchange.hashOn.label': 'Hash on',
  'rabbitmq-exchange.hashOn.help':
    'What decides the queue of a message. The same value goes to the same queue as long as bindings stay.',
  'rabbitmq-exchange.hashOn.routing-key': 'Routing key',
  'rabbitmq-exchange.hashOn.header': 'A header',
  'rabbitmq-exchange.hashOn.message_id': 'Message id',
  'rabbitmq-exchange.hashOn.correlation_id': 'Correlation id',
  'rabbitmq-exchange.hashOn.timestamp': 'Timestamp',
  'rabbitmq-exchange.hashHeader.label': 'Header to hash',
  'rabbitmq-exchange.hashHeader.help': 'Name of the header. All messages without it go one way.',
  'rabbitmq-exchange.durable.label': 'Durable',
  'rabbitmq-exchange.durable.help':
    'Whether it is there after the broker was stopped and started. From 4.3 on it is in either case.',
  'rabbitmq-exchange.autoDelete.label': 'Auto-delete',
  'rabbitmq-exchange.autoDelete.help': 'Whether it is deleted with its last binding. One that never had any stays.',
  'rabbitmq-exchange.internal.label': 'Internal',
  'rabbitmq-exchange.internal.help':
    'Whether only other exchanges may hand it messages. Who publishes to it has the channel closed.',

  // ---- relations
  'binding.routingKey.label': 'Routing key',
  'binding.routingKey.help':
    'What the key of a message is held against. Of a topic exchange * stands for one word and # for any number; fanout and headers do not ask.',
  'binding.arguments.label': 'Header table',
  'binding.arguments.help':
    'What a headers exchange asks of a message: with x-match all or any, and a value, or none where the header need only be there.',
  'binding.weight.label': 'Weight',
  'binding.weight.help': 'Share of the keys of a consistent-hash exchange, against the weights of its other bindings.',
  'rabbitmq-dead-letter.routingKey.label': 'Routing key',
  'rabbitmq-dead-letter.routingKey.help':
    'The key that dead letters get. Empty: those they had, CC included. To a queue it is not asked.',

  // ---- queue
  'rabbitmq-queue.name.label': 'Name',
  'rabbitmq-queue.name.help':
    'What the server calls it, and the key by which the default exchange reaches it. Empty: its id in the drawing.',
  'rabbitmq-queue.type.label': 'Type',
  'rabbitmq-queue.type.help':
    'Classic lies on one node and is fast. Quorum is copied to several, survives one of them and counts failed deliveries. A stream keeps what was read.',
  'rabbitmq-queue.type.classic': 'Classic',
  'rabbitmq-queue.type.quorum': 'Quorum',
  'rabbitmq-queue.type.stream': 'Stream',
  'rabbitmq-queue.messageTtl.label': 'Message TTL',
  'rabbitmq-queue.messageTtl.help':
    'How long a message may wait. It leaves when it is over and it has come to the head, as a dead letter if there is a way. 0: for ever.',
  'rabbitmq-queue.maxLength.label': 'Most messages',
  'rabbitmq-queue.maxLength.help': 'How many may be ready. What consumers hold is not counted.',
  'rabbitmq-queue.maxLengthBytes.label': 'Most bytes',
  'rabbitmq-queue.maxLengthBytes.help': 'How many bytes may be ready. 0: any number.',
  'rabbitmq-queue.overflow.label': 'When full',
  'rabbitmq-queue.overflow.help':
    'Drop the oldest, or refuse the newest: the publisher is told by a nack if it asks for confirms.',
  'rabbitmq-queue.overflow.drop-head': 'Drop the oldest',
  'rabbitmq-queue.overflow.reject-publish': 'Refuse the newest',
  'rabbitmq-queue.overflow.reject-publish-dlx': 'Refuse and dead-letter it',
  'rabbitmq-queue.deliveryLimit.label': 'Delivery limit',
  'rabbitmq-queue.deliveryLimit.help':
    'How often a message may come back before it is a dead letter or dropped. -1: any number of times.',
  'rabbitmq-queue.maxPriority.label': 'Priorities',
  'rabbitmq-queue.maxPriority.help':
    'Highest priority that is told apart; higher ones go out first. 0: none, and priorities are not looked at.',
  'rabbitmq-queue.singleActiveConsumer.label': 'Single active consumer',
  'rabbitmq-queue.singleActiveConsumer.help': 'Whether one consumer alone gets messages while the others wait to take its place.',
  'rabbitmq-queue.expires.label': 'Expires unused after',
  'rabbitmq-queue.expires.help':
    'The queue itself is deleted, with all in it, when nobody consumed or asked for so long. 0: never.',
  'rabbitmq-queue.deadLetterStrategy.label': 'Dead letters go',
  'rabbitmq-queue.deadLetterStrategy.help':
    'At most once may lose one on its way. At least once keeps it until its new place has it, and needs to refuse when full.',
  'rabbitmq-queue.deadLetterStrategy.at-most-once': 'At most once',
  'rabbitmq-queue.deadLetterStrategy.at-least-once': 'At least once',
  'rabbitmq-queue.delayedRetryType.label': 'Delayed retry',
  'rabbitmq-queue.delayedRetryType.help':
    'Which returned messages wait before they go out again: those that failed, those that were put back, or all. From 4.3 on.',
  'rabbitmq-queue.delayedRetryType.disabled': 'None',
  'rabbitmq-queue.delayedRetryType.all': 'All',
  'rabbitmq-queue.delayedRetryType.failed': 'Rejected ones',
  'rabbitmq-queue.delayedRetryType.returned': 'Put back ones',
  'rabbitmq-queue.delayedRetryMin.label': 'Delay per return',
  'rabbitmq-queue.delayedRetryMin.help':
    'The delay after the first failed delivery; after the second it is twice as long, and so on.',
  'rabbitmq-queue.delayedRetryMax.label': 'Longest delay',
  'rabbitmq-queue.delayedRetryMax.help': 'No return waits longer. 0: no limit.',
  'rabbitmq-queue.consumerTimeout.label': 'Acknowledge within',
  'rabbitmq-queue.consumerTimeout.help': 'A consumer that holds a message longer is cancelled, and the message goes out again.',
  'rabbitmq-queue.groupSize.label': 'Copies',
  'rabbitmq-queue.groupSize.help': 'On how many nodes a quorum queue lies. It works while more than half of them do.',
  'rabbitmq-queue.leaderLocator.label': 'Leader on',
  'rabbitmq-queue.leaderLocator.help':
    'On which node the leader starts: that of the client which declares it, or the one with the fewest.',
  'rabbitmq-queue.leaderLocator.client-local': 'The node of the client',
  'rabbitmq-queue.leaderLocator.balanced': 'The node with the fewest',
  'rabbitmq-queue.maxAge.label': 'Kept for',
  'rabbitmq-queue.maxAge.help': 'How long a stream keeps what was written, a segment at a time. 0: for ever.',
  'rabbitmq-queue.segmentBytes.label': 'Segment size',
  'rabbitmq-queue.segmentBytes.help': 'A stream is cut into files of this size, and only whole files are let go.',
  'rabbitmq-queue.durable.label': 'Durable',
  'rabbitmq-queue.durable.help':
    'Whether it is there after the broker was stopped and started. Only messages that are persistent are too.',
  'rabbitmq-queue.exclusive.label': 'Exclusive',
  'rabbitmq-queue.exclusive.help': 'Whether it belongs to one connection alone and goes with it.',
  'rabbitmq-queue.autoDelete.label': 'Auto-delete',
  'rabbitmq-queue.autoDelete.help': 'Whether it is deleted with its last consumer. One that never had any stays.',
};
