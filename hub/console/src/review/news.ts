/** Whether the stream told of reviews: the pages then ask again. */

import type { LiveEvent } from "../lib/events";

/** The number of the last event about a review, of one incident if given; 0 before the first. */
export function lastReviewEvent(events: readonly LiveEvent[], incident?: string): number {
  const found = events.findLast(
    (event) =>
      event.kind.startsWith("review.") &&
      (incident === undefined ||
        ("incident_id" in event.record && event.record.incident_id === incident)),
  );
  return found?.seq ?? 0;
}
