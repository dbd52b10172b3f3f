import { describe, expect, it } from 'vitest';
import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { Field } from '../../sim-engine/nodes/fields.ts';
import { canBeKnob, type SliderForm, sliderForm } from './sliders.ts';

const field = (kind: string, name: string): Field => nodeKind(kind)?.fields[name] as Field;
const form = (kind: string, name: string, value: unknown) => sliderForm(field(kind, name), value) as SliderForm;

describe('a duration that is dragged', () => {
  it('is counted in ns and written as the document writes it', () => {
    const { shown, meant, usual, words } = form('service', 'retryBase', '250ms');
    expect([shown('250ms'), usual]).toEqual([250e6, 2e9]);
    expect(meant(1.3e9, '250ms')).toBe('1.3s');
    // A slider of equal factors hits between two whole ns.
    expect(meant(1.5, '250ms')).toBe('2ns');
    expect(words(72e9)).toEqual({ figure: '72', unit: 's' });
  });

  it('changes the mean of a law and leaves its shape', () => {
    const erlang = { law: 'erlang', shape: 4, mean: '80ms' };
    const { shown, meant, usual } = form('service', 'work', erlang);
    expect([shown(erlang), usual]).toEqual([80e6, 100e6]);
    expect(meant(200e6, erlang)).toEqual({ law: 'erlang', shape: 4, mean: '200ms' });
    const constant = { law: 'constant', value: '5ms' };
    expect(form('service', 'work', constant).meant(7e6, constant)).toEqual({ law: 'constant', value: '7ms' });
  });

  it('is none for a law of two lengths, and where a run would not take it', () => {
    const twoPoint = { law: 'two-point', share: 0.5, value1: '1ms', value2: '1s' };
    expect(sliderForm(field('service', 'work'), twoPoint)).toBeNull();
    expect(canBeKnob(field('service', 'work'), twoPoint)).toBe(false);
    const fixed: Field = { kind: 'duration', label: '', help: '', min: '1s', max: '1h', default: '5s', live: false };
    expect(sliderForm(fixed, '5s')).toBeNull();
    expect(sliderForm({ ...fixed, live: true }, '5s')).not.toBeNull();
  });
});

describe('a number that is dragged', () => {
  it('keeps the form in which people read it', () => {
    const { shown, meant, usual, words } = form('service', 'failure', 0.25);
    expect([shown(0.25), usual, meant(30, 0.25)]).toEqual([25, 0, 0.3]);
    expect(words(25)).toEqual({ figure: '25', unit: '%' });
  });
});
