/** Incidents in the order in which they need somebody. */

import type { Incident } from "../api/records";
import { graverFirst } from "../words/levels";

/** Open ones: real before drill, the gravest first, the newest first among equals. */
export function openIncidents(incidents: Iterable<Incident>): Incident[] {
  return [...incidents]
    .filter((incident) => incident.state === "open")
    .sort(
      (a, b) =>
        Number(a.drill) - Number(b.drill) ||
        graverFirst(a.level, b.level) ||
        (a.opened_at < b.opened_at ? 1 : -1),
    );
}

/** The drill that simulates an incident: its key names it. */
export function drillOf(incident: Incident): string {
  return incident.key.slice("drill/".length);
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
    ({ id, estate, drill }) => id !== incident.id && estate === incident.estate && !drill,
  );
  return [...others.filter(isNear), ...others.filter((other) => !isNear(other))];
}
