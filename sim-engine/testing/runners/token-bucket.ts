// Judges patterns/token-bucket: which of the arrivals get a token, by the bucket that senders and services use.

import { newTokenBucket, takeToken, tokenBucketSpec } from '../../parts/token-bucket.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

const SECOND_NS = 1e9;

export const TOKEN_BUCKET_FORMAT: VectorFormat = {
  key: 'patterns/token-bucket',
  judge(one: VectorCase): Judgement {
    const { ratePerSecond, burst, arrivals } = one.input as {
      readonly ratePerSecond: number;
      readonly burst: number;
      readonly arrivals: readonly number[];
    };
    const wanted = (one.expected as { readonly accepted: readonly boolean[] }).accepted;
    const spec = tokenBucketSpec(ratePerSecond, burst);
    const bucket = newTokenBucket(0);
    const found = arrivals.map((at) => takeToken(spec, bucket, Math.round(at * SECOND_NS)));
    const faults = found.length === wanted.length ? [] : [`${found.length} arrivals but ${wanted.length} recorded`];
    for (const [i, isAccepted] of wanted.entries()) {
      if (found[i] !== isAccepted) faults.push(`arrival ${i} at ${arrivals[i]} s: ${found[i]}, recorded ${isAccepted}`);
    }
    return { faults };
  },
};
