/** Speaking to the hub: JSON in and out, its problem details as one error class. */

import type { At, AnswerOf, BodyOf, Path, Verb } from "./paths";
import type { FieldError } from "./records";

const TYPE = "urn:gatehouse:problem:";

/**
 * The hub refused or could not do it (RFC 9457). `status` is 0 where no answer came at all; `code`
 * is the end of its type, which stays the same.
 */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: FieldError[];

  constructor(
    status: number,
    title: string,
    detail = "",
    errors: FieldError[] = [],
    type = "",
  ) {
    super(title);
    this.name = "Problem";
    this.status = status;
    this.code = type.startsWith(TYPE) ? type.slice(TYPE.length) : "";
    this.detail = detail;
    this.errors = errors;
  }
}

const BASE = "/api/v1";
let csrf = "";
let onSignedOut: () => void = () => undefined;

export function setCsrf(token: string): void {
  csrf = token;
}

/** What to do when the hub no longer knows the session. */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action;
}

/** What is at `path`. Raises Problem. */
export async function get<P extends Path>(
  path: At<P>,
  signal?: AbortSignal,
): Promise<AnswerOf<P, "get">> {
  const response = await ask(path, { signal: signal ?? null });
  return (await response.json()) as AnswerOf<P, "get">;
}

/** `body` as JSON to `path`; the answer's body, undefined where it has none. Raises Problem. */
export async function send<V extends Exclude<Verb, "get">, P extends Path>(
  verb: V,
  path: At<P>,
  body?: BodyOf<P, V>,
  headers: Record<string, string> = {},
): Promise<AnswerOf<P, V>> {
  const response = await ask(path, {
    method: verb.toUpperCase(),
    body: verb === "delete" ? null : JSON.stringify(body ?? {}),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, ...headers },
  });
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as AnswerOf<P, V>;
}

/** `file` itself to `path`, as photos are kept. Raises Problem. */
export async function upload<P extends Path>(
  path: At<P>,
  file: Blob,
): Promise<AnswerOf<P, "post">> {
  const headers = { "Content-Type": file.type, "X-CSRF-Token": csrf };
  const response = await ask(path, { method: "POST", body: file, headers });
  return (await response.json()) as AnswerOf<P, "post">;
}

/** The events that come from `path`. */
export function stream(path: At<Path>): EventSource {
  return new EventSource(BASE + path);
}

/** Where a browser itself fetches what is at `path`. */
export function address(path: At<Path>): string {
  return BASE + path;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(BASE + path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, "No answer from the hub");
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401) onSignedOut();
  throw problem;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem> & { title?: string; type?: string };
    const { title = response.statusText, detail, errors, type } = body;
    return new Problem(response.status, title, detail, errors, type);
  } catch {
    return new Problem(response.status, response.statusText);
  }
}
