// The words that a cold visit of the page needs before the first letter moves; all others come after it. So what stands here is
// short, and a new kind of node adds its name and nothing else: `declared-keys.test.ts` holds that.

/** What kinds of nodes and wires are called: palette, cards, wires. */
export const NAME_MESSAGES = {
  'kind.sender.label': 'Sender',
  'kind.requester.label': 'Requester',
  'kind.service.label': 'Worker',
  'kind.queue.label': 'Queue',
  'kind.topic.label': 'Topic',
  'kind.dead-letter-queue.label': 'Dead-letter queue',
  'kind.store.label': 'Store',
  'kind.event-store.label': 'Event store',
  'kind.projection.label': 'View',
  'kind.autoscaler.label': 'Autoscaler',
  'kind.rabbitmq.label': 'RabbitMQ broker',
  'kind.rabbitmq-exchange.label': 'Exchange',
  'kind.rabbitmq-queue.label': 'RabbitMQ queue',
  'kind.rabbitmq-replies.label': 'Direct replies',
  'kind.kafka.label': 'Kafka cluster',
  'kind.kafka-topic.label': 'Kafka topic',
  'kind.kafka-group.label': 'Consumer group',

  'wire.publish.label': 'Publish',
  'wire.deliver.label': 'Deliver',
  'wire.subscribe.label': 'Subscribe',
  'wire.feed.label': 'Feed',
  'wire.call.label': 'Call',
  'wire.direct.label': 'Direct',
  'wire.dead-letter.label': 'Dead letters',
  'wire.watch.label': 'Watch',
  'wire.scale.label': 'Scale',
  'wire.rabbitmq-publish.label': 'Publish (RabbitMQ)',
  'wire.rabbitmq-consume.label': 'Consume (RabbitMQ)',
  'wire.binding.label': 'Binding',
  'wire.alternate.label': 'Alternate exchange',
  'wire.rabbitmq-dead-letter.label': 'Dead letters (RabbitMQ)',
  'wire.kafka-produce.label': 'Produce (Kafka)',
  'wire.kafka-consume.label': 'Consume (Kafka)',
  'wire.kafka-subscribe.label': 'Subscription (Kafka)',
  'wire.kafka-pass-on.label': 'Pass on (Kafka)',
};

/** Labels that stand on the cards of the first drawing. */
export const FIRST_CARD_MESSAGES = {
  'sender.rate.label': 'Send rate',
};

/** Why a wire cannot be drawn: said while it is in the hand. */
export const WIRING_PROBLEM_MESSAGES = {
  'problem.unknown-kind': 'There is no kind of node called "{found}".',
  'problem.unknown-kind.remedy': 'Use one of these: {known}.',
  'problem.unknown-kind.remedy.nearest': 'Did you mean "{nearest}"? Kinds of nodes: {known}.',
  'problem.wire-wrong-way': 'Messages flow from {toKind} to {fromKind}, not the other way.',
  'problem.wire-wrong-way.remedy': 'Draw the wire the other way round.',
  'problem.wire-needs-between': 'A wire cannot lead from {fromKind} straight to {toKind}.',
  'problem.wire-needs-between.remedy': 'Put one of these between them: {between}.',
  'problem.wire-from-end': 'Nothing leads on by a wire from {fromKind}.',
  'problem.wire-from-end.remedy': 'Remove the wire.',
  'problem.wire-forbidden': 'A wire cannot lead from {fromKind} to {toKind}.',
  'problem.wire-forbidden.remedy': 'From {fromKind} a wire can lead to: {next}.',
  'problem.wire-into-container': 'A wire ends at a part inside {toKind}, not at {toKind} itself.',
  'problem.wire-into-container.remedy': 'Lead it to one of its parts: {parts}.',
  'problem.wire-out-of-container': 'A wire starts at a part inside {fromKind}, not at {fromKind} itself.',
  'problem.wire-out-of-container.remedy': 'Start it at one of its parts: {parts}.',
};

export const AT_ONCE: { readonly [key: string]: string } = {
  ...NAME_MESSAGES,
  ...FIRST_CARD_MESSAGES,
  ...WIRING_PROBLEM_MESSAGES,
};
