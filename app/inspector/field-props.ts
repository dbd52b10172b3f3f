// What the control of one parameter is given.

import type { Field } from '../../sim-engine/nodes/fields.ts';

export interface FieldControlProps {
  /** Id of the node or wire, and the field's name in it. */
  readonly target: string;
  readonly name: string;
  readonly field: Field;
  /** In document form. */
  readonly value: unknown;
  /** `undefined` = back to the default. */
  readonly onChange: (value: unknown) => void;
  /** Whether its control stands on the card; null where it cannot. */
  readonly isKnob: boolean | null;
  readonly onKnob: (isKnob: boolean) => void;
  /** Whether the help sentence is shown; who hears the page is told in any case. */
  readonly isExplained: boolean;
  /** Part of another field, whose node it is no parameter of: without a slider, and what counts when is said of the whole. */
  readonly isNested?: boolean;
}
