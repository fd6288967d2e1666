/** An incident's page: what the hub answered, kept up to date by the events after it. */

import type { IncidentDetail, LiveEvent } from "../api/records";
import { isOf } from "./reduce";

/** `detail` after those of `events` that are about it and that it does not hold yet. */
export function reduceDetail(detail: IncidentDetail, events: readonly LiveEvent[]): IncidentDetail {
  const last = detail.events.at(-1)?.seq ?? 0;
  return events
    .filter((event) => event.seq > last)
    .reduce((before, event) => {
      if (isAbout(before.id, event)) return apply(before, event);
      return hasLeft(before, event) ? without(before, event.record.id) : before;
    }, detail);
}

function isAbout(id: string, event: LiveEvent): boolean {
  if (isOf("incident", event)) return event.record.id === id;
  if (
    isOf("alarm", event) ||
    isOf("ticket", event) ||
    isOf("notice", event) ||
    isOf("callout", event) ||
    isOf("drill", event)
  ) {
    return event.record.incident_id === id;
  }
  return false;
}

/** Whether an alarm or ticket that was here belongs to another incident now. */
function hasLeft(detail: IncidentDetail, event: LiveEvent): boolean {
  const { alarms, tickets } = detail;
  if (isOf("alarm", event)) return alarms.some(({ id }) => id === event.record.id);
  return isOf("ticket", event) && tickets.some(({ id }) => id === event.record.id);
}

function without(detail: IncidentDetail, id: string): IncidentDetail {
  return {
    ...detail,
    alarms: detail.alarms.filter((alarm) => alarm.id !== id),
    tickets: detail.tickets.filter((ticket) => ticket.id !== id),
  };
}

function apply(detail: IncidentDetail, event: LiveEvent): IncidentDetail {
  const events = [...detail.events, event];
  if (isOf("incident", event)) return { ...detail, ...event.record, events };
  if (isOf("ticket", event)) {
    const isListed = detail.tickets.some((ticket) => ticket.id === event.record.id);
    const tickets = isListed
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
