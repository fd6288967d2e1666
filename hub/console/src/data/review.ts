/** After-care: the report of an incident, what is open, and amounts as people type them. */

import type { Text } from "../api/records";
import type { DamageItem, Measure, Review } from "../api/reviews";

export interface ListedMeasure {
  review: string;
  incident: string;
  measure: Measure;
}

interface TaskLine {
  id: string;
  duty: Text;
  title: Text;
  due: string | null;
  done: string | null;
  by: string | null;
  state: Text;
  late: boolean;
  note: string;
}

export interface Report {
  incident: string;
  title: Text;
  place: Text;
  level: string;
  drill: boolean;
  /** What only a drill has: its score, and what was seen. */
  scored: {
    id: string;
    title: string;
    kind: Text;
    total: number | null;
    void: string | null;
    void_why: Text;
    scores: {
      name: Text;
      target: Text;
      reached: Text | null;
      when: string | null;
      points: number;
      weight: number;
      state: Text;
      missed: boolean;
    }[];
    remarks: { time: string; by: string; words: string }[];
  } | null;
  outcome: Text | null;
  opened: string;
  closed: string | null;
  lasted: Text | null;
  plan: string | null;
  plan_version: number | null;
  timezone: string;
  finished: boolean;
  conclusion: string;
  alarms: { rule: string; rule_version: number }[];
  clocks: {
    ticket: string;
    name: Text;
    due: string;
    done: string | null;
    margin: Text | null;
    state: Text;
    late: boolean;
  }[];
  tasks: TaskLine[];
  notices: {
    requested: number;
    delivered: number;
    read: number;
    reach_95: Text | null;
    by_template: { template: string; requested: number; delivered: number; read: number }[];
  };
  people: { user: string; role: Text; did: { words: Text; times: number }[] }[];
  costs: { ticket: string; words: string; quantity: number; unit: string; cost_fen: number }[];
  costs_fen: number;
  damages: {
    household: string;
    items: DamageItem[];
    cost_fen: number;
    offer_fen: number | null;
    signed: boolean;
  }[];
  damages_fen: number;
  offers_fen: number;
  cause: { words: string; part: Text; by: string; recorded: string } | null;
  photos: { hash: string; of: Text }[];
  timeline: { time: string; words: Text; by: Text; note: string }[];
}

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
