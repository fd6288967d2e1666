import { expect, test } from "vitest";

import { lastClosedAt, mergeTargets, openIncidents } from "../../src/data/incidents";
import { at, incident } from "../samples";

test("open incidents come by level, the newest first among equals", () => {
  const list = [
    incident("old", { level: "III", opened_at: at(1) }),
    incident("grave", { level: "I", opened_at: at(0) }),
    incident("new", { level: "III", opened_at: at(2) }),
    incident("over", { level: "I", state: "closed", closed_at: at(9) }),
  ];
  expect(openIncidents(list).map(({ id }) => id)).toEqual(["grave", "new", "old"]);
  expect(lastClosedAt(list)).toBe(at(9));
  expect(lastClosedAt([])).toBeUndefined();
});

test("an incident merges into an open one of its estate, those of its building first", () => {
  const elsewhere = { ...incident("x").place, building: "B5" };
  const found = mergeTargets(incident("i1"), [
    incident("i1"),
    incident("far", { place: elsewhere, level: "I" }),
    incident("near"),
    incident("over", { state: "closed" }),
    incident("other", { estate: "harbour" }),
  ]);
  expect(found.map(({ id }) => id)).toEqual(["near", "far"]);
});
