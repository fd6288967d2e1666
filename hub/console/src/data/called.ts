/** Who was called for an incident, worked out from what happened. */

import type { Callout, LiveEvent } from "../api/records";
import { isOf } from "../live/reduce";

export interface Called {
  callout: Callout;
  /** The channels that took it. */
  by: string[];
  /** Why the person cannot come. */
  reason: string;
}

/** Each call as it stands, in the order in which they were made. */
export function calledOf(events: readonly LiveEvent[]): Called[] {
  const found = new Map<string, Called>();
  for (const event of events) {
    if (!isOf("callout", event)) continue;
    const before = found.get(event.record.id);
    const by = before?.by ?? [];
    const isNew = event.kind === "callout.delivered" && !by.includes(event.by);
    found.set(event.record.id, {
      callout: event.record,
      by: isNew ? [...by, event.by] : by,
      reason: event.kind === "callout.declined" ? event.reason : (before?.reason ?? ""),
    });
  }
  return [...found.values()];
}
