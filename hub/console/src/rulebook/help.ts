/** Which field of a rule the cursor stands on, and what its JSON Schema says of it. */

export interface Schema {
  type?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  $ref?: string;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  $defs?: Record<string, Schema>;
}

export interface Help {
  field: string;
  required: boolean;
  description: string;
  choices: string[];
  limits: string[];
}

/** The field at `offset` in the words: the last `key:` on its line before the cursor. */
export function fieldAt(text: string, offset: number): { field: string; top: string } | null {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const line = text.slice(start, end < 0 ? undefined : end);
  const keys = [...line.matchAll(/([A-Za-z_]+):(?=\s|$)/g)];
  const before = keys.filter((key) => key.index <= offset - start);
  const field = (before.at(-1) ?? keys[0])?.[1];
  if (field === undefined) return null;
  const tops = [...text.slice(0, end < 0 ? undefined : end).matchAll(/^(?:- )?([a-z_]+):/gm)];
  return { field, top: tops.at(-1)?.[1] ?? field };
}

/** What the schema of the rule says of a field below `top`. */
export function helpFor(schema: Schema, { field, top }: { field: string; top: string }): Help | null {
  const near = schema.properties?.[top];
  const models = [
    ...(field === top ? [schema] : []),
    ...named(schema, near),
    ...Object.values(schema.$defs ?? {}),
    schema,
  ];
  const model = models.find((model) => model.properties?.[field]);
  const found = model?.properties?.[field];
  if (!model || !found) return null;
  const parts = [found, ...(found.anyOf ?? []), ...(found.items ? [found.items] : [])];
  return {
    field,
    required: model.required?.includes(field) ?? false,
    description: found.description ?? "",
    choices: parts.flatMap((part) => choicesOf(schema, part)),
    limits: parts.flatMap(limitsOf),
  };
}

/** The models that a field is made of. */
function named(schema: Schema, part: Schema | undefined): Schema[] {
  if (!part) return [];
  const parts = [part, ...(part.anyOf ?? []), ...(part.items ? [part.items] : [])];
  return parts.flatMap((part) => resolved(schema, part) ?? []);
}

function resolved(schema: Schema, part: Schema): Schema | undefined {
  return part.$ref ? schema.$defs?.[part.$ref.split("/").at(-1) ?? ""] : undefined;
}

function choicesOf(schema: Schema, part: Schema): string[] {
  const values = [...(part.enum ?? []), ...(resolved(schema, part)?.enum ?? [])];
  const inner = part.items ? choicesOf(schema, part.items) : [];
  const flag = part.type === "boolean" ? ["true", "false"] : [];
  return [...values.map(String), ...inner, ...flag];
}

function limitsOf(part: Schema): string[] {
  return [
    part.minimum !== undefined ? `≥ ${part.minimum}` : "",
    part.exclusiveMinimum !== undefined ? `> ${part.exclusiveMinimum}` : "",
    part.maximum !== undefined ? `≤ ${part.maximum}` : "",
    part.exclusiveMaximum !== undefined ? `< ${part.exclusiveMaximum}` : "",
    part.pattern !== undefined ? part.pattern : "",
  ].filter((limit) => limit !== "");
}
