/** After-care: the report of an incident, what is open, and amounts as people type them. */

import type { Review } from "../api/records";

/** How many tasks are open, and how many of these are late. */
export function openTasks(review: Review, now: number): { open: number; late: number } {
  const open = review.tasks.filter((task) => task.state === "open");
  return { open: open.length, late: open.filter((task) => Date.parse(task.due_at) < now).length };
}

/** Yuan as typed, such as `1200` or `1200.50`, in fen; undefined where it is no amount. */
export function fenOf(yuan: string): number | undefined {
  return /^\d{1,9}(\.\d{1,2})?$/.test(yuan.trim()) ? Math.round(Number(yuan) * 100) : undefined;
}

/** Fen as a person types yuan: `1200`, `1200.50`. */
export function yuanOf(fen: number): string {
  return fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2);
}

/** A date field's day, at its end on this machine, as the hub wants it. */
export function endOfDay(day: string): string {
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) ? "" : end.toISOString();
}
