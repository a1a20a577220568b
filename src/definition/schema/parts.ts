// The pieces that the schemas are made of. JSON Schema, draft 07, with two keywords of our own: `expects` completes
// "… must be" in a problem, and `spot` names the map in foreign-keys.ts. `description` is what an editor shows.
//
// Where a key takes several forms (a text, a list or a map), the keywords of each form stand side by side and bind only
// their own type, so that every error points at one value and says one thing. What only oneOf can say is for editors;
// the reader tells it in its own words, and the validator is compiled without it.

export interface Schema {
  readonly [keyword: string]: unknown;
}

export function ref(name: string, description: string): Schema {
  return { $ref: `#/$defs/${name}`, description };
}

export function text(description: string, expects = "a text"): Schema {
  return { type: "string", expects, description };
}

/** A text of a form. */
export function formed(pattern: string, expects: string, description: string): Schema {
  return { type: "string", pattern, expects, description };
}

export function word(words: readonly string[], expects: string, description: string): Schema {
  return { type: "string", enum: words, expects, description };
}

export function anything(description: string): Schema {
  return { description };
}

export function map(properties: Schema, description: string, more: Schema = {}): Schema {
  return {
    type: "object",
    expects: "a map",
    description,
    properties,
    additionalProperties: false,
    ...more,
  };
}

export function mapOf(values: Schema, description: string, more: Schema = {}): Schema {
  return { type: "object", expects: "a map", description, additionalProperties: values, ...more };
}

/**
 * One text, or a list of them. `words` of a fixed list are checked where they are read, in both forms alike; editors
 * get them here.
 */
export function texts(
  expects: string,
  description: string,
  { words, ...more }: Schema & { readonly words?: readonly string[] } = {},
): Schema {
  const item: Schema = { type: "string", expects: "a text", ...(words && { examples: words }) };
  return {
    type: ["string", "array"],
    expects,
    description,
    items: item,
    minItems: 1,
    ...(words && { examples: words }),
    ...more,
  };
}

export function whole(minimum: number, maximum: number, description: string): Schema {
  return {
    type: "integer",
    minimum,
    maximum,
    expects: `a whole number from ${minimum} to ${maximum}`,
    description,
  };
}

export function yesNo(description: string): Schema {
  return { type: "boolean", expects: "true or false", description };
}

/** An expression may be a bare constant too: `condition: true`. */
export function condition(description: string): Schema {
  return { type: ["string", "boolean"], expects: "an expression", description };
}

export function amount(description: string): Schema {
  return {
    type: "number",
    minimum: 0.000_1,
    maximum: 1_000_000,
    expects: "an amount in US dollars such as 0.50",
    description,
  };
}

export const duration: Schema = {
  type: "string",
  pattern: "^[0-9]{1,12}(?:\\.[0-9]{1,3})?(?:ms|s|m|h|d)$",
  expects: "a duration such as 90s, 10m, 2h or 7d",
  description: "A duration such as 90s, 10m, 2h or 7d.",
};

/** The one key of several that a map must have; `others` are the types besides a map. For editors. */
export function exactlyOne(keys: readonly string[], others: readonly string[] = []): Schema {
  const maps = keys.map((key) => ({ type: "object", required: [key] }));
  return { oneOf: others.length === 0 ? maps : [...maps, { type: others }] };
}
