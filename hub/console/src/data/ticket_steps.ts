/** What may come next for a ticket, as DOMAIN section 5 has it; the hub decides, this only shows. */

import type { Ticket, TicketState } from "../api/records";

export type TicketStep =
  | "dispatch"
  | "accept"
  | "reject"
  | "transfer"
  | "arrive"
  | "start"
  | "suspend"
  | "resume"
  | "resolve"
  | "verify"
  | "call_back"
  | "reopen"
  | "cancel";

/** `desk`: may send people and look at work; `own`: it is this person's own work. */
export interface Allowed {
  desk: boolean;
  own: boolean;
}

const NEXT: Partial<Record<TicketState, TicketStep>> = {
  new: "dispatch",
  dispatched: "accept",
  accepted: "arrive",
  on_site: "start",
  working: "resolve",
  suspended: "resume",
  resolved: "verify",
  callback: "call_back",
};

const OTHERS: Partial<Record<TicketState, TicketStep[]>> = {
  new: ["cancel"],
  dispatched: ["transfer", "reject", "cancel"],
  accepted: ["transfer", "reject", "suspend", "cancel"],
  on_site: ["transfer", "suspend"],
  working: ["transfer", "suspend"],
  verified: ["reopen"],
  callback: ["reopen"],
  closed: ["reopen"],
};

const OF_THE_DESK: TicketStep[] = ["dispatch", "transfer", "verify", "call_back", "reopen", "cancel"];

/**
 * The step that brings it forward; undefined where this person can do nothing. An engineer may take
 * a new ticket: at night nobody may be at the desk to send them.
 */
export function nextStep(ticket: Ticket, allowed: Allowed): TicketStep | undefined {
  if (ticket.state === "new" && !allowed.desk) return "accept";
  const step = NEXT[ticket.state];
  return step && isFor(ticket, step, allowed) ? step : undefined;
}

/** The steps that lead aside. */
export function otherSteps(ticket: Ticket, allowed: Allowed): TicketStep[] {
  return (OTHERS[ticket.state] ?? []).filter((step) => isFor(ticket, step, allowed));
}

function isFor(ticket: Ticket, step: TicketStep, allowed: Allowed): boolean {
  if (OF_THE_DESK.includes(step) && !allowed.desk) return false;
  if (step === "verify") return !allowed.own;
  if (step === "cancel") return ticket.tasks.length === 0; // a plan's ticket ends with its incident
  return step !== "suspend" || ticket.class !== "emergency";
}
