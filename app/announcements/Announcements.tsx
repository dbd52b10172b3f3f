// Says what a sighted person would notice, in one place that screen readers listen to: the run begins and pauses, a node crashes or
// comes back, a line grows or is empty again, letters die, a problem appears. Never more than one sentence in two seconds.

import { useEffect, useRef } from 'react';
import { DELIVERY_CLASSES, FRAME } from '../../sim-engine/protocol/frame.ts';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { text } from '../messages/asked.ts';
import { announcer } from '../store/announcer.ts';
import { nameOf, topologyOf } from '../store/drawing.ts';
import { usePicture, write } from '../store/LiveText.tsx';
import { client, currentPlaces, type Lab, present, useLab } from '../store/lab.ts';
import type { Places } from '../store/readings.ts';
import { useTroubles } from '../store/troubles.ts';
import { count, moment } from '../ui/format.ts';
import { type News, type Seen, Watch } from './watch.ts';

const DEAD = FRAME.DELIVERY_BOOK + DELIVERY_CLASSES.indexOf('deadLettered');

export function Announcements() {
  const voice = useRef<HTMLParagraphElement>(null);
  const watch = useRef(new Watch());
  useEffect(() => {
    const ends = [tellOfRun(), tellNotices(), tellTroubles()];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  usePicture('calm', ({ frame, wallMs }) => {
    const places = currentPlaces();
    const drawing = present(useLab.getState());
    // A frame of the drawing before the last edit says nothing of this one.
    if (frame !== null && places !== null && drawing !== null && frame[FRAME.LAYOUT_REVISION] === places.revision) {
      const topology = topologyOf(drawing);
      for (const news of watch.current.take(seenIn(frame, places, topology))) {
        announcer.tell(news.kind === 'dead' ? 'dead' : `line ${news.queue}`, wordsOf(news, topology));
      }
    }
    const sentence = announcer.take(wallMs);
    // The same again is no change to whoever listens; a blank at its end makes it one.
    if (sentence !== null) write(voice.current, voice.current?.textContent === sentence ? `${sentence}\u00a0` : sentence);
  });
  return <p ref={voice} className="unseen" aria-live="polite" data-testid="announcements" />;
}

function seenIn(frame: Float64Array, places: Places, { nodes }: TopologyDocument): Seen {
  const waiting = new Map<string, number>();
  for (const { id } of nodes) {
    const at = places.gauge(id, 'ready');
    if (at >= 0) waiting.set(id, frame[at] as number);
  }
  return { timeNs: frame[FRAME.SIM_TIME_NS] as number, waiting, dead: frame[DEAD] as number };
}

function wordsOf(news: News, topology: TopologyDocument): string {
  switch (news.kind) {
    case 'grows':
      return text('announce.grows', { queue: nameOf(topology, news.queue), count: count(news.count) });
    case 'empty':
      return text('announce.empty', { queue: nameOf(topology, news.queue) });
    case 'dead':
      return text('announce.dead', { count: count(news.count) });
    default:
      return news satisfies never;
  }
}

/** Begun, paused, stopped by itself, slower than asked for. */
function tellOfRun(): () => void {
  return useLab.subscribe((lab, before) => {
    if (lab.stopped !== before.stopped && lab.stopped !== null) announcer.tell('run', lab.stopped);
    else if (lab.isRunning !== before.isRunning) {
      const time = moment(client.frame?.[FRAME.SIM_TIME_NS] ?? 0);
      announcer.tell('run', text(lab.isRunning ? 'announce.running' : 'announce.paused', { time }));
    }
    if (lab.isSlowed && !before.isSlowed) announcer.tell('speed', text('transport.slowed'));
  });
}

/** What the engine finds worth telling: nodes that crash and come back, wires that are cut and healed. */
function tellNotices(): () => void {
  const told = new Set<number>();
  const tellNew = ({ notices }: Lab) => {
    for (const { id, sentence } of notices) {
      if (told.has(id)) continue;
      told.add(id);
      announcer.tell(`notice ${id}`, sentence);
    }
  };
  // Work that was found again has said so before anybody listened.
  tellNew(useLab.getState());
  return useLab.subscribe(tellNew);
}

const tellTroubles = (): (() => void) =>
  useTroubles.subscribe(({ of }, before) => {
    for (const [id, { sentence, remedy }] of of) {
      if (before.of.get(id)?.sentence !== sentence) announcer.tell(`trouble ${id}`, `${sentence} ${remedy}`);
    }
    for (const id of before.of.keys()) if (!of.has(id)) announcer.tell(`trouble ${id}`, '');
  });
