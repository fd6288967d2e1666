/** Alarm performance as the hub reports it, and what the page makes of it. */

import type { Priority, Text } from "../../api/records";
import type { IconName } from "../../components/Icon.svelte";
import type { Tone } from "../../words/tone";

export type Verdict = "met" | "tolerable" | "missed" | "too_few";

/** A measured value beside its target; shares are 0 to 1. */
export interface Figure {
  value: number;
  target: { acceptable: number; maximum: number; below: boolean };
  verdict: Verdict;
}

export interface Delay {
  delay_s: number;
  removes: number;
  of: number;
}

export interface Proposal {
  on_delay: Delay | null;
  off_delay: Delay | null;
}

interface Point {
  rule: string;
  device: string;
  priority: Priority;
  alarm: string;
}

export interface BadActor extends Point {
  annunciated: number;
  share: number;
  proposal: Proposal | null;
}

export interface ChatteringPoint extends Point {
  activations: number;
  most_per_min: number;
  proposal: Proposal | null;
}

export interface StaleAlarm extends Point {
  began_at: string;
  ended_at: string | null;
}

export interface PriorityFigures {
  priority: Priority;
  annunciated: number;
  share: number;
  target: number;
  verdict: Verdict;
  acknowledged: number;
  acknowledge_median_s: number | null;
  acknowledge_p95_s: number | null;
}

export interface AlarmFigures {
  from_at: string;
  to_at: string;
  annunciated: number;
  per_10_min: Figure;
  per_day: Figure;
  peak_10_min: Figure;
  peak_at: string | null;
  slots_over: Figure;
  flood_time: Figure;
  floods: number;
  priorities: PriorityFigures[];
  top_ten: Figure;
  bad_actors: BadActor[];
  chattering: Figure;
  chattering_points: ChatteringPoint[];
  stale: Figure;
  stale_alarms: StaleAlarm[];
  unauthorised: Figure;
  slot_s: number;
  slots: number[];
}

export type Names = Record<string, { title: Text; place: Text }>;

export interface AlarmPerformance {
  estate: string;
  recorded_since_at: string;
  figures: AlarmFigures;
  names: Names;
}

export const LOOK: Record<Verdict, { tone: Tone; icon: IconName }> = {
  met: { tone: "good", icon: "check" },
  tolerable: { tone: "3", icon: "roughly" },
  missed: { tone: "2", icon: "cross" },
  too_few: { tone: "none", icon: "more" },
};

export type PeriodChoice = "day" | "week" | "month" | "own";

const DAYS: Record<Exclude<PeriodChoice, "own">, number> = { day: 1, week: 7, month: 30 };
const DAY_MS = 86_400_000;

/** Two times as `datetime-local` inputs give them: local, without a zone. */
export interface OwnPeriod {
  from: string;
  to: string;
}

/** The report's path; undefined while a time that a person enters is none. */
export function pathOf(
  estate: string,
  choice: PeriodChoice,
  own: OwnPeriod,
  now: number,
): string | undefined {
  const [from, to] =
    choice === "own"
      ? [Date.parse(own.from), Date.parse(own.to)]
      : [now - DAYS[choice] * DAY_MS, now];
  if (Number.isNaN(from) || Number.isNaN(to)) return undefined;
  const query = new URLSearchParams({
    estate,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  return `/reports/alarm-performance?${query}`;
}

/** The slots as at most `most` bars: when each begins (seconds), and the busiest of its slots. */
export function barsOf(
  figures: Pick<AlarmFigures, "from_at" | "slot_s" | "slots">,
  most: number,
): { times: number[]; peaks: number[]; slotsEach: number } {
  const { slots, slot_s } = figures;
  const slotsEach = Math.max(1, Math.ceil(slots.length / Math.max(1, most)));
  const from = Date.parse(figures.from_at) / 1000;
  const times: number[] = [];
  const peaks: number[] = [];
  for (let first = 0; first < slots.length; first += slotsEach) {
    times.push(from + first * slot_s);
    peaks.push(Math.max(...slots.slice(first, first + slotsEach)));
  }
  return { times, peaks, slotsEach };
}

/** Whether part of the period lies before the record begins, so that averages say too little. */
export function beginsBeforeRecord({ figures, recorded_since_at }: AlarmPerformance): boolean {
  return Date.parse(recorded_since_at) > Date.parse(figures.from_at);
}
