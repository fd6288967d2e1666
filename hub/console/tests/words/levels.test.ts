import { expect, test } from "vitest";

import { graverThan, isAtLeast } from "../../src/words/levels";

test("a level can only be raised, the least of the graver ones first", () => {
  expect(graverThan("III")).toEqual(["II", "I"]);
  expect(graverThan("I")).toEqual([]);
  expect([isAtLeast("II", "III"), isAtLeast("III", "III"), isAtLeast("IV", "III")]).toEqual([
    true,
    true,
    false,
  ]);
});
