/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 uses it. */
export type JsonSchema = Record<string, unknown>;

/** An object with exactly these members, all of them present. */
export const shape = (
  properties: Readonly<Record<string, JsonSchema>>,
  description?: string,
): JsonSchema => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

/** The same, with members that may be missing. */
export const shapeWith = (
  properties: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>>,
  description?: string,
): JsonSchema => ({
  ...shape(properties, description),
  properties: { ...properties, ...optional },
});

export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
export const nullable = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });
export const text = (description?: string): JsonSchema => ({
  type: 'string',
  ...(description === undefined ? {} : { description }),
});
export const oneOf = (values: readonly string[], description?: string): JsonSchema => ({
  ...text(description),
  enum: [...values],
});
export const whole = (description?: string): JsonSchema => ({
  type: 'integer',
  ...(description === undefined ? {} : { description }),
});
export const flag = (description?: string): JsonSchema => ({
  type: 'boolean',
  ...(description === undefined ? {} : { description }),
});
/** ISO 8601, UTC, milliseconds. */
export const time = (description?: string): JsonSchema => ({
  ...text(description),
  format: 'date-time',
});
export const mapOf = (values: JsonSchema): JsonSchema => ({
  type: 'object',
  additionalProperties: values,
});
/** Any JSON object: its members are the plugin's own. */
export const anyObject = (description: string): JsonSchema => ({
  type: 'object',
  description,
  additionalProperties: true,
});

/** A page of a list. */
export const pageOf = (name: string): JsonSchema =>
  shape({
    items: list(ref(name)),
    nextCursor: nullable(text('Pass it as `cursor` for the next page; null on the last one.')),
  });
