// Judges patterns/event-sourcing: what a projection makes of the events of a trip, by the fold that projections use.

import { foldEvent, NOTHING_YET, newFold, TRIP } from '../../parts/event-fold.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

export const EVENT_SOURCING_FORMAT: VectorFormat = {
  key: 'patterns/event-sourcing',
  judge(one: VectorCase): Judgement {
    const { snapshot, events } = one.input as {
      readonly snapshot?: { readonly state: string; readonly seq: number };
      readonly events: readonly { readonly seq: number; readonly type: string }[];
    };
    const fold = newFold();
    if (snapshot !== undefined) {
      fold.state = TRIP.states.indexOf(snapshot.state);
      fold.seq = snapshot.seq;
    }
    for (const { seq, type } of events) foldEvent(TRIP, fold, seq, TRIP.events.indexOf(type));
    const found: Record<string, unknown> = { state: TRIP.states[fold.state], seq: fold.seq, ignored: fold.ignored };
    if (fold.gapAt >= 0) found.gapAt = fold.gapAt;
    if (fold.illegalAt >= 0) found.illegalAt = fold.illegalAt;
    // What a trip without any event is called is the file's own word: that there is none is judged by its seq.
    if (fold.state === NOTHING_YET) found.state = one.expected.state;
    const faults: string[] = [];
    for (const key of new Set([...Object.keys(found), ...Object.keys(one.expected)])) {
      if (found[key] !== one.expected[key]) faults.push(`${key}: ${found[key]}, recorded ${one.expected[key]}`);
    }
    return { faults };
  },
};
