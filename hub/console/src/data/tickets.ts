/** Tickets in the order in which somebody should take them. */

import type { Ticket } from "../api/records";
import { isOverdue } from "./service_levels";

export type TicketFilter = "open" | "mine" | "overdue" | "closed";
export type TicketOrigin = "all" | "alarms" | "people";

/** Overdue ones first, then by priority, then the earliest; closed ones with the last first. */
export function inTicketOrder(
  tickets: readonly Ticket[],
  filter: TicketFilter,
  user: string,
  now: number,
  origin: TicketOrigin = "all",
): Ticket[] {
  const some = tickets.filter((ticket) => origin === "all" || originOf(ticket) === origin);
  if (filter === "closed") {
    return some.filter(isOver).sort((a, b) => compare(b.closed_at ?? "", a.closed_at ?? ""));
  }
  return some
    .filter((ticket) => !isOver(ticket) && isAskedFor(ticket, filter, user, now))
    .sort(
      (a, b) =>
        Number(isOverdue(b, now)) - Number(isOverdue(a, now)) ||
        compare(a.priority, b.priority) ||
        compare(a.opened_at, b.opened_at),
    );
}

/** Whether sensors or people began it. */
function originOf(ticket: Ticket): TicketOrigin {
  return ticket.report || ticket.works ? "people" : "alarms";
}

function isAskedFor(ticket: Ticket, filter: TicketFilter, user: string, now: number): boolean {
  if (filter === "mine") return ticket.assignee === user;
  return filter !== "overdue" || isOverdue(ticket, now);
}

export function isOver(ticket: Ticket): boolean {
  return ticket.state === "closed" || ticket.state === "cancelled";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
