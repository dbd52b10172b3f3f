// Transactions of a channel: what was published and settled since the last end of one is done together, or forgotten.

import type { BrokerCore } from './broker-core.ts';
import { type Channel, restorePending } from './channel.ts';
import { DONE, PRECONDITION_FAILED, type ReplyCode } from './model.ts';
import { spread } from './publishing.ts';
import { settleAtQueues } from './settling.ts';

export function selectTransaction(channel: Channel): ReplyCode {
  if (channel.isConfirming) return PRECONDITION_FAILED;
  channel.transaction ??= { publishes: [], settled: [] };
  return DONE;
}

/** Publishes first, then acknowledgements. */
export function commit(core: BrokerCore, channel: Channel): ReplyCode {
  const { transaction } = channel;
  if (transaction === null) return PRECONDITION_FAILED;
  channel.transaction = { publishes: [], settled: [] };
  let refusedBy = 0;
  for (const { message, targets, isMandatory } of transaction.publishes) {
    const there = targets.filter((name) => core.named(name) !== undefined);
    refusedBy += spread(core, channel, message, there, isMandatory, 0).refusedBy;
  }
  for (const { how, pending } of transaction.settled) settleAtQueues(core, channel, pending, how);
  core.settleAftermath();
  return refusedBy > 0 ? PRECONDITION_FAILED : DONE;
}

/** What was published is forgotten; what was acknowledged is out again, not back in its queue. */
export function rollback(channel: Channel): ReplyCode {
  const { transaction } = channel;
  if (transaction === null) return PRECONDITION_FAILED;
  channel.transaction = { publishes: [], settled: [] };
  restorePending(
    channel,
    transaction.settled.flatMap(({ pending }) => pending),
  );
  return DONE;
}
