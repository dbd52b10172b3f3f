// The controls that were put onto a card: label, value and slider, a row each.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { Label } from '../store/Label.tsx';
import { nodeName } from '../store/node-name.ts';
import { fieldOf } from '../store/params.ts';
import { knobsOf, sliderForm } from '../store/sliders.ts';
import { FieldSlider } from './FieldSlider.tsx';
import './knobs.css';

export function Knobs({ node }: { readonly node: NodeDocument }) {
  const knobs = knobsOf(node);
  if (knobs.length === 0) return null;
  return (
    <div className="card-knobs">
      {knobs.map(({ name, field }) => {
        const value = fieldOf(node, name);
        const form = sliderForm(field, value);
        if (form === null) return null;
        const { figure, unit } = form.words(form.shown(value));
        return (
          <div key={name} className="card-knob">
            <span className="lbl">
              <Label of={field.label} />
            </span>
            <b>
              {figure}
              <i className="unit">{unit}</i>
            </b>
            <FieldSlider target={node.id} name={name} field={field} form={form} value={value} nodeName={nodeName(node)} />
          </div>
        );
      })}
    </div>
  );
}
