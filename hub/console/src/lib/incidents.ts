/** Incidents in the order in which they need somebody. */

import type { Incident, Level } from "./records";

const RANK: Record<Level, number> = { I: 1, II: 2, III: 3, IV: 4 };

/** Open ones, the gravest first, the newest first among equals. */
export function openIncidents(incidents: Iterable<Incident>): Incident[] {
  return [...incidents]
    .filter((incident) => incident.state === "open")
    .sort((a, b) => RANK[a.level] - RANK[b.level] || (a.opened_at < b.opened_at ? 1 : -1));
}

/** When the last open incident was closed, as far as is known. */
export function lastClosedAt(incidents: Iterable<Incident>): string | undefined {
  return [...incidents]
    .flatMap((incident) => incident.closed_at ?? [])
    .sort()
    .at(-1);
}
