// Credit flow: a channel may be so many messages ahead of each queue, and gets more credit as the queue keeps up. One that has none left
// stops reading its connection. Plain state, kept by the broker's actor; times are in ns. Source: `credit_flow`, {400, 200};
// semantics/rabbitmq.md 5.2.

/** What a channel may be ahead of a queue at first, and after how many more it gets as many again. */
const CREDIT_FIRST = 400;
const CREDIT_MORE = 200;

/** What a channel has left with one queue. */
interface Credit {
  left: number;
  /** Messages the queue has taken since it last gave more. */
  taken: number;
}

export interface CreditFlow {
  /** By channel, by name of queue. */
  readonly credits: Map<number, Map<string, Credit>>;
  /** By name of queue: when it is through with what it has. */
  readonly busyUntil: Map<string, number>;
  /** By channel: when the last of what it has read is taken. A channel overtakes nobody of its own. */
  readonly lastDue: Map<number, number>;
}

export const newCreditFlow = (): CreditFlow => ({ credits: new Map(), busyUntil: new Map(), lastDue: new Map() });

/**
 * A channel hands a message to queues, each of which takes `paceNs` for one. Answers with when the last of them has taken it; the credit
 * is used at once.
 */
export function handOver(flow: CreditFlow, channel: number, queues: readonly string[], nowNs: number, paceNs: number): number {
  let dueNs = later(nowNs, flow.lastDue.get(channel));
  for (const queue of queues) {
    const untilNs = later(nowNs, flow.busyUntil.get(queue)) + paceNs;
    flow.busyUntil.set(queue, untilNs);
    dueNs = later(dueNs, untilNs);
    creditOf(flow, channel, queue).left--;
  }
  flow.lastDue.set(channel, dueNs);
  return dueNs;
}

const later = (a: number, b: number | undefined): number => (b !== undefined && b > a ? b : a);

function creditOf({ credits }: CreditFlow, channel: number, queue: string): Credit {
  const ofChannel = credits.get(channel) ?? new Map<string, Credit>();
  credits.set(channel, ofChannel);
  const credit = ofChannel.get(queue) ?? { left: CREDIT_FIRST, taken: 0 };
  ofChannel.set(queue, credit);
  return credit;
}

/** The queues have taken it. */
export function taken(flow: CreditFlow, channel: number, queues: readonly string[]): void {
  if (!flow.credits.has(channel)) return;
  for (const queue of queues) {
    const credit = creditOf(flow, channel, queue);
    credit.taken++;
    if (credit.taken < CREDIT_MORE) continue;
    credit.taken = 0;
    credit.left += CREDIT_MORE;
  }
}

/** Whether a channel has used its credit up with some queue, and waits. */
export function isOutOfCredit({ credits }: CreditFlow, channel: number): boolean {
  for (const { left } of credits.get(channel)?.values() ?? []) if (left <= 0) return true;
  return false;
}

export function forgetChannel(flow: CreditFlow, channel: number): void {
  flow.credits.delete(channel);
  flow.lastDue.delete(channel);
}
