import type { AlarmPerformance } from "../../../src/api/records";
import { expect, test } from "vitest";

import { barsOf, beginsBeforeRecord, pathOf } from "../../../src/alarms/figures/figures";

const OWN = { from: "2026-07-01T08:00", to: "2026-07-02T08:00" };
const NOW = Date.parse("2026-07-08T00:00:00Z");

test("a period that ends now reaches back by its days", () => {
  const query = new URLSearchParams(pathOf("riverside", "week", OWN, NOW)!.split("?")[1]);
  expect(Object.fromEntries(query)).toEqual({
    estate: "riverside",
    from: "2026-07-01T00:00:00.000Z",
    to: "2026-07-08T00:00:00.000Z",
  });
});

test("a person's own times are local times", () => {
  const query = new URLSearchParams(pathOf("riverside", "own", OWN, NOW)!.split("?")[1]);
  expect(query.get("from")).toBe(new Date("2026-07-01T08:00").toISOString());
});

test("a time that is none asks for nothing", () => {
  expect(pathOf("riverside", "own", { ...OWN, to: "" }, NOW)).toBeUndefined();
});

const DAY = { from_at: "2026-07-01T00:00:00Z", slot_s: 600, slots: [1, 0, 12, 3, 4] };
const START = Date.parse(DAY.from_at) / 1000;

test("where there is room, each slot is a bar", () => {
  expect(barsOf(DAY, 5)).toEqual({
    times: [0, 600, 1200, 1800, 2400].map((s) => START + s),
    peaks: [1, 0, 12, 3, 4],
    slotsEach: 1,
  });
});

test("where there is not, a bar is the busiest of its slots, and no peak is lost", () => {
  expect(barsOf(DAY, 3)).toEqual({
    times: [START, START + 1200, START + 2400],
    peaks: [1, 12, 4],
    slotsEach: 2,
  });
  expect(Math.max(...barsOf(DAY, 1).peaks)).toBe(12);
});

test("before the page has a width there is one bar", () => {
  expect(barsOf(DAY, 0).peaks).toEqual([12]);
});

test("a period that begins before the record is told", () => {
  const of = (recorded_since_at: string) =>
    beginsBeforeRecord({ figures: DAY, recorded_since_at } as unknown as AlarmPerformance);
  expect(of("2026-06-30T00:00:00Z")).toBe(false);
  expect(of("2026-07-01T00:00:01Z")).toBe(true);
});
