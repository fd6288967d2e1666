/** The hub's endpoints by their paths: what each takes and answers, as the API describes it. */

import type { paths } from "./generated";

export type Path = keyof paths;
export type Verb = "get" | "post" | "put" | "delete";

declare const template: unique symbol;

/** An endpoint's path with all that it asks for filled in, and its query. */
export type At<P extends Path> = string & { readonly [template]: P };

type Operation<P extends Path, V extends Verb> = P extends Path
  ? paths[P] extends Record<V, infer Found>
    ? Found
    : never
  : never;

type Answer<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : undefined;

type Body<Operation> = Operation extends { requestBody?: { content: { "application/json": infer Body } } }
  ? Body
  : Record<string, never>;

export type AnswerOf<P extends Path, V extends Verb> = Answer<Operation<P, V>>;
export type BodyOf<P extends Path, V extends Verb> = Body<Operation<P, V>>;

/** Commands: what answers with the events that it caused. */
export type CommandPath = {
  [P in Path]: AnswerOf<P, "post"> extends { events: unknown } ? P : never;
}[Path];

type Holes<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Holes<Rest>
  : never;

type Query<Operation> = Operation extends { parameters: { query?: infer Known } }
  ? Exclude<Known, undefined>
  : Record<never, never>;

type Params<P extends Path> = Record<Holes<P>, string | number> & Query<paths[P][keyof paths[P]]>;
type Args<P extends Path> =
  Record<never, never> extends Params<P> ? [params?: Params<P>] : [params: Params<P>];

/** `path` with `params` in its holes; the others, where they are not null, as its query. */
export function at<P extends Path>(path: P, ...[params]: Args<P>): At<P> {
  const query = new URLSearchParams();
  let filled: string = path;
  for (const [name, value] of Object.entries<string | number | boolean | null>(params ?? {})) {
    if (path.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(value!));
    else if (value !== null) query.set(name, String(value));
  }
  return (query.size === 0 ? filled : `${filled}?${query.toString()}`) as At<P>;
}
