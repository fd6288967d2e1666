import type { Plan } from "../../../src/api/records";
import { expect, test } from "vitest";

import { inserted, usesOf } from "../../../src/rulebook/messages/messages";
import { NEW } from "../../../src/rulebook/plans/plans";

const plan = {
  id: "PIPE",
  version: 3,
  name: { en: "Pipe burst", zh: "爆管" },
  notices: [NEW.notice("LEAK"), { ...NEW.notice("LEAK"), audience: "leak" as const }, NEW.notice("LEAK")],
} as unknown as Plan;

test("a message is sent by the plans that name it, each audience once", () => {
  expect(usesOf("LEAK", [plan]).map(({ audience }) => audience)).toEqual(["building", "leak"]);
  expect(usesOf("FIRE", [plan])).toEqual([]);
});

test("a placeholder is put in its place", () => {
  expect(inserted("Leak at here.", "unit", 8, 12)).toBe("Leak at {unit}.");
});
