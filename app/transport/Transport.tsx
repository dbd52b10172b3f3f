// The deck's first row: run and pause, steps, speed, the clock, and what tells one run from another: tick, seed, digest.

import { Pause, Play, SkipBack, StepForward } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import type { StepUnit } from '../../sim-engine/protocol/messages.ts';
import { text } from '../messages/text.ts';
import { isKey } from '../store/keys.ts';
import { LiveText, usePicture, write } from '../store/LiveText.tsx';
import { reset, setSpeed, step, togglePlay, useLab } from '../store/lab.ts';
import { isDense } from '../store/readings.ts';
import { SPEEDS, speedIndex, speedText } from '../store/speeds.ts';
import { clock, count, digestOf, digestText } from '../ui/format.ts';
import { useIsNarrow } from '../ui/media.ts';
import './transport.css';

const STEPS: readonly StepUnit[] = ['event', 'message', 'tick'];

/** `views`: what opens more to see, between the clock and the facts. */
export function Transport({ views }: { readonly views?: ReactNode }) {
  const isNarrow = useIsNarrow();
  return (
    <div className="transport">
      <div className="transport-keys">
        <button
          type="button"
          className="btn only"
          aria-label={text('transport.reset')}
          title={text('transport.reset')}
          onClick={() => reset()}
        >
          <SkipBack size={16} strokeWidth={1.75} />
        </button>
        <RunButton />
        {!isNarrow && <StepButtons />}
        {isNarrow ? <SpeedMenu /> : <SpeedSlider />}
      </div>
      <Clock />
      {views}
      <Troubles />
      <Facts />
    </div>
  );
}

function RunButton() {
  const isRunning = useLab((lab) => lab.isRunning);
  const Icon = isRunning ? Pause : Play;
  return (
    <button type="button" className="btn primary run" onClick={togglePlay}>
      <Icon size={15} strokeWidth={1.75} />
      <span>{text(isRunning ? 'transport.pause' : 'transport.run')}</span>
      <kbd>{text('transport.space')}</kbd>
    </button>
  );
}

function StepButtons() {
  return (
    <fieldset className="seg" aria-label={text('transport.step.label')} title={text('transport.step.label')}>
      <span className="seg-title">
        <StepForward size={14} strokeWidth={1.75} />
      </span>
      {STEPS.map((unit) => (
        <button key={unit} type="button" title={text(`transport.step.${unit}.help`)} onClick={() => step(unit)}>
          {text(`transport.step.${unit}`)}
          {unit === 'tick' && <kbd>.</kbd>}
        </button>
      ))}
    </fieldset>
  );
}

function SpeedSlider() {
  const speed = useLab((lab) => lab.speed);
  return (
    <label className="speed">
      <span className="unseen">{text('transport.speed')}</span>
      <input
        className="plain"
        type="range"
        min={0}
        max={SPEEDS.length - 1}
        step={1}
        value={speedIndex(speed)}
        aria-valuetext={Number.isFinite(speed) ? text('transport.speed.text', { factor: speed }) : text('transport.speed.max')}
        onChange={(event) => setSpeed(SPEEDS[event.target.valueAsNumber] as number)}
      />
      <output>{speedText(speed)}</output>
    </label>
  );
}

function SpeedMenu() {
  const speed = useLab((lab) => lab.speed);
  return (
    <select
      className="btn speed-menu"
      aria-label={text('transport.speed')}
      value={speedIndex(speed)}
      onChange={(event) => setSpeed(SPEEDS[Number(event.target.value)] as number)}
    >
      {SPEEDS.map((each, ix) => (
        <option key={each} value={ix}>
          {speedText(each)}
        </option>
      ))}
    </select>
  );
}

function Clock() {
  const whole = useRef<HTMLElement>(null);
  const fraction = useRef<HTMLElement>(null);
  usePicture('brisk', ({ timeNs }) => {
    const now = clock(timeNs);
    write(whole.current, now.whole);
    write(fraction.current, now.fraction);
  });
  return (
    <div className="clock" role="timer" aria-label={text('transport.clock')} data-testid="clock">
      <b ref={whole}>00:00:00</b>
      <i ref={fraction}>.000</i>
    </div>
  );
}

/** What keeps the run from being what was asked for. */
function Troubles() {
  const isSlowed = useLab((lab) => lab.isSlowed);
  const stopped = useLab((lab) => lab.stopped);
  const words = stopped ?? (isSlowed ? text('transport.slowed') : '');
  return <p className={stopped === null ? 'troubles is-slowed' : 'troubles'}>{words}</p>;
}

function Facts() {
  return (
    <dl className="facts">
      <div title={text('transport.tick.help')}>
        <dt>{text('transport.tick')}</dt>
        <dd>
          <LiveText read={(frame) => count(Math.floor((frame[FRAME.SIM_TIME_NS] as number) / 1e6))} />
        </dd>
      </div>
      <SeedField />
      <div>
        <dt>{text('transport.drawn')}</dt>
        <dd>
          <LiveText read={(frame) => text(isDense(frame) ? 'transport.drawn.width' : 'transport.drawn.letters')} />
        </dd>
      </div>
      <div title={text('transport.digest.help')}>
        <dt>{text('transport.digest')}</dt>
        <dd className="mono" data-testid="digest">
          <LiveText read={(frame) => digestText(digestOf(frame[FRAME.DIGEST_HI] as number, frame[FRAME.DIGEST_LO] as number))} />
        </dd>
      </div>
    </dl>
  );
}

/** Takes effect when it is left or Enter is pressed: a new seed is a new run. */
function SeedField() {
  const seed = useLab((lab) => lab.seed);
  const [draft, setDraft] = useState<string | null>(null);
  const id = 'transport-seed';
  const take = () => {
    const next = Number(draft);
    if (draft !== null && draft.trim() !== '' && Number.isInteger(next) && next >= 0 && next <= 0xffffffff && next !== seed) {
      reset(next);
    }
    setDraft(null);
  };
  return (
    <div title={text('transport.seed.help')}>
      <dt>
        <label htmlFor={id}>{text('transport.seed')}</label>
      </dt>
      <dd>
        <input
          id={id}
          className="seed"
          inputMode="numeric"
          value={draft ?? seed}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            if (event.key === 'Escape') setDraft(null);
          }}
        />
      </dd>
    </div>
  );
}

/** Space runs and pauses, the full stop goes on by one tick, wherever the focus is not something that uses them itself. */
export function useTransportKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (usesKeys(event.target)) return;
      if (isKey(event, 'run')) togglePlay();
      else if (isKey(event, 'tick')) step('tick');
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Before React Flow, which would take Space on a node for a selection.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);
}

const usesKeys = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, input, select, textarea, a[href], dialog, [contenteditable]') !== null;
