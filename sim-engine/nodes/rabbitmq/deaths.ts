// What becomes of messages that die in a queue: they are published once more, under what the queue says of dead letters.

import type { BrokerCore } from './broker-core.ts';
import { deadCopy, isDeathCycle } from './dead-letter.ts';
import type { Entry } from './entry-line.ts';
import type { DeathReason, Message } from './model.ts';
import { offer } from './publishing.ts';
import type { Queue, Retained } from './queue.ts';
import { retryDeathNs } from './quorum-queue.ts';
import { route } from './routing.ts';

const MS = 1_000_000;

/** Stands for a channel of the broker's own, whose publishes are confirmed: what dies at least once goes through it. */
const SELF_CONFIRMED = -1;

/** Sends a dead message on, without a confirm. The first queue that keeps it takes over what was owed for it. */
export function publishDeath(core: BrokerCore, queue: Queue, entry: Entry, reason: DeathReason): void {
  const copy = copyOf(core, queue, entry, reason);
  let isKept = false;
  for (const name of deathTargets(core, copy, reason)) {
    if (offer(core, core.named(name) as Queue, copy, 0, 0, isKept ? 0 : entry.obligation) !== 'refused') isKept = true;
  }
  if (!isKept && entry.obligation !== 0) core.out.gone(queue, entry, reason);
}

function copyOf(core: BrokerCore, queue: Queue, entry: Entry, reason: DeathReason): Message {
  const { deadLetterExchange, deadLetterKey } = queue.settings;
  const isTold = core.version === '4.3' || (core.version === '4.0' && queue.type === 'quorum');
  return deadCopy(
    entry.message,
    {
      queue: queue.spec.name,
      reason,
      deadLetterExchange: deadLetterExchange ?? '',
      deadLetterKey,
      timeMs: core.nowNs() / MS,
      failedDeliveries: isTold ? entry.failedCount : entry.message.failedDeliveries,
    },
    core.version,
  );
}

function deathTargets(core: BrokerCore, copy: Message, reason: DeathReason): readonly string[] {
  const targets = route(core.state.routing, copy.exchange, copy);
  const { deaths } = copy;
  if (reason === 'rejected' || deaths === null) return targets;
  return targets.filter((name) => !isDeathCycle(name, deaths));
}

/** At-least-once: it leaves its queue when every target has it; with none, or one that will not, it is tried again in three minutes. */
export function tryRetained(core: BrokerCore, queue: Queue, retained: Retained): void {
  if (!core.state.queues.has(queue.serial) || !queue.retained.includes(retained)) return;
  const { confirmedBy, entry, reason } = retained;
  const copy = copyOf(core, queue, entry, reason);
  const targets = deathTargets(core, copy, reason);
  let isDone = targets.length > 0;
  for (const name of targets) {
    if (confirmedBy.includes(name)) continue;
    const from = confirmedBy.length === 0 ? entry.obligation : 0;
    if (offerForSure(core, core.named(name) as Queue, copy, from)) confirmedBy.push(name);
    else isDone = false;
  }
  if (isDone) queue.retained = queue.retained.filter((other) => other !== retained);
  else retained.dueNs = retryDeathNs(core.nowNs());
  core.arm(queue);
}

/** As a publisher that waits for a confirm: a quorum queue over its limit refuses it. */
function offerForSure(core: BrokerCore, queue: Queue, copy: Message, from: number): boolean {
  return offer(core, queue, copy, SELF_CONFIRMED, 0, from) === 'taken';
}
