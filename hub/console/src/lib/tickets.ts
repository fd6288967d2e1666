/** Tickets in the order in which somebody should take them. */

import type { Ticket } from "./records";

export type TicketFilter = "open" | "mine" | "closed";

/** Open ones by priority, then the earliest first; closed ones with the last closed first. */
export function inTicketOrder(
  tickets: readonly Ticket[],
  filter: TicketFilter,
  user: string,
): Ticket[] {
  if (filter === "closed") {
    return tickets.filter(isOver).sort((a, b) => compare(b.closed_at ?? "", a.closed_at ?? ""));
  }
  return tickets
    .filter((ticket) => !isOver(ticket) && (filter === "open" || ticket.assignee === user))
    .sort((a, b) => compare(a.priority, b.priority) || compare(a.opened_at, b.opened_at));
}

function isOver(ticket: Ticket): boolean {
  return ticket.state === "closed" || ticket.state === "cancelled";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
