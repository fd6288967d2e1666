/** Whether the stream told of reviews: the pages then ask again. */

import type { LiveEvent } from "../api/records";
import { isOf } from "../live/reduce";

/** The last event about a review, of one incident if given. */
export function lastReviewEvent(
  events: readonly LiveEvent[],
  incident?: string,
): LiveEvent | undefined {
  return events.findLast(
    (event) =>
      isOf("review", event) &&
      (incident === undefined || event.record.incident_id === incident),
  );
}
