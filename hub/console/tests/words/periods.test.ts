import { expect, test } from "vitest";

import { asInput, endOf } from "../../src/words/periods";
import { AT, at } from "../samples";

test("a period ends so many minutes from now, or when a person says", () => {
  const now = Date.parse(AT);
  expect(endOf(30, now)).toBe(at(1800));
  expect(endOf(asInput(now + 3_600_000), now)).toBe(at(3600));
  expect(endOf("", now)).toBe("");
});
