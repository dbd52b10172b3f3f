// How node kinds, wire kinds, ports and gauges are explained; names of kinds stand in `at-once.ts`. The declarations name these keys; a
// test fails when one is missing here and when one is left over.

import { NAME_MESSAGES } from './at-once.ts';
import { KAFKA_KIND_WORDS } from './kafka.ts';
import { RABBITMQ_KIND_WORDS } from './rabbitmq.ts';

export const KIND_MESSAGES = {
  ...NAME_MESSAGES,
  ...RABBITMQ_KIND_WORDS,
  ...KAFKA_KIND_WORDS,

  // ---- nodes
  'kind.sender.about': 'Makes messages and hands them to a queue or a topic. It does not know who reads them, or when.',
  'kind.sender.fidelity':
    'Stands for any program that sends. Its own work costs no time, and after a crash it forgets what it was about to send.',
  'kind.sender.port.out': 'Messages it sends',

  'kind.requester.about':
    'Asks questions by message and waits for the replies at a queue of its own or a shared one. Each question has a number and a deadline; a reply that comes too late is thrown away.',
  'kind.requester.fidelity':
    'Stands for any client that asks through queues. Reading a reply costs no time, and a crash forgets what was open.',
  'kind.requester.port.in': 'Replies it waits for',
  'kind.requester.port.out': 'Requests it sends',

  'kind.service.about':
    'Takes messages one after the other, works on each for a while, hands on results and acknowledges. Several workers can share one queue.',
  'kind.service.fidelity':
    'Stands for any program that reads. Work takes time drawn from a law; what is inside the work is not modelled.',
  'kind.service.port.in': 'Messages it works on',
  'kind.service.port.out': 'Results it publishes',
  'kind.service.port.asked': 'Calls it answers',
  'kind.service.port.calls': 'Services it calls',
  'kind.service.port.scaled': 'How many replicas work',

  'kind.queue.about':
    'Keeps messages until a worker takes them. Each message goes to one worker: the one that has waited longest.',
  'kind.queue.fidelity':
    'The textbook queue, no product: one place, no copies of itself, and no limit on how fast it takes and hands out.',
  'kind.queue.port.in': 'Messages that come in',
  'kind.queue.port.out': 'Messages for workers',
  'kind.queue.port.dead': 'Messages it gives up on',
  'kind.queue.port.measured': 'How much waits',

  'kind.topic.about': 'Gives every subscriber its own copy of every message. Who subscribes later sees only what comes after.',
  'kind.topic.fidelity':
    'The textbook topic, no product: it keeps nothing, so a copy for a subscriber that is away is lost. Put a queue behind it to keep copies.',
  'kind.topic.port.in': 'Messages that come in',
  'kind.topic.port.out': 'Copies for subscribers',

  'kind.dead-letter-queue.about':
    'Where messages rest after the last attempt, each with the reason. Nobody reads it; a redrive sends messages back to where they came from.',
  'kind.dead-letter-queue.fidelity':
    'The textbook dead-letter queue, no product: it never fills up, and what rests in it never expires.',
  'kind.dead-letter-queue.port.in': 'Messages given up on',

  'kind.store.about':
    'Keeps rows for services that read and write them. Can put an event into its outbox in the same transaction; a relay publishes it.',
  'kind.store.fidelity':
    'A textbook database, no product: one place, rows without content, and a transaction is one write. The relay belongs to it.',
  'kind.store.port.asked': 'Reads and writes',
  'kind.store.port.out': 'Events its relay publishes',

  'kind.event-store.about':
    'Keeps a stream of events for every key and never changes one. Who appends must know how long the stream is; a relay publishes every event.',
  'kind.event-store.fidelity':
    'A textbook event store, no product: events have a type and no content, and nothing is ever deleted. The relay belongs to it.',

  'kind.projection.about':
    'Builds a view from events, each taken once and in the order of its stream. It is always a little behind, and can be built again from the event store.',
  'kind.projection.fidelity':
    'A textbook projection of one event store, no product. It works on one event at a time; reading the view costs nothing.',
  'kind.projection.port.in': 'Events it takes in',
  'kind.projection.port.asked': 'Reads of the view',
  'kind.projection.port.calls': 'The event store it is built from',

  'kind.autoscaler.about':
    'Looks every so often at how much waits in a queue and sets how many replicas of a worker there are. A replica takes time to start.',
  'kind.autoscaler.fidelity':
    'KEDA and the autoscaler of Kubernetes as one. All replicas have one memory and crash together, and looking and starting never fail.',
  'kind.autoscaler.port.watched': 'Queues it watches',
  'kind.autoscaler.port.out': 'The worker it scales',

  // ---- wires
  'wire.publish.about':
    'Hands messages to a queue or a topic. A message can be lost on the way; with confirmation the sender notices and sends it again.',
  'wire.deliver.about':
    'Hands messages of a queue to a worker, which acknowledges each one. What is not acknowledged in time is handed out again.',
  'wire.subscribe.about':
    'Pushes a copy of every message to a worker that listens now. Nothing is kept for it, and nothing comes twice.',
  'wire.feed.about': 'Copies every message of a topic into a queue, which keeps it for its own workers.',
  'wire.call.about':
    'One service asks another and waits for the answer. Question and answer may each be lost, late or doubled, and then only the time-out helps.',
  'wire.direct.about':
    'The message goes straight to whoever works on it, and the sender waits for the answer. Who is busy, or down, refuses or loses it.',
  'wire.dead-letter.about': 'Where a queue puts what it gives up on. Takes no time and cannot fail.',
  'wire.watch.about':
    'An autoscaler asks a queue how much waits. Takes no time and cannot fail; a queue that is down does not answer.',
  'wire.scale.about': 'An autoscaler sets how many replicas of a worker there are. Takes no time and cannot fail.',

  // ---- gauges
  'gauge.sent.label': 'Sent',
  'gauge.sent.help': 'Messages this sender has sent so far.',
  'gauge.held_back.label': 'Held back',
  'gauge.held_back.help': 'Messages that are due but wait at the sender, because the queue takes none now.',
  'gauge.open_requests.label': 'Open requests',
  'gauge.open_requests.help': 'Requests whose caller still waits for an answer.',
  'gauge.asked.label': 'Asked',
  'gauge.asked.help': 'Requests asked so far. Further attempts on the same request are not among them.',
  'gauge.answered.label': 'Answered',
  'gauge.answered.help': 'Requests that were answered in time so far: the replies that were of use.',
  'gauge.timed_out.label': 'Timed out',
  'gauge.timed_out.help': 'Requests whose caller gave up so far, after the last attempt.',
  'gauge.retried.label': 'Tried again',
  'gauge.retried.help': 'Further attempts on requests so far.',
  'gauge.forgotten.label': 'Forgotten',
  'gauge.forgotten.help': 'Requests that were open when the requester crashed.',
  'gauge.late.label': 'Late replies',
  'gauge.late.help': 'Replies so far that came after their caller had given up.',
  'gauge.duplicate.label': 'Second replies',
  'gauge.duplicate.help': 'Replies so far to requests that had been answered already.',
  'gauge.unknown.label': 'Unknown replies',
  'gauge.unknown.help': 'Replies so far to nothing that this requester knows of.',
  'gauge.foreign.label': 'For others',
  'gauge.foreign.help': 'Replies so far that were meant for another requester at the same queue.',
  'gauge.mixed_up.label': 'Mixed up',
  'gauge.mixed_up.help': 'Replies so far that were taken for the answer to another request. Only a simulator can know.',
  'gauge.answer_seconds.label': 'Time to answers',
  'gauge.answer_seconds.help': 'Seconds from asking to the answer, added up over all answered requests.',
  'gauge.request_seconds.label': 'Time of requests',
  'gauge.request_seconds.help': 'Seconds from asking to the answer or to giving up, added up over all requests that are over.',
  'gauge.busy.label': 'Busy',
  'gauge.busy.help': 'How many messages the worker is working on now.',
  'gauge.desk.label': 'Desk',
  'gauge.desk.help': 'Messages that lie at the worker and wait until it has a place free. Those it works on are not among them.',
  'gauge.utilisation.label': 'Utilisation',
  'gauge.utilisation.help': 'Share of its places that are at work. Near 1, waiting times grow fast.',
  'gauge.received.label': 'Received',
  'gauge.received.help': 'Messages that reached the worker so far, repeats included.',
  'gauge.processed.label': 'Processed',
  'gauge.processed.help': 'Messages the worker has finished successfully so far.',
  'gauge.failed.label': 'Failed',
  'gauge.failed.help': 'Attempts of this worker that failed so far.',
  'gauge.called.label': 'Called',
  'gauge.called.help': 'Calls of other services that reached this one so far.',
  'gauge.turned_away.label': 'Turned away',
  'gauge.turned_away.help': 'Calls that were refused because all places were busy and no more may wait.',
  'gauge.skipped_work.label': 'Recognised',
  'gauge.skipped_work.help': 'Messages that were passed over so far, because they are remembered as done.',
  'gauge.ids_kept.label': 'Ids kept',
  'gauge.ids_kept.help': 'Messages that are remembered as done now: the bill of deduplication.',
  'gauge.breaker.label': 'Breaker',
  'gauge.breaker.help': 'The most open breaker of its calls: 0 = closed, 1 = half-open, 2 = open.',
  'gauge.breaker_opened.label': 'Opened',
  'gauge.breaker_opened.help': 'How often a breaker of its calls has opened so far.',
  'gauge.late_answers.label': 'Late answers',
  'gauge.late_answers.help': 'Answers that came when nobody waited for them any more: work for nothing.',
  'gauge.calls_out.label': 'Calls out',
  'gauge.calls_out.help': 'Calls of this worker that wait for an answer now.',
  'gauge.calls_timed_out.label': 'Timed out',
  'gauge.calls_timed_out.help':
    'Calls of this worker that got no answer in time so far. The work may have been done all the same.',
  'gauge.calls_held_back.label': 'Held back',
  'gauge.calls_held_back.help': 'Calls that were not let out so far, because too many were out already.',
  'gauge.too_late.label': 'Too late',
  'gauge.too_late.help': 'Requests that were passed over so far, because their caller had given up.',
  'gauge.busy_seconds.label': 'Time at work',
  'gauge.busy_seconds.help': 'Seconds of work done so far, all places together.',
  'gauge.places.label': 'Places',
  'gauge.places.help': 'How many messages the worker can work on at once now, all its replicas together.',
  'gauge.wanted_replicas.label': 'Wanted',
  'gauge.wanted_replicas.help': 'Replicas there should be by the last look: those that work and those that are starting.',
  'gauge.working_replicas.label': 'Working',
  'gauge.working_replicas.help': 'Replicas that have started and take messages.',
  'gauge.starting_replicas.label': 'Starting',
  'gauge.starting_replicas.help': 'Replicas that are wanted and do not work yet.',
  'gauge.scaling_metric.label': 'Waiting',
  'gauge.scaling_metric.help': 'How much waited at the last look, as the rule counts it.',
  'gauge.rescaled.label': 'Changes',
  'gauge.rescaled.help': 'How often the number of wanted replicas has changed so far.',
  'gauge.queue_size.label': 'Queue size',
  'gauge.queue_size.help': 'Messages in the queue that are ready or in flight.',
  'gauge.ready.label': 'Ready',
  'gauge.ready.help': 'Messages that wait for a worker.',
  'gauge.in_flight.label': 'In flight',
  'gauge.in_flight.help': 'Messages that were handed out and are not acknowledged yet.',
  'gauge.delayed.label': 'Delayed',
  'gauge.delayed.help': 'Messages that wait for their time, mostly after a failed attempt.',
  'gauge.oldest_age.label': 'Oldest',
  'gauge.oldest_age.help': 'Age of the oldest ready message.',
  'gauge.redeliveries.label': 'Redeliveries',
  'gauge.redeliveries.help': 'How often a message was handed out again so far.',
  'gauge.published.label': 'Published',
  'gauge.published.help': 'Messages that reached the topic so far.',
  'gauge.copies.label': 'Copies',
  'gauge.copies.help': 'Copies the topic has handed on so far: one for each message and subscriber.',
  'gauge.rows.label': 'Rows',
  'gauge.rows.help': 'Rows, or events, that are kept now.',
  'gauge.outbox.label': 'Outbox',
  'gauge.outbox.help': 'Events that are committed and not yet marked as published.',
  'gauge.connections.label': 'Connections',
  'gauge.connections.help': 'Reads and writes that are being worked on now.',
  'gauge.questions_waiting.label': 'Waiting',
  'gauge.questions_waiting.help': 'Reads and writes that wait for a connection.',
  'gauge.reads.label': 'Reads',
  'gauge.reads.help': 'Reads answered so far.',
  'gauge.committed.label': 'Committed',
  'gauge.committed.help': 'Writes that were carried out so far.',
  'gauge.conflicts.label': 'Conflicts',
  'gauge.conflicts.help':
    'Writes that were turned down so far, because the row was there already or had changed since it was read.',
  'gauge.refusals.label': 'Turned down',
  'gauge.refusals.help': 'Reads and writes so far for which there was no connection, no room, or no leave to write.',
  'gauge.events_published.label': 'Published',
  'gauge.events_published.help': 'How often the relay has published an event so far.',
  'gauge.published_again.label': 'Published again',
  'gauge.published_again.help':
    'How often the relay has published an event that had been published before: it crashed before it could mark it.',
  'gauge.streams.label': 'Streams',
  'gauge.streams.help': 'Keys that have events.',
  'gauge.rejected_events.label': 'Rejected',
  'gauge.rejected_events.help': 'Appends that were turned down so far, because the event has no meaning where its stream stands.',
  'gauge.in_view.label': 'In the view',
  'gauge.in_view.help': 'Events that the view is made of now.',
  'gauge.view_lag.label': 'Behind',
  'gauge.view_lag.help': 'Events that are committed in the event store and not in the view. 0 = the view tells the truth.',
  'gauge.stale_seconds.label': 'Stale for',
  'gauge.stale_seconds.help':
    'How long ago the oldest event that is missing in the view was committed: who wrote it cannot read it here.',
  'gauge.held_events.label': 'At hand',
  'gauge.held_events.help': 'Events that lie at the view and are not taken in yet.',
  'gauge.folded.label': 'Taken in',
  'gauge.folded.help': 'Events that were delivered and taken into the view so far.',
  'gauge.refolded.label': 'Read again',
  'gauge.refolded.help': 'Events that were read from the event store and taken into the view so far.',
  'gauge.ignored.label': 'Ignored',
  'gauge.ignored.help': 'Events that were delivered so far and were in the view already.',
  'gauge.gaps.label': 'Gaps',
  'gauge.gaps.help': 'How often an event came before the one that belongs before it.',
  'gauge.standing.label': 'Stands',
  'gauge.standing.help': '1 while the view takes nothing in, because an event is missing or has no meaning.',
  'gauge.rebuilding.label': 'Rebuilding',
  'gauge.rebuilding.help': '1 while the view reads the log of the event store.',
  'gauge.rebuilds.label': 'Rebuilds',
  'gauge.rebuilds.help': 'How often the view has read the log of the event store so far.',
  'gauge.view_streams.label': 'Streams',
  'gauge.view_streams.help': 'Keys that the view knows.',
  'gauge.open_trips.label': 'Open',
  'gauge.open_trips.help': 'Streams that are not at their end, as far as the view knows.',
  'gauge.completed_trips.label': 'Completed',
  'gauge.completed_trips.help': 'Trips that are completed, as far as the view knows.',
  'gauge.cancelled_trips.label': 'Cancelled',
  'gauge.cancelled_trips.help': 'Trips that were cancelled, as far as the view knows.',
  'gauge.view_reads.label': 'Reads',
  'gauge.view_reads.help': 'Reads of the view so far.',
  'gauge.stale_reads.label': 'Stale reads',
  'gauge.stale_reads.help': 'Reads so far by somebody whose own event was not in the view yet.',
  'gauge.dlq_size.label': 'Dead letters',
  'gauge.dlq_size.help': 'Messages that rest here now.',
  'gauge.arrived.label': 'Arrived',
  'gauge.arrived.help': 'Messages that were given up on and came here so far.',
  'gauge.redriven.label': 'Redriven',
  'gauge.redriven.help': 'Messages that were sent back to where they came from so far.',
} as const;
