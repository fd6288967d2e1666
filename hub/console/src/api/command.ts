/** Commands: each has one idempotency key, and is sent again with it while no answer comes. */

import { Problem, send } from "./http";
import type { At, BodyOf, CommandPath } from "./paths";
import type { Caused } from "./records";

const RETRY_AFTER_MS = [400, 1200, 3000];

/**
 * Order what is at `path` and wait for what it caused; no events where the hub has taken it but
 * not carried it out yet. Raises Problem: refused, or no answer.
 */
export async function command<P extends CommandPath>(
  path: At<P>,
  body?: BodyOf<P, "post">,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<Caused> {
  const headers = { "Idempotency-Key": idempotencyKey() };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return (await send("post", path, body, headers)) ?? { events: [] };
    } catch (error) {
      const wait = RETRY_AFTER_MS[attempt];
      if (wait === undefined || !(error instanceof Problem) || !mayPass(error.status)) throw error;
      await pause(wait);
    }
  }
}

/** A random UUID. `crypto.randomUUID` is missing on plain http beyond this machine. */
export function idempotencyKey(source: Crypto = crypto): string {
  if (typeof source.randomUUID === "function") return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Whether another try may succeed: no answer, or a hub that is starting or overloaded. */
function mayPass(status: number): boolean {
  return status === 0 || status === 502 || status === 503 || status === 504;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
