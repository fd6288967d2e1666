/** A ticket's service clocks: running, soon due, late, met, paused, or stopped unmet. */

import type { Clock, ClockName, Ticket } from "../api/records";

export type ClockState =
  "running" | "soon" | "late" | "met" | "met_late" | "paused" | "stopped";

/** A clock is soon due in the last quarter of its time. */
const SOON = 0.25;

export interface Reading {
  state: ClockState;
  /** Seconds until due; negative where late. Where met: how early it was met. */
  left: number;
}

type Running = Pick<Clock, "due_at" | "met_at"> & Partial<Clock>;

/** `from` and `now` in milliseconds since 1970. */
export function readClock(clock: Running, from: number, now: number): Reading {
  const due = Date.parse(clock.due_at);
  const met = clock.met_at === null ? undefined : Date.parse(clock.met_at);
  const stands = clock.paused_at ?? clock.stopped_at;
  const left = (due - (met ?? (stands ? Date.parse(stands) : now))) / 1000;
  if (met !== undefined) return { state: met <= due ? "met" : "met_late", left };
  if (clock.stopped_at) return { state: "stopped", left };
  if (clock.paused_at) return { state: "paused", left };
  if (left < 0) return { state: "late", left };
  const whole = (due - from) / 1000;
  return { state: left <= whole * SOON ? "soon" : "running", left };
}

const ORDER: ClockName[] = ["accept", "respond", "finish"];

/** The ticket's clocks in the order in which they are met. */
export function clocksOf(ticket: Ticket): { name: ClockName; clock: Clock }[] {
  return ORDER.flatMap((name) => {
    const clock = ticket.clocks[name];
    return clock ? [{ name, clock }] : [];
  });
}

/** The clock that is running now, or undefined where all are met. */
export function nextClock(ticket: Ticket): { name: ClockName; clock: Clock } | undefined {
  return clocksOf(ticket).find(({ clock }) => clock.met_at === null && !clock.stopped_at);
}

/** Whether one of its clocks ran out and was not met since. */
export function isOverdue(ticket: Ticket, now: number): boolean {
  return clocksOf(ticket).some(
    ({ clock }) =>
      clock.met_at === null &&
      !clock.paused_at &&
      !clock.stopped_at &&
      Date.parse(clock.due_at) < now,
  );
}
