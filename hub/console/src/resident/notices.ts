/** What a household's page shows, as a pure function of the hub's list and what comes after it. */

import type { ResidentNotice } from "../api/records";

/** Notices kept on the page, the newest. */
export const NOTICES_KEPT = 100;

/** `notices` with `notice` in its place, newest first; what was read stays read. */
export function put(notices: readonly ResidentNotice[], notice: ResidentNotice): ResidentNotice[] {
  const before = notices.find(({ id }) => id === notice.id);
  const merged = { ...notice, read_at: notice.read_at ?? before?.read_at ?? null };
  return [merged, ...notices.filter(({ id }) => id !== notice.id)]
    .sort((a, b) => compare(b.requested_at, a.requested_at) || compare(b.id, a.id))
    .slice(0, NOTICES_KEPT);
}

/** Over: it is the all-clear itself, or its incident has ended. */
export function isOver(notice: ResidentNotice): boolean {
  return notice.template === "CLEAR" || notice.incident_closed;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
