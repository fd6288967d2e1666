/** An incident's page: what the hub answered, kept up to date by the events after it. */

import { isOf } from "./reduce";
import type { IncidentDetail, LiveEvent } from "./records";

/** `detail` after those of `events` that are about it and that it does not hold yet. */
export function reduceDetail(detail: IncidentDetail, events: readonly LiveEvent[]): IncidentDetail {
  const last = detail.events.at(-1)?.seq ?? 0;
  return events
    .filter((event) => event.seq > last && isAbout(detail.id, event))
    .reduce((before, event) => apply(before, event), detail);
}

function isAbout(id: string, event: LiveEvent): boolean {
  if (isOf("incident", event)) return event.record.id === id;
  if (isOf("alarm", event) || isOf("ticket", event) || isOf("notice", event)) {
    return event.record.incident_id === id;
  }
  return false;
}

function apply(detail: IncidentDetail, event: LiveEvent): IncidentDetail {
  const events = [...detail.events, event];
  if (isOf("incident", event)) return { ...detail, ...event.record, events };
  if (isOf("ticket", event)) {
    const known = detail.tickets.some((ticket) => ticket.id === event.record.id);
    const tickets = known
      ? detail.tickets.map((ticket) => (ticket.id === event.record.id ? event.record : ticket))
      : [...detail.tickets, event.record];
    return { ...detail, tickets, events };
  }
  if (isOf("alarm", event)) {
    const others = detail.alarms.filter((alarm) => alarm.id !== event.record.id);
    return { ...detail, alarms: [...others, event.record], events };
  }
  return { ...detail, events };
}
