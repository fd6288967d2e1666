import { expect, test } from "vitest";

import { inserted, usesOf } from "../src/rulebook/messages/messages";
import { lengthOf } from "../src/rulebook/messages/sms";
import { asWords, moved, NEW, type PlanContent } from "../src/rulebook/plans/plans";

test.each([
  ["", 0, 0],
  ["a".repeat(160), 160, 1],
  ["a".repeat(161), 161, 2],
  ["a".repeat(306), 306, 2],
  ["[".repeat(81), 81, 2],
  ["水".repeat(70), 70, 1],
  ["水".repeat(71), 71, 2],
  [`${"a".repeat(70)}水`, 71, 2],
  ["🚒".repeat(36), 36, 2],
])("a text message is cut where the network cuts it", (text, characters, segments) => {
  expect(lengthOf(text)).toEqual({ characters, segments });
});

const plan = {
  id: "PIPE",
  version: 3,
  name: { en: "Pipe burst", zh: "爆管" },
  tasks: [NEW.task(), { ...NEW.task(), proof: { en: "", zh: "" } }],
  notices: [NEW.notice("LEAK"), { ...NEW.notice("LEAK"), audience: "leak" as const }, NEW.notice("LEAK")],
} as unknown as PlanContent;

test("a message is sent by the plans that name it, each audience once", () => {
  expect(usesOf("LEAK", [plan]).map(({ audience }) => audience)).toEqual(["building", "leak"]);
  expect(usesOf("FIRE", [plan])).toEqual([]);
});

test("a plan goes to the hub without its number and without empty proof", () => {
  const words = JSON.parse(asWords(plan)) as { version?: number; tasks: { proof: unknown }[] };
  expect(words.version).toBeUndefined();
  expect(words.tasks.map(({ proof }) => proof)).toEqual([null, null]);
});

test("entries are put in order and placeholders in their place", () => {
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(inserted("Leak at here.", "unit", 8, 12)).toBe("Leak at {unit}.");
});
