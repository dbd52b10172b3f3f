// Keys of words by convention, so that a declaration says what a thing is and not once more what it is called: `<owner>.<field>.label`
// and so on, see the message files. Where a thing is called like another, its own declaration names that key.

import type { ChoiceField, Field, Fields, MessageKey } from './fields.ts';
import type { Gauge, NodeKind, Port, WireKind } from './node-kind.ts';

type Optional<T, Key extends keyof T> = Omit<T, Key> & Partial<Pick<T, Key>>;

type Choice = Optional<ChoiceField['choices'][number], 'label'>;
type Bare<F> = F extends ChoiceField
  ? Optional<Omit<ChoiceField, 'choices'>, 'label' | 'help'> & { readonly choices: readonly Choice[] }
  : F extends Field
    ? Optional<F, 'label' | 'help'>
    : never;
/** Fields that need not name their words. */
export type BareFields = { readonly [name: string]: Bare<Field> };

type Worded<F> = Omit<F, 'label' | 'help' | 'choices'> & { readonly label: MessageKey; readonly help: MessageKey } & (F extends {
    readonly choices: readonly { readonly value: infer V }[];
  }
    ? { readonly choices: readonly { readonly value: V; readonly label: MessageKey }[] }
    : unknown);

/** Fields whose words are `<owner>.<field>.label`, `.help` and, of a choice, `.<value>`. */
export function declareFields<const F extends BareFields>(
  owner: string,
  fields: F,
): { readonly [Name in keyof F]: Worded<F[Name]> } {
  const worded = Object.entries(fields).map(([name, field]) => {
    const key = `${owner}.${name}`;
    const labels = { label: `${key}.label`, help: `${key}.help` };
    if (!('choices' in field)) return [name, { ...labels, ...field }];
    const choices = field.choices.map((choice) => ({ label: `${key}.${choice.value}`, ...choice }));
    return [name, { ...labels, ...field, choices }];
  });
  return Object.fromEntries(worded) as { readonly [Name in keyof F]: Worded<F[Name]> };
}

/** A gauge that need not name its words. */
export type BareGauge = Optional<Gauge, 'label' | 'help'>;
type BareNode<Type extends string, F extends Fields> = Omit<
  NodeKind<Type, F>,
  'label' | 'about' | 'fidelity' | 'ports' | 'gauges'
> & {
  readonly ports: readonly Optional<Port, 'label'>[];
  readonly gauges: readonly BareGauge[];
};

/** A kind of node whose words are `kind.<type>.label`, `.about`, `.fidelity`, `.port.<name>`, and `gauge.<name>.label`, `.help`. */
export function declareNode<const Type extends string, F extends Fields>(kind: BareNode<Type, F>): NodeKind<Type, F> {
  const key = `kind.${kind.type}`;
  return {
    ...kind,
    label: `${key}.label`,
    about: `${key}.about`,
    fidelity: `${key}.fidelity`,
    ports: kind.ports.map((port) => ({ label: `${key}.port.${port.name}`, ...port })),
    gauges: kind.gauges.map((gauge) => ({ label: `gauge.${gauge.name}.label`, help: `gauge.${gauge.name}.help`, ...gauge })),
  } as NodeKind<Type, F>;
}

/** A kind of wire whose words are `wire.<type>.label` and `.about`. */
export const declareWire = <const Type extends string, F extends Fields>(
  kind: Omit<WireKind<Type, F>, 'label' | 'about'>,
): WireKind<Type, F> => ({ ...kind, label: `wire.${kind.type}.label`, about: `wire.${kind.type}.about` }) as WireKind<Type, F>;
