/** What a handover of the desk waits for, and what it shows first. */

import type { Alarm } from "../api/records";
import { isUnacknowledged } from "../live/reduce";

/** Until when a P1 alarm that began lately keeps the desk where it is; undefined: it does not. */
export function blockedUntil(
  alarms: Iterable<Alarm>,
  waitsMin: number,
  nowMs: number,
): number | undefined {
  const ends = [...alarms]
    .filter(({ priority }) => priority === "P1")
    .map(({ raised_at }) => Date.parse(raised_at) + waitsMin * 60_000);
  const last = Math.max(0, ...ends);
  return last > nowMs ? last : undefined;
}

/** What nobody has answered first, then by priority and age. */
export function gravestFirst(alarms: readonly Alarm[]): Alarm[] {
  return [...alarms].sort(
    (a, b) =>
      Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
      a.priority.localeCompare(b.priority) ||
      a.raised_at.localeCompare(b.raised_at),
  );
}
