import { expect, test } from "vitest";

import { courseOf } from "../../../src/rulebook/backtest/chart";

test("states become places on the axis, and flags are drawn as steps", () => {
  const ts = "2026-11-01T10:00:00Z";
  expect(courseOf([{ ts, value: "normal" }, { ts, value: "fire" }])).toMatchObject({
    values: [1, 0], states: ["fire", "normal"], stepped: true,
  });
  expect(courseOf([{ ts, value: 0 }, { ts, value: 1 }]).stepped).toBe(true);
  expect(courseOf([{ ts, value: 0.3 }]).stepped).toBe(false);
});
