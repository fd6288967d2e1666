import type { ShiftEntry } from "../../src/api/records";
import { expect, test } from "vitest";

import {
  daysOf,
  gapsOf,
  holding,
  repeated,
  shownOn,
  weekOf,
  withSwapped,
  withWeekCopied,
} from "../../src/data/roster";

/** Day `day` of a week whose first is a Monday, at `hour`, local time. */
function at(day: number, hour: number): number {
  return new Date(2026, 10, 23 + day, hour).getTime();
}

function shift(duty: ShiftEntry["duty"], user: string, from: number, until: number): ShiftEntry {
  const [begins, ends] = [new Date(from).toISOString(), new Date(until).toISOString()];
  return { duty, user, from: begins, until: ends, on_call: false };
}

const week = at(0, 0);
const day = shift("EN", "engineer-1", at(2, 8), at(2, 20));
const night = shift("EN", "engineer-2", at(2, 20), at(3, 8));

test("a week begins on Monday at midnight and has seven days", () => {
  expect([weekOf(at(6, 23)), weekOf(at(0, 0)), weekOf(at(7, 0), -1)]).toEqual([week, week, week]);
  expect(daysOf(week).map(({ from }) => new Date(from).getDay())).toEqual([1, 2, 3, 4, 5, 6, 0]);
});

test("a gap is where nobody holds the duty, and only there", () => {
  const span = { from: at(2, 0), until: at(3, 12) };
  expect(gapsOf([night, day], "EN", span)).toEqual([
    { from: at(2, 0), until: at(2, 8) },
    { from: at(3, 8), until: at(3, 12) },
  ]);
  expect(gapsOf([day, night], "EN", { from: at(2, 9), until: at(3, 7) })).toEqual([]);
  expect(gapsOf([day], "SL", span)).toEqual([span]);
});

test("who is on the estate comes before who is on call", () => {
  const onCall = { ...day, user: "engineer-3", on_call: true };
  expect(holding([onCall, day], "EN", at(2, 9)).map(({ user }) => user)).toEqual([
    "engineer-1",
    "engineer-3",
  ]);
});

test("a night shift stands on the day it begins, and is carried into the first day shown", () => {
  const thursday = { from: at(3, 0), until: at(4, 0) };
  expect(shownOn([day, night], "EN", thursday, false)).toEqual([]);
  expect(shownOn([day, night], "EN", thursday, true)).toEqual([night]);
});

test("a week is copied to the next one, and copying it again adds nothing", () => {
  const once = withWeekCopied([day, night], week);
  expect(once.slice(2)).toEqual([
    shift("EN", "engineer-1", at(9, 8), at(9, 20)),
    shift("EN", "engineer-2", at(9, 20), at(10, 8)),
  ]);
  expect(withWeekCopied(once, week)).toEqual(once);
});

test("two people swap within the span alone", () => {
  const next = shift("EN", "engineer-1", at(9, 8), at(9, 20));
  const span = { from: week, until: at(7, 0) };
  const users = withSwapped([day, night, next], "engineer-1", "engineer-2", span);
  expect(users.map(({ user }) => user)).toEqual(["engineer-2", "engineer-1", "engineer-1"]);
});

test("a shift is repeated at the same hours", () => {
  expect(repeated(day, 3).map(({ from }) => Date.parse(from))).toEqual([
    at(2, 8),
    at(3, 8),
    at(4, 8),
  ]);
});
