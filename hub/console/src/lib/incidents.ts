/** Incidents in the order in which they need somebody. */

import { graverFirst } from "./levels";
import type { Incident } from "./records";

/** Open ones, the gravest first, the newest first among equals. */
export function openIncidents(incidents: Iterable<Incident>): Incident[] {
  return [...incidents]
    .filter((incident) => incident.state === "open")
    .sort((a, b) => graverFirst(a.level, b.level) || (a.opened_at < b.opened_at ? 1 : -1));
}

/** When the last open incident was closed, as far as is known. */
export function lastClosedAt(incidents: Iterable<Incident>): string | undefined {
  return [...incidents]
    .flatMap((incident) => incident.closed_at ?? [])
    .sort()
    .at(-1);
}

/** Open ones that `incident` could be a part of: those in its building first. */
export function mergeTargets(incident: Incident, incidents: Iterable<Incident>): Incident[] {
  const { building } = incident.place;
  const isNear = (other: Incident): boolean =>
    building !== null && other.place.building === building;
  const others = openIncidents(incidents).filter(
    ({ id, estate }) => id !== incident.id && estate === incident.estate,
  );
  return [...others.filter(isNear), ...others.filter((other) => !isNear(other))];
}
