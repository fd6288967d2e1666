import { expect, test } from "vitest";

import { difference, folded } from "../../src/rulebook/diff";

test("a difference keeps what both have and marks the rest", () => {
  expect(difference("a\nb\nc\n", "a\nx\nc\nd\n").map(({ kind, words }) => `${kind} ${words}`)).toEqual([
    "same a",
    "gone b",
    "new x",
    "same c",
    "new d",
  ]);
  expect(difference("", "a").map(({ kind }) => kind)).toEqual(["new"]);
  expect(difference("a", "")).toEqual([{ kind: "gone", words: "a" }]);
});

test("a short difference leaves out what is far from a change", () => {
  const before = ["a", "b", "c", "d", "e", "f"].join("\n");
  const lines = folded(difference(before, before.replace("f", "g")));
  expect(lines.map(({ kind, words }) => `${kind} ${words}`)).toEqual([
    "left_out …",
    "same d",
    "same e",
    "gone f",
    "new g",
  ]);
});
