// The slider of one parameter, in the settings and on cards alike: live while it is dragged, one drag or one key held down is one
// step of undo.

import { useState } from 'react';
import type { Field } from '../../sim-engine/nodes/fields.ts';
import { text } from '../messages/text.ts';
import { setParam } from '../store/drawing.ts';
import { controlOf, useGuide } from '../store/guide.ts';
import { beginEdit, commitEdit, edit } from '../store/lab.ts';
import { useLabel } from '../store/late.ts';
import type { SliderForm } from '../store/sliders.ts';
import { draggable, fromStep, SLIDER_STEPS, tidy, toStep } from '../ui/scale.ts';

export interface FieldSliderProps {
  readonly target: string;
  readonly name: string;
  readonly field: Field;
  readonly form: SliderForm;
  /** In document form. */
  readonly value: unknown;
  /** What hears the page is told which node this is about, where that is not said around it. */
  readonly nodeName?: string;
  /** -1 where something around it leads to it. */
  readonly tabIndex?: number;
}

const MOVES = /^(Arrow|Page|Home|End)/;

export function FieldSlider({ target, name, field, form, value, nodeName, tabIndex }: FieldSliderProps) {
  const now = form.shown(value);
  // Kept through a drag, or the range would run away under the pointer.
  const [range] = useState(() => (form.isEven ? { min: form.min, max: form.max } : draggable(now > 0 ? now : form.usual, form)));
  const glows = useGuide(({ glow }) => glow === controlOf(nodeName === undefined ? 'settings' : 'card', target, name));
  const stepOf = (number: number) =>
    form.isEven ? Math.round(((number - range.min) / (range.max - range.min)) * SLIDER_STEPS) : toStep(number, range);
  const step = stepOf(now);
  const hasTick = form.usual >= range.min && form.usual <= range.max;
  const atStep = (at: number) =>
    form.isEven ? tidy(range.min + ((range.max - range.min) * at) / SLIDER_STEPS) : fromStep(at, range);
  const take = (next: number) =>
    edit((drawing) => setParam(drawing, target, name, form.meant(form.isWhole ? Math.round(next) : next, value)));
  const words = form.words(now);
  const fieldLabel = useLabel(field.label);
  const label = text('inspector.slider', { label: fieldLabel });
  return (
    <input
      type="range"
      className={`field-slider nodrag${hasTick ? ' has-tick' : ''}${glows ? ' glows' : ''}`}
      aria-label={nodeName === undefined ? label : text('card.knob', { node: nodeName, label: fieldLabel })}
      aria-valuetext={`${words.figure} ${words.unit}`.trim()}
      tabIndex={tabIndex}
      min={0}
      max={SLIDER_STEPS}
      value={Math.min(Math.max(step, 0), SLIDER_STEPS)}
      style={
        { '--share': `${(step / SLIDER_STEPS) * 100}%`, '--usual': stepOf(form.usual) / SLIDER_STEPS } as React.CSSProperties
      }
      onPointerDown={beginEdit}
      onPointerUp={commitEdit}
      onPointerCancel={commitEdit}
      onKeyDown={(event) => MOVES.test(event.key) && beginEdit()}
      onKeyUp={commitEdit}
      onBlur={commitEdit}
      onChange={(event) => take(atStep(event.target.valueAsNumber))}
    />
  );
}
