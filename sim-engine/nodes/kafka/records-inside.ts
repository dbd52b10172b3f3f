// Records of one partition by their offsets, a page at a time: key, headers, how old each is, and who has read it. Called by the broker that
// leads it when somebody looks; changes nothing.

import { max, min } from '../../kernel/exact-math.ts';
import { agoNs, type Inside, InsideRows, keyCell, listShape, nameOfMessage, untilNs } from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { BrokerContents, LedPartition } from './broker-inside.ts';
import { owedAt } from './group-share.ts';
import { recordOffset, type Segment } from './log-segment.ts';

const RECORDS = listShape('kafka-topic.records', {
  offset: 'count',
  letter: 'message',
  key: 'count?',
  headers: 'text?',
  due: 'duration?',
  age: 'duration',
  'committed-by': 'node?',
  'handed-to': 'node?',
  standing: 'word?',
});

/** Records of one page. */
export const RECORDS_SHOWN = 50;

/** `partition` or `partition@offset`: its newest records, or those from an offset on. Null for what is no such thing. */
export function partitionAsked(detail: string): { readonly partition: number; readonly from: number | null } | null {
  const found = /^(\d{1,6})(?:@(\d{1,15}))?$/.exec(detail);
  if (found === null) return null;
  return { partition: Number(found[1]), from: found[2] === undefined ? null : Number(found[2]) };
}

export function recordsInside({ world }: BrokerContents, led: LedPartition, from: number | null): Inside {
  const { log, partition } = led;
  const { highWatermark, logEnd, logStart, segments } = log;
  const first = max(logStart, from ?? logEnd - RECORDS_SHOWN);
  const rows = new InsideRows(RECORDS);
  let shown = 0;
  let next = first;
  for (const segment of segments) {
    for (let record = firstAtOrAfter(segment, first); record < segment.recordCount && shown < RECORDS_SHOWN; record++) {
      const offset = recordOffset(segment, record);
      const msg = segment.item[record] as number;
      shown++;
      next = offset + 1;
      rows.add({
        offset,
        letter: nameOfMessage(world, msg),
        key: keyCell(segment.key[record] as number),
        headers: headersOf(world, msg, passedOnAttempts(world, led, offset)),
        due: untilNs(world, led.dueNs.get(offset)),
        age: agoNs(world, world.messages.createdNs[msg] as number),
        'committed-by': readers(led, (share) => share.committed > offset),
        'handed-to': readers(led, (share) => share.committed <= offset && wasHandedOut(world, owedAt(share, offset))),
        standing: offset < highWatermark ? null : 'inside.word.record-hidden',
      });
    }
  }
  return [
    {
      ...rows.table(shown),
      number: partition,
      ...(first > logStart ? { earlier: `${partition}@${max(logStart, first - RECORDS_SHOWN)}` } : {}),
      ...(next < logEnd ? { later: `${partition}@${min(next, logEnd)}` } : {}),
    },
  ];
}

function firstAtOrAfter(segment: Segment, offset: number): number {
  let low = 0;
  let high = segment.recordCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (recordOffset(segment, middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Share = LedPartition['shares'] extends ReadonlyMap<string, infer S> ? S : never;

/** Ids of the groups of which it is so. */
function readers({ shares }: LedPartition, isOne: (share: Share) => boolean): string | null {
  const ids = [...shares].filter(([, share]) => isOne(share)).map(([id]) => id);
  return ids.length === 0 ? null : ids.join(' ');
}

const wasHandedOut = ({ obligations }: World, obl: number): boolean => obl !== 0 && (obligations.attempts[obl] as number) > 0;

/** How often a record was tried that a group has passed on to here, to be tried again or to rest; 0 = it was sent to here. */
function passedOnAttempts({ obligations }: World, { dueNs, kept, shares }: LedPartition, offset: number): number {
  const resting = kept === null ? 0 : owedAt(kept, offset);
  if (resting !== 0) return obligations.attempts[resting] as number;
  if (!dueNs.has(offset)) return 0;
  const [share] = shares.values();
  const obl = share === undefined ? 0 : owedAt(share, offset);
  return obl === 0 ? 0 : (obligations.attempts[obl] as number);
}

/** What it carries besides its key and its value. */
function headersOf({ messages, nodeIds, now }: World, msg: number, attempts: number): string | null {
  const headers: string[] = attempts > 0 ? [`retry_topic-attempts: ${attempts}`] : [];
  const cause = messages.causeNumber[msg] as number;
  if (cause > 0) headers.push(`caused-by: ${nodeIds[messages.causeSender[msg] as number]} ${cause}`);
  const event = messages.eventNumber[msg] as number;
  if (event > 0) headers.push(`event: ${event}`);
  const deadlineNs = messages.deadlineNs[msg] as number;
  if (deadlineNs > 0) headers.push(deadlineNs > (now[0] as number) ? 'deadline: ahead' : 'deadline: passed');
  return headers.length === 0 ? null : headers.join(', ');
}
