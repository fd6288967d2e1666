/** Whether the stream told of reviews: the pages then ask again. */

import type { LiveEvent } from "../api/records";
import { isOf } from "../live/reduce";

/** The number of the last event about a review, of one incident if given; 0 before the first. */
export function lastReviewEvent(events: readonly LiveEvent[], incident?: string): number {
  const found = events.findLast(
    (event) =>
      isOf("review", event) &&
      (incident === undefined || event.record.incident_id === incident),
  );
  return found?.seq ?? 0;
}
