// Prints the JSON Schema (2020-12) of both documents from the skeleton and the field declarations, for editors that help while
// one writes. `shell/cli/schema.ts` writes them to public/. The schema can say less than the parser: wiring, circles and the
// uniqueness of ids are rules between values, and stand in docs/topology-format.md.

import { min } from '../kernel/exact-math.ts';
import { say } from '../messages/en.ts';
import type { BytesField, DistributionField, DurationField, Field, Fields, StepKind, StepsField } from '../nodes/fields.ts';
import type { NodeKind, WireKind } from '../nodes/node-kind.ts';
import { LAW_PARAMETERS } from './laws.ts';
import { ID_PATTERN, TEXT_MAX } from './limits.ts';
import { KINDS, type KindRegistry } from './registry.ts';
import { NODE_SHAPE, type ObjectShape, SCENARIO_SHAPE, type Shape, TOPOLOGY_SHAPE, WIRE_SHAPE } from './shapes.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const DURATION_PATTERN = '^\\d{1,20}(\\.\\d{1,20})? ?(ns|us|µs|μs|ms|s|min|h|d)$';
const SIZE_PATTERN = '^\\d{1,20}(\\.\\d{1,20})? ?(B|[kK]B|MB|GB|TB|KiB|MiB|GiB|TiB)(/s)?$';

/** The schema of a topology document. */
export function topologySchema(kinds: KindRegistry = KINDS): JsonSchema {
  return { $schema: DIALECT, title: 'Broker Lab topology', ...ofObject(TOPOLOGY_SHAPE), $defs: definitions(kinds) };
}

/** The schema of a scenario document; the topology stands inside it. */
export function scenarioSchema(kinds: KindRegistry = KINDS): JsonSchema {
  return {
    $schema: DIALECT,
    title: 'Broker Lab scenario',
    ...ofObject(SCENARIO_SHAPE),
    $defs: { ...definitions(kinds), topology: ofObject(TOPOLOGY_SHAPE) },
  };
}

function definitions(kinds: KindRegistry): { [name: string]: JsonSchema } {
  const definitions: { [name: string]: JsonSchema } = {
    duration: { type: 'string', pattern: DURATION_PATTERN },
    'duration-law': { oneOf: laws({ $ref: '#/$defs/duration' }) },
    'size-law': {
      oneOf: laws({
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', pattern: SIZE_PATTERN },
        ],
      }),
    },
    node: { oneOf: [...kinds.nodeKinds.keys()].map((type) => ({ $ref: `#/$defs/node-${type}` })) },
    wire: { oneOf: [...kinds.wireKinds.keys()].map((type) => ({ $ref: `#/$defs/wire-${type}` })) },
  };
  for (const kind of kinds.nodeKinds.values()) definitions[`node-${kind.type}`] = ofKind(NODE_SHAPE, kind, kind.fields);
  for (const kind of kinds.wireKinds.values()) {
    definitions[`wire-${kind.type}`] = ofKind(WIRE_SHAPE, kind, kinds.wireFields.get(kind.type) ?? {});
  }
  return definitions;
}

/** A node or wire of one kind: the skeleton with the kind's own parameters. */
function ofKind(shape: ObjectShape, kind: NodeKind | WireKind, fields: Fields): JsonSchema {
  const skeleton = ofObject(shape);
  const own = { kind: { const: kind.type }, params: ofFields(fields) };
  return {
    title: say(kind.label),
    description: say(kind.about),
    ...skeleton,
    properties: { ...(skeleton.properties as JsonSchema), ...own },
  };
}

// ------------------------------------------------------------------ skeleton

function ofObject(shape: ObjectShape): JsonSchema {
  const members = Object.entries({ ...shape.required, ...shape.optional });
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([key, inner]) => [key, ofShape(inner)])),
    required: Object.keys(shape.required),
    additionalProperties: false,
  };
}

function ofShape(shape: Shape): JsonSchema {
  switch (shape.is) {
    case 'text':
      return { type: 'string', maxLength: shape.most };
    case 'id':
      return { type: 'string', pattern: ID_PATTERN };
    case 'word':
      return { const: shape.value };
    case 'number':
      return { type: shape.isWhole ? 'integer' : 'number', minimum: shape.least, maximum: shape.most };
    case 'duration':
      return { $ref: '#/$defs/duration' };
    case 'params':
      return { type: 'object' };
    case 'elsewhere':
      return {};
    case 'list':
      return { type: 'array', maxItems: shape.most, items: ofMember(shape.of) };
    case 'object':
      return shape === TOPOLOGY_SHAPE ? { $ref: '#/$defs/topology' } : ofObject(shape);
  }
}

function ofMember(shape: ObjectShape): JsonSchema {
  if (shape === NODE_SHAPE) return { $ref: '#/$defs/node' };
  return shape === WIRE_SHAPE ? { $ref: '#/$defs/wire' } : ofObject(shape);
}

// ------------------------------------------------------------------ parameters

function ofFields(fields: Fields): JsonSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, ofField(field)]));
  return { type: 'object', properties, additionalProperties: false };
}

function ofField(field: Field): JsonSchema {
  return { title: say(field.label), description: say(field.help), default: field.default, ...valuesOf(field) };
}

function valuesOf(field: Field): JsonSchema {
  switch (field.kind) {
    case 'int':
      return { type: 'integer', minimum: field.min, maximum: field.max };
    case 'ratio':
    case 'rate':
      return { type: 'number', minimum: field.min, maximum: field.max };
    case 'duration':
      return ofDuration(field);
    case 'bytes':
      return ofBytes(field);
    case 'distribution':
      return ofLaw(field);
    case 'choice':
      return { enum: field.choices.map((choice) => choice.value) };
    case 'flag':
      return { type: 'boolean' };
    case 'text':
      return { type: 'string', maxLength: min(field.maxLength, TEXT_MAX) };
    case 'rate-curve':
      return list(pointOfCurve(field.maxRate), field.maxPoints);
    case 'times':
      return list({ $ref: '#/$defs/duration' }, field.maxCount);
    case 'weights':
      return list(WEIGHT, field.maxCount);
    case 'table':
      return { type: 'object', maxProperties: field.maxCount };
    case 'steps':
      return ofSteps(field);
  }
}

/** The first kind of step comes first and nowhere else. A step stands as its bare word, or with fields of its own. */
function ofSteps({ steps, maxCount }: StepsField): JsonSchema {
  const [first, ...others] = Object.entries(steps);
  const oneOf = (kinds: readonly (readonly [string, StepKind])[]): JsonSchema => ({
    anyOf: [{ enum: kinds.map(([name]) => name) }, ...kinds.map(ofStep)],
  });
  return { ...list(oneOf(others), maxCount), prefixItems: [oneOf([first as [string, StepKind]])] };
}

function ofStep([name, kind]: readonly [string, StepKind]): JsonSchema {
  const { properties } = ofFields(kind.fields);
  return {
    type: 'object',
    title: say(kind.label),
    description: say(kind.help),
    properties: { do: { enum: [name] }, ...(properties as JsonSchema) },
    required: ['do'],
    additionalProperties: false,
  };
}

const list = (items: JsonSchema, most: number): JsonSchema => ({ type: 'array', minItems: 1, maxItems: most, items });

const WEIGHT: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1, maxLength: 100 }, weight: { type: 'number', minimum: 0, maximum: 1e9 } },
  required: ['name', 'weight'],
  additionalProperties: false,
};

const pointOfCurve = (maxRate: number): JsonSchema => ({
  type: 'array',
  prefixItems: [{ $ref: '#/$defs/duration' }, { type: 'number', minimum: 0, maximum: maxRate }],
  minItems: 2,
  maxItems: 2,
});

/** A schema cannot compare lengths of time: the limits are told in words. */
const ofDuration = (field: DurationField): JsonSchema => ({
  description: `${say(field.help)} ${field.min} … ${field.max}`,
  $ref: '#/$defs/duration',
});

const ofBytes = (field: BytesField): JsonSchema => ({
  anyOf: [
    { type: 'integer', minimum: field.min, maximum: field.max },
    { type: 'string', pattern: SIZE_PATTERN },
  ],
});

const ofLaw = (field: DistributionField): JsonSchema => ({
  $ref: field.of === 'duration' ? '#/$defs/duration-law' : '#/$defs/size-law',
});

function laws(length: JsonSchema): JsonSchema[] {
  return [...LAW_PARAMETERS].map(([law, parameters]) => {
    const properties = Object.entries(parameters).map(([name, parameter]) => [
      name,
      parameter.is === 'length'
        ? length
        : { type: parameter.isWhole ? 'integer' : 'number', minimum: parameter.min, maximum: parameter.max },
    ]);
    return {
      type: 'object',
      properties: { law: { const: law }, ...Object.fromEntries(properties) },
      required: ['law', ...Object.keys(parameters)],
      additionalProperties: false,
    };
  });
}
