import type { AlarmSide, BacktestDifference } from "../../../src/api/records";
import { expect, test } from "vitest";

import { isOfSort, shift, totals, windowOf } from "../../../src/rulebook/backtest/backtest";

function side(raised: string, cleared: string | null, more: Partial<AlarmSide> = {}): AlarmSide {
  return {
    rule: "leak", device: "d1", priority: "P3", reported_by: "d1", signal: "wet", value: 1,
    raised_at: `2026-11-01T${raised}:00Z`,
    cleared_at: cleared && `2026-11-01T${cleared}:00Z`,
    ...more,
  };
}

const moved: BacktestDifference = {
  kind: "changed", moved: true, reprioritised: true,
  current: side("10:00", "11:00"), tried: side("10:10", "10:55"),
};
const added: BacktestDifference = {
  kind: "added", moved: false, reprioritised: false, current: null, tried: side("10:00", null),
};

test("a difference may be of two sorts", () => {
  expect(["added", "removed", "moved", "reprioritised"].map((sort) => isOfSort(moved, sort as never)))
    .toEqual([false, false, true, true]);
  expect(isOfSort(added, "added")).toBe(true);
});

test("a shift is told in seconds, later is positive", () => {
  expect(shift(moved)).toEqual({ begins: 600, ends: -300 });
  expect(shift(added)).toBeNull();
  expect(shift({ ...moved, tried: side("10:10", null) })).toEqual({ begins: 600, ends: null });
});

test("the chart shows both alarms with half their time around them", () => {
  const until = Date.parse("2026-11-02T00:00:00Z");
  expect(windowOf(moved, until)).toEqual({
    from: Date.parse("2026-11-01T09:30:00Z"),
    to: Date.parse("2026-11-01T11:30:00Z"),
  });
});

test("an alarm that stands for days is charted for hours", () => {
  const { from, to } = windowOf(added, Date.parse("2026-12-01T00:00:00Z"));
  expect((to - from) / 3_600_000).toBe(8);
});

test("nothing is charted beyond the period", () => {
  const until = Date.parse("2026-11-01T11:05:00Z");
  expect(windowOf(moved, until).to).toBe(until);
});

test("the sums are those of all rules", () => {
  const rule = {
    id: "a", name: { en: "A", zh: "甲" }, is_new: false, devices: 1, current: 3, tried: 3,
    added: 1, removed: 2, moved: 3, reprioritised: 0,
  };
  expect(totals([rule, { ...rule, removed: 5 }])).toEqual({
    added: 2, removed: 7, moved: 6, reprioritised: 0,
  });
});
