// Laws of the log, over random histories, against a plain slow twin: a list of records, with the rules written out over it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../../kernel/plain-state.ts';
import { compact } from './compaction.ts';
import { recordOffset, TOMBSTONE } from './log-segment.ts';
import type { LogSettings } from './log-settings.ts';
import {
  appendBatch,
  applyRetention,
  lastStableOffset,
  moveLogStart,
  newAppended,
  newLogSlice,
  newPartitionLog,
  type PartitionLog,
  raiseHighWatermark,
  readLog,
  sliceEnd,
  truncateLog,
  visitRecords,
} from './partition-log.ts';

const SETTINGS: LogSettings = {
  batchBytesMax: Infinity,
  timestampAheadNsMax: Infinity,
  segmentBytes: 300,
  segmentNs: Infinity,
  isDeleted: true,
  isCompacted: true,
  retentionNs: 40,
  retentionBytes: 1500,
  cleanableRatioMin: 0,
  compactionLagNsMin: 0,
  compactionLagNsMax: Infinity,
  deleteRetentionNs: 20,
};

interface Twin {
  readonly offset: number;
  readonly key: number;
  readonly item: number;
  readonly isTombstone: boolean;
}

type Step =
  | { readonly do: 'append'; readonly keys: readonly number[]; readonly tombstones: readonly boolean[] }
  | { readonly do: 'raise'; readonly by: number }
  | { readonly do: 'retain' | 'compact' }
  | { readonly do: 'cut'; readonly by: number }
  | { readonly do: 'start'; readonly share: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { minLength: 1, maxLength: 4 })
      .map((records) => ({ do: 'append' as const, keys: records.map(([key]) => key), tombstones: records.map(([, is]) => is) })),
  },
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 12 }).map((by) => ({ do: 'raise' as const, by })) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'retain' as const }, { do: 'compact' as const }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 6 }).map((by) => ({ do: 'cut' as const, by })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 100 }).map((share) => ({ do: 'start' as const, share })) },
);

/** A log, its twin, and what has gone for good. */
class Pair {
  log = newPartitionLog(0);
  records: Twin[] = [];
  ends: number[] = [];
  private items = 0;
  private nowNs = 0;

  apply(one: Step): void {
    this.nowNs += 3;
    const before = { start: this.log.logStart, high: this.log.highWatermark };
    switch (one.do) {
      case 'append':
        return this.append(one.keys, one.tombstones);
      case 'raise':
        raiseHighWatermark(this.log, this.batchEndBelow(this.log.highWatermark + one.by));
        return;
      case 'retain': {
        const gone = applyRetention(this.log, SETTINGS, this.nowNs);
        const items = new Set(gone.flatMap(({ item, recordCount }) => [...item.subarray(0, recordCount)]));
        for (const { offset } of this.records.filter(({ item }) => items.has(item))) expect(offset).toBeLessThan(before.high);
        this.records = this.records.filter(({ item }) => !items.has(item));
        expect(this.log.logStart).toBeGreaterThanOrEqual(before.start);
        return;
      }
      case 'compact':
        return this.compact();
      case 'cut': {
        // Never below the high watermark: no clean election does (semantics 1). Whole batches go.
        const at = Math.max(this.log.highWatermark, this.batchEndBelow(this.log.logEnd - one.by));
        const gone = new Set(truncateLog(this.log, at, this.nowNs));
        this.records = this.records.filter(({ item }) => !gone.has(item));
        this.ends = this.ends.filter((end) => end <= at);
        expect(this.records.every(({ offset }) => offset < this.log.logEnd)).toBe(true);
        return;
      }
      case 'start':
        moveLogStart(this.log, Math.floor((this.log.logEnd * one.share) / 100));
    }
  }

  /** Replicas fetch whole batches, so every mark that they make lies between two. */
  private batchEndBelow(offset: number): number {
    return this.ends.findLast((end) => end <= offset) ?? 0;
  }

  private append(keys: readonly number[], tombstones: readonly boolean[]): void {
    const items = keys.map(() => this.items++);
    const out = newAppended();
    appendBatch(
      this.log,
      SETTINGS,
      {
        producerId: -1,
        producerEpoch: -1,
        baseSequence: -1,
        recordCount: keys.length,
        sizeBytes: 61 + 20 * keys.length,
        timestampNs: this.nowNs,
        leaderEpoch: 0,
        isTransactional: false,
        keys,
        items,
        recordFlags: tombstones.map((is) => (is ? TOMBSTONE : 0)),
        from: 0,
      },
      this.nowNs,
      out,
    );
    this.ends.push(this.log.logEnd);
    for (const [i, key] of keys.entries()) {
      const item = items[i] as number;
      this.records.push({ offset: out.baseOffset + i, key, item, isTombstone: tombstones[i] as boolean });
    }
  }

  /** Of what went, a later record has the key, or it was a tombstone: nothing else goes (K32). */
  private compact(): void {
    const gone = new Set(compact(this.log, SETTINGS, this.nowNs));
    const last = new Map(this.records.map(({ key, offset }) => [key, offset]));
    for (const record of this.records) {
      if (gone.has(record.item)) expect(record.isTombstone || (last.get(record.key) as number) > record.offset).toBe(true);
    }
    this.records = this.records.filter(({ item }) => !gone.has(item));
  }
}

/** What the log holds, whoever may see it. */
const held = (log: PartitionLog): readonly (readonly [number, number])[] =>
  log.segments.flatMap((segment) =>
    Array.from({ length: segment.recordCount }, (_, i) => [recordOffset(segment, i), segment.item[i] as number] as const),
  );

/** What a reader gets that reads from the start of the log with fetches of so many bytes. */
function readAll(log: PartitionLog, bytesMax: number): readonly (readonly [number, number])[] {
  const seen: (readonly [number, number])[] = [];
  const slice = newLogSlice();
  for (let at = log.logStart; ; ) {
    expect(readLog(log, at, log.highWatermark, bytesMax, true, slice)).toBe(true);
    if (slice.segment === null || slice.batch === slice.batchEnd) return seen;
    visitRecords(log, slice, at, false, (offset, _, item) => seen.push([offset, item]));
    at = sliceEnd(slice);
  }
}

describe('a log', () => {
  it('holds what its plain twin holds, whatever happens to it (K1, K2, K3, K31, K32)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 400 }), (steps, bytesMax) => {
        const pair = new Pair();
        for (const one of steps) {
          const highBefore = pair.log.highWatermark;
          pair.apply(one);
          const { log, records } = pair;
          expect(held(log)).toEqual(records.map(({ offset, item }) => [offset, item]));
          expect([log.logStart, lastStableOffset(log), log.highWatermark, log.logEnd]).toEqual(
            [log.logStart, lastStableOffset(log), log.highWatermark, log.logEnd].toSorted((a, b) => a - b),
          );
          expect(log.highWatermark).toBeGreaterThanOrEqual(highBefore);
        }
        const { log, records } = pair;
        const visible = records.filter(({ offset }) => offset >= log.logStart && offset < log.highWatermark);
        expect(readAll(log, bytesMax)).toEqual(visible.map(({ offset, item }) => [offset, item]));
      }),
      { numRuns: 300 },
    );
  });

  it('goes on from a copy as from itself', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.array(step, { maxLength: 25 }), (first, second) => {
        const pair = new Pair();
        for (const one of first) pair.apply(one);
        const kept = clonePlain(pair.log);
        const rest = Object.assign(new Pair(), pair, { log: kept, records: [...pair.records], ends: [...pair.ends] });
        for (const one of second) pair.apply(one);
        for (const one of second) rest.apply(one);
        expect(rest.log).toEqual(pair.log);
      }),
      { numRuns: 100 },
    );
  });

  it('has each record of an idempotent producer once, in the order it was sent, however often and late it is sent again (K16)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (backs, size) => {
        const log = newPartitionLog(0);
        const out = newAppended();
        let acked = 0;
        for (const back of backs) {
          // At most five are under way: one of the last acknowledged again, or the next one.
          const batch = Math.max(0, acked - back);
          const items = Array.from({ length: size }, (_, i) => batch * size + i);
          const common = { recordCount: size, sizeBytes: 80, timestampNs: 0, leaderEpoch: 0, isTransactional: false };
          appendBatch(
            log,
            SETTINGS,
            {
              ...common,
              producerId: 9,
              producerEpoch: 0,
              baseSequence: batch * size,
              keys: items,
              items,
              recordFlags: null,
              from: 0,
            },
            0,
            out,
          );
          expect(out).toEqual({ error: null, isDuplicate: back > 0 && acked > 0, baseOffset: batch * size });
          if (batch === acked) acked++;
        }
        expect(held(log)).toEqual(Array.from({ length: acked * size }, (_, i) => [i, i]));
      }),
    );
  });
});
