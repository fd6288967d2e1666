import type { Plan } from "../../../src/api/records";
import { expect, test } from "vitest";

import { asWords, moved, NEW } from "../../../src/rulebook/plans/plans";

const plan = {
  id: "PIPE",
  version: 3,
  name: { en: "Pipe burst", zh: "爆管" },
  tasks: [NEW.task(), { ...NEW.task(), proof: { en: "", zh: "" } }],
} as unknown as Plan;

test("a plan goes to the hub without its number and without empty proof", () => {
  const words = JSON.parse(asWords(plan)) as { version?: number; tasks: { proof: unknown }[] };
  expect(words.version).toBeUndefined();
  expect(words.tasks.map(({ proof }) => proof)).toEqual([null, null]);
});

test("entries are put in order", () => {
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
});
