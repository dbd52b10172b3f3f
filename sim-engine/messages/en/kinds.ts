// What node kinds, wire kinds, ports and gauges are called and how they are explained. The declarations name these keys; a
// test fails when one is missing here and when one is left over.

export const KIND_MESSAGES = {
  // ---- nodes
  'kind.sender.label': 'Sender',
  'kind.sender.about': 'Makes messages and hands them to a queue or a topic. It does not know who reads them, or when.',
  'kind.sender.fidelity':
    'Stands for any program that sends. Its own work costs no time, and after a crash it forgets what it was about to send.',
  'kind.sender.port.out': 'Messages it sends',

  'kind.requester.label': 'Requester',
  'kind.requester.about':
    'Asks questions by message and waits for the replies at a queue of its own or a shared one. Each question has a number and a deadline; a reply that comes too late is thrown away.',
  'kind.requester.fidelity':
    'Stands for any client that asks through queues. Reading a reply costs no time, and a crash forgets what was open.',
  'kind.requester.port.in': 'Replies it waits for',
  'kind.requester.port.out': 'Requests it sends',

  'kind.service.label': 'Worker',
  'kind.service.about':
    'Takes messages one after the other, works on each for a while, hands on results and acknowledges. Several workers can share one queue.',
  'kind.service.fidelity':
    'Stands for any program that reads. Work takes time drawn from a law; what is inside the work is not modelled.',
  'kind.service.port.in': 'Messages it works on',
  'kind.service.port.out': 'Results it publishes',
  'kind.service.port.asked': 'Calls it answers',
  'kind.service.port.calls': 'Services it calls',

  'kind.queue.label': 'Queue',
  'kind.queue.about':
    'Keeps messages until a worker takes them. Each message goes to one worker: the one that has waited longest.',
  'kind.queue.fidelity':
    'The textbook queue, no product: one place, no copies of itself, and no limit on how fast it takes and hands out.',
  'kind.queue.port.in': 'Messages that come in',
  'kind.queue.port.out': 'Messages for workers',
  'kind.queue.port.dead': 'Messages it gives up on',

  'kind.topic.label': 'Topic',
  'kind.topic.about': 'Gives every subscriber its own copy of every message. Who subscribes later sees only what comes after.',
  'kind.topic.fidelity':
    'The textbook topic, no product: it keeps nothing, so a copy for a subscriber that is away is lost. Put a queue behind it to keep copies.',
  'kind.topic.port.in': 'Messages that come in',
  'kind.topic.port.out': 'Copies for subscribers',

  'kind.dead-letter-queue.label': 'Dead-letter queue',
  'kind.dead-letter-queue.about':
    'Where messages rest after the last attempt, each with the reason. Nobody reads it; a redrive sends messages back to where they came from.',
  'kind.dead-letter-queue.fidelity':
    'The textbook dead-letter queue, no product: it never fills up, and what rests in it never expires.',
  'kind.dead-letter-queue.port.in': 'Messages given up on',

  // ---- wires
  'wire.publish.label': 'Publish',
  'wire.publish.about':
    'Hands messages to a queue or a topic. A message can be lost on the way; with confirmation the sender notices and sends it again.',
  'wire.deliver.label': 'Deliver',
  'wire.deliver.about':
    'Hands messages of a queue to a worker, which acknowledges each one. What is not acknowledged in time is handed out again.',
  'wire.subscribe.label': 'Subscribe',
  'wire.subscribe.about':
    'Pushes a copy of every message to a worker that listens now. Nothing is kept for it, and nothing comes twice.',
  'wire.feed.label': 'Feed',
  'wire.feed.about': 'Copies every message of a topic into a queue, which keeps it for its own workers.',
  'wire.call.label': 'Call',
  'wire.call.about':
    'One service asks another and waits for the answer. Question and answer may each be lost, late or doubled, and then only the time-out helps.',
  'wire.dead-letter.label': 'Dead letters',
  'wire.dead-letter.about': 'Where a queue puts what it gives up on. Takes no time and cannot fail.',

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
  'gauge.misrouted.label': 'Mixed up',
  'gauge.misrouted.help': 'Replies so far that were taken for the answer to another request. Only a simulator can know.',
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
  'gauge.calls_out.label': 'Calls out',
  'gauge.calls_out.help': 'Calls of this worker that wait for an answer now.',
  'gauge.calls_timed_out.label': 'Timed out',
  'gauge.calls_timed_out.help':
    'Calls of this worker that got no answer in time so far. The work may have been done all the same.',
  'gauge.calls_held_back.label': 'Held back',
  'gauge.calls_held_back.help': 'Calls that were not let out so far, because too many were out already.',
  'gauge.busy_seconds.label': 'Time at work',
  'gauge.busy_seconds.help': 'Seconds of work done so far, all places together.',
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
  'gauge.dlq_size.label': 'Dead letters',
  'gauge.dlq_size.help': 'Messages that rest here now.',
  'gauge.arrived.label': 'Arrived',
  'gauge.arrived.help': 'Messages that were given up on and came here so far.',
  'gauge.redriven.label': 'Redriven',
  'gauge.redriven.help': 'Messages that were sent back to where they came from so far.',
} as const;
