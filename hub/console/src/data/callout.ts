/** A call of a member of staff, with what they need on the way there. */

import { at } from "../api/paths";
import { idempotencyKey } from "../api/command";
import { Problem, send } from "../api/http";
import type { Callout, Role } from "../api/records";

const OPEN: readonly Callout["state"][] = ["requested", "failed", "delivered"];

/** Whether it waits for an answer. */
export function isOpen({ state }: Pick<Callout, "state">): boolean {
  return OPEN.includes(state);
}

/** What is still to be done by the duty that was called; where that is none, by anybody. */
export function openTasks<T extends { role: Role; state: string }>(
  tasks: readonly T[],
  duty: Role | null,
): T[] {
  const open = tasks.filter(({ state }) => state === "open");
  const own = open.filter(({ role }) => role === duty);
  return own.length > 0 ? own : open;
}

/** Calls that wait for `user`, gravest first. */
export function ofUser(callouts: Iterable<Callout>, user: string): Callout[] {
  return [...callouts]
    .filter((callout) => callout.user === user)
    .sort((a, b) => compare(a.priority, b.priority) || compare(a.requested_at, b.requested_at));
}

export type Verb = "answer" | "decline";

const RETRY_AFTER_MS = [300, 1000, 3000];

/** Answer or decline by the callout's own token; again under the same key while nothing answers. */
export async function respond(token: string, verb: Verb, reason = ""): Promise<void> {
  const key = { "Idempotency-Key": idempotencyKey() };
  const path = at(`/callouts/by-token/{token}/${verb}`, { token });
  for (let attempt = 0; ; attempt += 1) {
    try {
      await send("post", path, verb === "decline" ? { reason } : {}, key);
      return;
    } catch (error) {
      const wait = RETRY_AFTER_MS[attempt];
      if (!(error instanceof Problem) || error.code === "callout-over") return;
      if (wait === undefined || (error.status !== 0 && error.status < 500)) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
