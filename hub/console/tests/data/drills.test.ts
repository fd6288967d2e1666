/** A drill's own time, how its milestones stand, and ids that a person wrote. */

import { expect, test } from "vitest";

import type { Drill, ScorePart } from "../../src/api/records";
import { drillTime, idsIn, standing } from "../../src/data/drills";

const STARTED = Date.parse("2026-07-01T10:00:00Z");
const DRILL = {
  state: "running",
  started_at: "2026-07-01T10:00:00Z",
  paused_at: null,
  ended_at: null,
  stood_s: 0,
} as Drill;
const PART: ScorePart = {
  name: "arrive",
  weight: 20,
  target: 300,
  reached: null,
  reached_at: null,
  points: 0,
  applies: true,
  void: false,
};

test("while a drill is stopped its time stands, and what it stood before does not count", () => {
  expect(drillTime(DRILL, STARTED + 90_000)).toBe(90);
  const stopped = { ...DRILL, state: "paused", paused_at: "2026-07-01T10:01:00Z", stood_s: 20 };
  expect(drillTime(stopped as Drill, STARTED + 900_000)).toBe(40);
});

test("a milestone runs until its target, and is missed after it", () => {
  expect(standing(PART, DRILL, STARTED + 299_000)).toBe("running");
  expect(standing(PART, DRILL, STARTED + 301_000)).toBe("missed");
  expect(standing({ ...PART, points: 20, reached: 120 }, DRILL, STARTED)).toBe("reached");
  expect(standing({ ...PART, void: true }, DRILL, STARTED)).toBe("void");
  expect(standing({ ...PART, applies: false }, DRILL, STARTED)).toBe("nothing_to_do");
});

test("ids are taken apart at commas, Chinese ones and line ends too, each once", () => {
  expect(idsIn("B3-10-01, B3-10-02，B3-10-03、B3-10-01\n")).toEqual([
    "B3-10-01",
    "B3-10-02",
    "B3-10-03",
  ]);
  expect(idsIn("  ")).toEqual([]);
});
