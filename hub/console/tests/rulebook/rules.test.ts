import type { RuleInForce } from "../../src/api/records";
import { expect, test } from "vitest";

import { idOf, shownRules } from "../../src/rulebook/rules";

test("the id is read from the words, alone or in a list", () => {
  expect(idOf("# x\nid: leak\n")).toBe("leak");
  expect(idOf("- id: leak\n")).toBe("leak");
  expect(idOf("name: x")).toBeNull();
});

test("rules are found by words, kind and what needs a second look, the gravest first", () => {
  const rule = (id: string, more: Partial<RuleInForce> = {}): RuleInForce =>
    ({
      id, name: { en: id, zh: "漏水" }, device_types: ["leak"], priority: "P3", enabled: true,
      edited: false, set_aside: [], response: { kind: "pipe", group_by: [], level: "IV" }, ...more,
    }) as unknown as RuleInForce; // prettier-ignore
  const rules = [rule("b"), rule("a", { priority: "P1", edited: true }), rule("c", { enabled: false })];
  const ids = (sieve: Partial<Parameters<typeof shownRules>[1]>) =>
    shownRules(rules, { words: "", kind: "", show: "all", ...sieve }).map(({ id }) => id);
  expect(ids({})).toEqual(["a", "b", "c"]);
  expect(ids({ words: "漏" })).toHaveLength(3);
  expect(ids({ kind: "fire" })).toEqual([]);
  expect(ids({ show: "edited" })).toEqual(["a"]);
  expect(ids({ show: "disabled" })).toEqual(["c"]);
});
