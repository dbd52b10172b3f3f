// Every text a declaration names is there, and nothing is left over: palette, forms, charts, command line and docs all print
// these by key, and a missing one would show its key instead.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIRST_CARD_MESSAGES, NAME_MESSAGES } from '../messages/en/at-once.ts';
import { FIELD_MESSAGES } from '../messages/en/fields.ts';
import { KIND_MESSAGES } from '../messages/en/kinds.ts';
import { NODE_KINDS, WIRE_KINDS } from '../nodes/declarations.ts';
import type { Field, Fields, StepKind } from '../nodes/fields.ts';
import { LINK_FIELDS } from '../nodes/link-fields.ts';

const ofField = (field: Field): string[] => [
  field.label,
  field.help,
  ...('zero' in field && field.zero !== undefined ? [field.zero] : []),
  ...(field.kind === 'choice' ? field.choices.map((choice) => choice.label) : []),
  ...(field.kind === 'steps' ? Object.values(field.steps).flatMap(ofStep) : []),
];
const ofStep = ({ label, help, fields }: StepKind): string[] => [label, help, ...ofFields(fields)];
const ofFields = (fields: Fields): string[] => Object.values(fields).flatMap(ofField);

const fieldKeys = new Set([
  ...NODE_KINDS.flatMap((kind) => ofFields(kind.fields)),
  ...WIRE_KINDS.flatMap((kind) => ofFields(kind.fields)),
  ...ofFields(LINK_FIELDS),
]);
const kindKeys = new Set([
  ...NODE_KINDS.flatMap((kind) => [
    kind.label,
    kind.about,
    kind.fidelity,
    ...kind.ports.map((port) => port.label),
    ...kind.gauges.flatMap((gauge) => [gauge.label, gauge.help]),
  ]),
  ...WIRE_KINDS.flatMap((kind) => [kind.label, kind.about]),
]);

describe('texts of kinds and fields', () => {
  it('are there for every key a field names, and for no other', () => {
    expect(Object.keys(FIELD_MESSAGES).sort()).toEqual([...fieldKeys].sort());
  });

  it('are there for every key a kind names, and for no other', () => {
    expect(Object.keys(KIND_MESSAGES).sort()).toEqual([...kindKeys].sort());
  });

  it('are at once those of names, and of the controls on the cards of the first drawing: no other kind makes the page wait', () => {
    expect(Object.keys(NAME_MESSAGES).sort()).toEqual([...NODE_KINDS, ...WIRE_KINDS].map((kind) => kind.label).sort());
    const { topology } = JSON.parse(readFileSync(new URL('../scenarios/order-pipeline.json', import.meta.url), 'utf8'));
    const onCards = (topology.nodes as { kind: string; view?: { knobs: { field: string }[] } }[]).flatMap(({ kind, view }) => {
      const fields: Fields = NODE_KINDS.find(({ type }) => type === kind)?.fields ?? {};
      return view?.knobs.map(({ field }) => fields[field]?.label) ?? [];
    });
    expect(onCards.length).toBeGreaterThan(0);
    expect(Object.keys(FIRST_CARD_MESSAGES)).toEqual([...new Set(onCards)]);
  });

  it('are sentences where they explain, and short where they label', () => {
    for (const [key, text] of Object.entries({ ...FIELD_MESSAGES, ...KIND_MESSAGES })) {
      const explains = /\.(help|about|fidelity)$/.test(key);
      expect(text, key).toMatch(explains ? /^[A-Z0-9].*\.$/ : key.startsWith('zero.') ? /^[a-z].{0,20}$/ : /^[A-Z].{0,40}$/);
    }
  });

  it('never say that something is simple, obvious or just so', () => {
    for (const [key, text] of Object.entries({ ...FIELD_MESSAGES, ...KIND_MESSAGES })) {
      expect(text, key).not.toMatch(/\b(simply|just|obviously)\b/i);
    }
  });
});
