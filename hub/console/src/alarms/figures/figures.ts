/** Alarm performance as the hub reports it, and what the page makes of it. */

import { type At, at } from "../../api/paths";
import type { AlarmFigures, AlarmPerformance, Text } from "../../api/records";
import type { IconName } from "../../components/Icon.svelte";
import type { Tone } from "../../words/tone";

export type Verdict = "met" | "tolerable" | "missed" | "too_few";

export type Names = Record<string, { title: Text; place: Text }>;

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

/** Where the report is; undefined while a time that a person enters is none. */
export function pathOf(
  estate: string,
  choice: PeriodChoice,
  own: OwnPeriod,
  now: number,
): At<"/reports/alarm-performance"> | undefined {
  const [from, to] =
    choice === "own"
      ? [Date.parse(own.from), Date.parse(own.to)]
      : [now - DAYS[choice] * DAY_MS, now];
  if (Number.isNaN(from) || Number.isNaN(to)) return undefined;
  return at("/reports/alarm-performance", {
    estate,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
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
