/** Backtests as the hub tells of them, and what the page makes of a difference. */

import type { AlarmSide, BacktestDifference, BacktestRule } from "../../api/records";

/** What may be said of a difference; one that moved may have another priority too. */
export const SORTS = ["added", "removed", "moved", "reprioritised"] as const;
export type Sort = (typeof SORTS)[number];

export function isOfSort(difference: BacktestDifference, sort: Sort): boolean {
  if (sort === "added" || sort === "removed") return difference.kind === sort;
  return difference[sort];
}

/** The tried side where there is one. */
export function shown(difference: BacktestDifference): AlarmSide {
  return (difference.tried ?? difference.current)!;
}

export function totals(rules: BacktestRule[]): Record<Sort, number> {
  const sum = (sort: Sort) => rules.reduce((n, rule) => n + rule[sort], 0);
  return {
    added: sum("added"),
    removed: sum("removed"),
    moved: sum("moved"),
    reprioritised: sum("reprioritised"),
  };
}

/** Seconds by which the tried alarm begins, and ends, later; null where either is missing. */
export function shift({ current, tried }: BacktestDifference): { begins: number; ends: number | null } | null {
  if (!current || !tried) return null;
  const later = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / 1000;
  const ends =
    current.cleared_at && tried.cleared_at ? later(current.cleared_at, tried.cleared_at) : null;
  return { begins: later(current.raised_at, tried.raised_at), ends };
}

const SHORTEST_PAD = 5 * 60_000;
const LONGEST_PAD = 2 * 3_600_000;

/** The time, in milliseconds, that a chart of the difference shows: both alarms and around them. */
export function windowOf(difference: BacktestDifference, until: number): { from: number; to: number } {
  const sides = [difference.current, difference.tried].filter((side) => side !== null);
  const begins = Math.min(...sides.map((side) => Date.parse(side.raised_at)));
  const open = Math.min(until, begins + 2 * LONGEST_PAD);
  const ends = Math.max(
    ...sides.map((side) => (side.cleared_at ? Date.parse(side.cleared_at) : open)),
  );
  const pad = Math.min(LONGEST_PAD, Math.max(SHORTEST_PAD, (ends - begins) / 2));
  return { from: begins - pad, to: Math.min(until, ends + pad) };
}

/** Where the rules' page leaves the text that is to be tried. */
const HANDOVER = "backtest.rules";

/** Have `text` in the page when it opens next. */
export function handOver(text: string): void {
  sessionStorage.setItem(HANDOVER, text);
}

/** What was handed over, once. */
export function takeOver(): string | null {
  const text = sessionStorage.getItem(HANDOVER);
  sessionStorage.removeItem(HANDOVER);
  return text;
}
