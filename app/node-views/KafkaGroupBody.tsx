// What stands on the card of a consumer group: its state and for how long, its members with what each owns, and three figures. React sees
// state and members only when they change.

import { Check, CircleDashed, RefreshCw } from 'lucide-react';
import { useRef, useState } from 'react';
import {
  FRAME,
  GROUP,
  GROUP_STATE,
  MEMBER,
  MEMBER_STANDING,
  PARTITIONS_STRIDE,
  ROW_SORT,
  ROW_STRIDE,
} from '../../sim-engine/protocol/frame.ts';
import type { FrameLayout } from '../../sim-engine/protocol/messages.ts';
import { type KafkaWord, kafkaText } from '../messages/kafka.ts';
import { nameOf, topologyOf } from '../store/drawing.ts';
import { LiveDuration, LiveText, usePicture } from '../store/LiveText.tsx';
import { currentPlaces, present, rates, useLab } from '../store/lab.ts';
import type { Places } from '../store/readings.ts';
import { count, duration, durationText, figure } from '../ui/format.ts';
import { tagsNow } from './group-tags-now.ts';
import { GROUP_ROWS } from './kafka-sizes.ts';
import type { CardProps } from './node-view.ts';
import { visitRows } from './rows.ts';
import './kafka.css';

export function GroupTag({ node: { id, name } }: CardProps) {
  const tag = useLab(() => tagsNow().get(id) ?? '');
  const words = kafkaText('group.tag', { name: name ?? id, tag });
  return (
    <span className="group-tag" role="img" title={words} aria-label={words}>
      {tag}
    </span>
  );
}

interface SeenMember {
  readonly wire: string;
  readonly place: number;
  readonly standing: number;
  /** Whole seconds since it was heard of, from where that is worth telling; 0 before. */
  readonly silentS: number;
  readonly owns: number;
  /** As the chips name them. */
  readonly owned: readonly string[];
}

interface SeenGroup {
  readonly state: number;
  readonly generation: number;
  readonly members: number;
  readonly awaited: number;
  /** Members that own nothing. */
  readonly idle: number;
  readonly shown: readonly SeenMember[];
}

const NOBODY: SeenGroup = { state: GROUP_STATE.DEAD, generation: 0, members: 0, awaited: 0, idle: 0, shown: [] };

/** A member that says nothing for so long, seconds, has missed a heartbeat, as long as it sends them as often as usual. */
const SILENT_FROM_S = 4;

function groupIn(frame: Float64Array, places: Places, layout: FrameLayout, id: string): SeenGroup {
  let seen = NOBODY;
  const shown: SeenMember[] = [];
  const topics = new Set<number>();
  const number = (at: number): number => frame[at] as number;
  visitRows(frame, places, id, ROW_SORT.GROUP, (at) => {
    seen = {
      state: number(at + GROUP.STATE),
      generation: number(at + GROUP.GENERATION),
      members: number(at + GROUP.MEMBERS),
      awaited: number(at + GROUP.AWAITED),
      idle: number(at + GROUP.IDLE),
      shown,
    };
  });
  const ownedAt = (at: number): readonly number[] =>
    [...frame.subarray(at + MEMBER.OWNED, at + ROW_STRIDE)].slice(0, number(at + MEMBER.OWNS));
  visitRows(frame, places, id, ROW_SORT.MEMBER, (at) => {
    for (const owned of ownedAt(at)) topics.add(Math.floor(owned / PARTITIONS_STRIDE));
  });
  const partitionText = (owned: number): string => {
    const topic = layout.nodes[Math.floor(owned / PARTITIONS_STRIDE)]?.id ?? '';
    // Of one topic the number says it all.
    return topics.size > 1 ? `${topicLetters(topic)}${owned % PARTITIONS_STRIDE}` : String(owned % PARTITIONS_STRIDE);
  };
  visitRows(frame, places, id, ROW_SORT.MEMBER, (at) => {
    const silentS = (number(FRAME.SIM_TIME_NS) - number(at + MEMBER.HEARD_NS)) / 1e9;
    shown.push({
      wire: layout.wires[number(at + MEMBER.WIRE)]?.id ?? '',
      place: number(at + MEMBER.PLACE),
      standing: number(at + MEMBER.STANDING),
      silentS: silentS >= SILENT_FROM_S ? Math.floor(silentS) : 0,
      owns: number(at + MEMBER.OWNS),
      owned: ownedAt(at).map(partitionText),
    });
  });
  return seen;
}

function topicLetters(id: string): string {
  const drawing = present(useLab.getState());
  const name = drawing === null ? id : nameOf(topologyOf(drawing), id);
  return name.slice(0, 1).toLowerCase();
}

const STATES: ReadonlyMap<number, { readonly word: KafkaWord; readonly Icon: typeof Check }> = new Map([
  [GROUP_STATE.DEAD, { word: 'group.dead', Icon: CircleDashed }],
  [GROUP_STATE.EMPTY, { word: 'group.empty', Icon: CircleDashed }],
  [GROUP_STATE.PREPARING, { word: 'group.preparing', Icon: RefreshCw }],
  [GROUP_STATE.COMPLETING, { word: 'group.completing', Icon: RefreshCw }],
  [GROUP_STATE.STABLE, { word: 'group.stable', Icon: Check }],
]);

const STANDINGS: ReadonlyMap<number, KafkaWord> = new Map([
  [MEMBER_STANDING.JOINED, 'group.joined'],
  [MEMBER_STANDING.TO_REJOIN, 'group.to-rejoin'],
  [MEMBER_STANDING.SYNCS, 'group.syncs'],
  [MEMBER_STANDING.TO_SYNC, 'group.to-sync'],
]);

export function GroupBody({ node: { id }, isNarrow }: CardProps) {
  const [seen, see] = useState<SeenGroup>(NOBODY);
  const last = useRef('');
  usePicture('calm', ({ frame, layout }) => {
    const places = currentPlaces();
    if (frame === null || places === null || layout === null) return;
    const now = groupIn(frame, places, layout, id);
    const key = JSON.stringify(now);
    if (key === last.current) return;
    last.current = key;
    see(now);
  });
  const { generation, members, shown, state } = seen;
  const { Icon, word } = STATES.get(state) ?? { word: 'group.dead' as const, Icon: CircleDashed };
  const rows = members > GROUP_ROWS ? shown.slice(0, GROUP_ROWS - 1) : shown;
  return (
    <>
      <div className="group-state" data-state={word.slice('group.'.length)}>
        <p>
          <Icon size={13} strokeWidth={2} aria-hidden="true" />
          <b>{kafkaText(word)}</b>
          <LiveText read={(frame, places) => sinceText(frame, places, id)} />
          {generation > 0 && <i>{kafkaText('group.generation', { generation })}</i>}
        </p>
        <p>{sentenceOf(seen)}</p>
      </div>
      {!isNarrow && (
        <ul className="group-members">
          {rows.map((member, ix) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one that died and its successor are told apart by nothing else.
            <MemberRow key={ix} member={member} isAlone={!hasTwin(shown, member)} />
          ))}
          {members > rows.length && <li className="group-more">{kafkaText('group.more', { count: members - rows.length })}</li>}
        </ul>
      )}
      <dl className="card-figures card-foot is-close">
        <div>
          <dt>{kafkaText('group.lag')}</dt>
          <dd>
            <LiveText read={(frame, places) => count(frame[places.gauge(id, 'consumer_lag')] ?? 0)} />
          </dd>
        </div>
        <div>
          <dt>{kafkaText('group.behind')}</dt>
          <dd>
            <LiveDuration read={(frame, places) => wholeMs((frame[places.gauge(id, 'lag_seconds')] ?? 0) * 1e9)} />
          </dd>
        </div>
        <div>
          <dt>{kafkaText('group.fetched')}</dt>
          <dd>
            <LiveText read={(frame, places) => figure(rates.at(frame, places.gauge(id, 'fetched')))} />
            <i className="unit">{kafkaText('topic.per-second')}</i>
          </dd>
        </div>
      </dl>
    </>
  );
}

/** Less than a millisecond is nothing to a reader. */
const wholeMs = (ns: number): number => (ns < 1e6 ? 0 : ns);

const hasTwin = (members: readonly SeenMember[], { place, wire }: SeenMember): boolean =>
  place > 0 || members.some((other) => other.wire === wire && other.place !== place);

function sinceText(frame: Float64Array, places: Places, id: string): string {
  let text = '';
  visitRows(frame, places, id, ROW_SORT.GROUP, (at) => {
    const ns = (frame[FRAME.SIM_TIME_NS] as number) - (frame[at + GROUP.SINCE_NS] as number);
    const { figure: value, unit } = duration(ns < 1e9 ? ns : Math.floor(ns / 1e8) * 1e8);
    text = kafkaText('group.for', { time: `${value} ${unit}` });
  });
  return text;
}

function sentenceOf({ awaited, idle, members, state }: SeenGroup): string {
  switch (state) {
    case GROUP_STATE.PREPARING:
      return awaited > 0 ? kafkaText('group.awaits-joins', { awaited, members }) : kafkaText('group.awaits-more');
    case GROUP_STATE.COMPLETING:
      return kafkaText('group.awaits-syncs');
    case GROUP_STATE.STABLE:
      return [
        kafkaText(members === 1 ? 'group.members.one' : 'group.members', { count: members }),
        ...(idle > 0 ? [kafkaText('group.some-idle', { count: idle })] : []),
      ].join(', ');
    default:
      return kafkaText('group.nobody');
  }
}

/** More would take the place of the name. */
const CHIPS = 4;

function MemberRow({ member, isAlone }: { readonly member: SeenMember; readonly isAlone: boolean }) {
  const { owned, owns, place, silentS, standing, wire } = member;
  const host = useLab((lab) => {
    const drawing = present(lab);
    const topology = drawing && topologyOf(drawing);
    const to = topology?.wires.find(({ id }) => id === wire)?.to;
    return topology && to !== undefined ? nameOf(topology, to) : wire;
  });
  const name = isAlone ? host : kafkaText('group.member', { name: host, number: place + 1 });
  const word = STANDINGS.get(standing);
  const isIdle = word === undefined && silentS === 0 && owns === 0;
  const said =
    silentS > 0
      ? kafkaText('group.silent', { time: durationText(silentS * 1e9) })
      : word !== undefined
        ? kafkaText(word)
        : isIdle
          ? kafkaText('group.idle')
          : '';
  const chips = owns > CHIPS ? owned.slice(0, CHIPS - 1) : owned;
  return (
    <li
      data-standing={silentS > 0 ? 'silent' : isIdle ? 'idle' : word === undefined ? 'owns' : word.slice('group.'.length)}
      title={owns > 0 ? kafkaText('group.owns', { name, partitions: owned.join(', ') }) : name}
    >
      <b>{name}</b>
      {said === '' ? (
        <span className="group-owned">
          {chips.map((partition) => (
            <i key={partition}>{partition}</i>
          ))}
          {owns > chips.length && <em>{kafkaText('group.owns-more', { count: owns - chips.length })}</em>}
        </span>
      ) : (
        <span>{said}</span>
      )}
    </li>
  );
}
