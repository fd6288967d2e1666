/** A duty roster as the page edits it: weeks from Monday, in the reader's own time zone. */

import type { Role, ShiftEntry } from "../api/records";

/** Milliseconds since the epoch. */
export interface Span {
  from: number;
  until: number;
}

/** The local midnight that lies `days` days after that of `ms`. */
export function midnight(ms: number, days = 0): number {
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** Monday's midnight of the week in which `ms` lies, and those of the weeks around it. */
export function weekOf(ms: number, weeks = 0): number {
  return midnight(ms, -((new Date(ms).getDay() + 6) % 7) + 7 * weeks);
}

/** The days of a week, each from midnight to midnight. */
export function daysOf(week: number): Span[] {
  return [0, 1, 2, 3, 4, 5, 6].map((n) => ({ from: midnight(week, n), until: midnight(week, n + 1) }));
}

export function spanOf({ from, until }: ShiftEntry): Span {
  return { from: Date.parse(from), until: Date.parse(until) };
}

function overlap(a: Span, b: Span): boolean {
  return a.from < b.until && b.from < a.until;
}

/** Those who hold `duty` at `at`: on the estate first, then on call. */
export function holding(shifts: readonly ShiftEntry[], duty: Role, at: number): ShiftEntry[] {
  return shifts
    .filter((shift) => shift.duty === duty && overlap(spanOf(shift), { from: at, until: at + 1 }))
    .sort((a, b) => Number(a.on_call) - Number(b.on_call));
}

/** The shifts that a day shows: those that begin on it and, where it is the first, go on into it. */
export function shownOn(
  shifts: readonly ShiftEntry[],
  duty: Role,
  day: Span,
  carried: boolean,
): ShiftEntry[] {
  return shifts
    .filter((shift) => {
      const span = spanOf(shift);
      const begins = span.from >= day.from && span.from < day.until;
      return shift.duty === duty && (begins || (carried && overlap(span, day)));
    })
    .sort((a, b) => Date.parse(a.from) - Date.parse(b.from) || a.user.localeCompare(b.user));
}

/** When within `span` nobody holds `duty`. */
export function gapsOf(shifts: readonly ShiftEntry[], duty: Role, span: Span): Span[] {
  const gaps: Span[] = [];
  let heldUntil = span.from;
  const held = shifts.filter((shift) => shift.duty === duty).map(spanOf);
  for (const { from, until } of held.sort((a, b) => a.from - b.from)) {
    if (heldUntil >= span.until) break;
    if (from > heldUntil) gaps.push({ from: heldUntil, until: Math.min(from, span.until) });
    heldUntil = Math.max(heldUntil, until);
  }
  if (heldUntil < span.until) gaps.push({ from: heldUntil, until: span.until });
  return gaps;
}

/** `shift` again on each of the days that follow, `days` days in all; its local hours stay. */
export function repeated(shift: ShiftEntry, days: number): ShiftEntry[] {
  return Array.from({ length: days }, (_, n) => ({
    ...shift,
    from: later(shift.from, n),
    until: later(shift.until, n),
  }));
}

/** With the shifts that begin in the week at `week` once more a week later, where they fit. */
export function withWeekCopied(shifts: readonly ShiftEntry[], week: number): ShiftEntry[] {
  const end = midnight(week, 7);
  const all = [...shifts];
  for (const shift of shifts) {
    const { from } = spanOf(shift);
    if (from < week || from >= end) continue;
    const copy = { ...shift, from: later(shift.from, 7), until: later(shift.until, 7) };
    if (!all.some((other) => clashes(other, copy))) all.push(copy);
  }
  return all;
}

/** With `a` and `b` in each other's place in every shift that begins within `span`. */
export function withSwapped(
  shifts: readonly ShiftEntry[],
  a: string,
  b: string,
  span: Span,
): ShiftEntry[] {
  const other = new Map([[a, b], [b, a]]);
  return shifts.map((shift) => {
    const { from } = spanOf(shift);
    if (from < span.from || from >= span.until) return shift;
    return { ...shift, user: other.get(shift.user) ?? shift.user };
  });
}

/** Whether the same person would hold the same duty twice at a time. */
export function clashes(a: ShiftEntry, b: ShiftEntry): boolean {
  return a.user === b.user && a.duty === b.duty && overlap(spanOf(a), spanOf(b));
}

function later(at: string, days: number): string {
  const date = new Date(at);
  date.setDate(date.getDate() + days);
  return date.toISOString();
}
