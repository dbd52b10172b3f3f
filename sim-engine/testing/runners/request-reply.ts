// Judges patterns/request-reply: which requests are completed, how and when, and how many replies were of no use, by the set of open
// requests that the requester uses.

import { isSamePlain } from '../../kernel/plain-state.ts';
import {
  newOpenRequests,
  nextDeadlineNs,
  type OpenRequests,
  openRequest,
  takeReply,
  takeTimedOut,
} from '../../parts/open-requests.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

/** The cases name no unit: theirs are seconds here. */
const UNIT_NS = 1e9;

interface Completion {
  readonly correlationId: string;
  readonly result: string;
  readonly at: number;
}

export const REQUEST_REPLY_FORMAT: VectorFormat = {
  key: 'patterns/request-reply',
  judge(one: VectorCase): Judgement {
    const { timeout, events } = one.input as {
      readonly timeout: number;
      readonly events: readonly { readonly t: number; readonly op: 'request' | 'reply'; readonly id: string }[];
    };
    const requests = newOpenRequests();
    const ids: string[] = [];
    const completions: Completion[] = [];
    for (const { t, op, id } of events) {
      const nowNs = t * UNIT_NS;
      timeOut(requests, nowNs, ids, completions);
      if (op === 'request') ids[openRequest(requests, nowNs + timeout * UNIT_NS)] = id;
      else if (takeReply(requests, nowNs, ids.lastIndexOf(id)) === 'completed')
        completions.push({ correlationId: id, result: 'ok', at: t });
    }
    timeOut(requests, Number.MAX_VALUE, ids, completions);
    const { lateCount, duplicateCount, unknownCount } = requests;
    const found = { completions, discardedReplies: lateCount + duplicateCount + unknownCount };
    const faults = Object.keys(one.expected)
      .filter((key) => !isSamePlain(found[key as keyof typeof found], one.expected[key]))
      .map((key) => `${key}: ${JSON.stringify(found[key as keyof typeof found])}, recorded ${JSON.stringify(one.expected[key])}`);
    return { faults, details: `late ${lateCount}, duplicate ${duplicateCount}, unknown ${unknownCount}` };
  },
};

function timeOut(requests: OpenRequests, untilNs: number, ids: readonly string[], completions: Completion[]): void {
  for (let at = nextDeadlineNs(requests); at <= untilNs; at = nextDeadlineNs(requests)) {
    const number = takeTimedOut(requests, at);
    completions.push({ correlationId: ids[number] as string, result: 'timeout', at: at / UNIT_NS });
  }
}
