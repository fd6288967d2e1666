import { expect, test } from "vitest";

import type { Language } from "../../src/api/records";
import en from "../../src/i18n/en.json";
import zh from "../../src/i18n/zh.json";
import { difference, folded } from "../../src/rulebook/diff";
import { fieldAt, helpFor, type Schema } from "../../src/rulebook/help";
import { idOf, shownRules, type RuleInForce } from "../../src/rulebook/rules";
import { inWords, type Phrase, type When } from "../../src/rulebook/when";
import { choose } from "../../src/words/plural";

const MESSAGES: Record<Language, Record<string, string>> = { en, zh };

function said(when: When, language: Language): string {
  const t = (key: string, values = {}) => choose(MESSAGES[language][key] ?? key, values, language);
  return flat(inWords(t, language).phraseOf(when));
}

function flat({ words, parts }: Phrase): string {
  return parts.length === 0 ? words : `${words} [${parts.map(flat).join(" | ")}]`;
}

test.each<[When, string, string]>([
  [{ signal: "wet", equals: 1 }, "wet: yes", "浸水为是"],
  [
    { signal: "pressure_mpa", below: 0.1, clear: 0.12, for_s: 60 },
    "pressure is under 0.1 MPa, until it is back at 0.12 MPa, for 1m",
    "压力低于 0.1 MPa，回到 0.12 MPa 为止，持续1分钟",
  ],
  [
    { all: [{ signal: "running", equals: 0 }, { not: { signal: "mode", equals: 2 } }] },
    "all of these hold [running: no | this does not hold [mode: 2]]",
    "同时满足以下全部 [运行状态为否 | 不满足以下 [运行模式为2]]",
  ],
  [
    { signal: "wet", equals: 1, of: { type: "leak", same: ["building", "riser"], at_least_n: 2 } },
    "2 or more of leak sensor of the same building, riser: wet: yes",
    "同一楼栋、立管的至少 2 个漏水传感器：浸水为是",
  ],
  [
    { signal: "rain_mm", adds_up_to: 30, within_s: 3600 },
    "rain adds up to 30 mm within 1h",
    "降雨量在1小时内累计达 30 mm",
  ],
  [{ missed_heartbeats: 3 }, "3 heartbeats are missed", "连续 3 次未收到心跳"],
])("a condition is said in both languages", (when, english, chinese) => {
  expect(said(when, "en")).toBe(english);
  expect(said(when, "zh")).toBe(chinese);
});

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

const YAML = "id: leak\nwhen:\n  all:\n    - {signal: wet, equals: 1}\npriority: P3\n";

test.each([
  ["leak", "id", "id"],
  ["equals", "equals", "when"],
  ["wet", "signal", "when"],
  ["P3", "priority", "priority"],
])("the field at %s is found", (there, field, top) => {
  expect(fieldAt(YAML, YAML.indexOf(there))).toEqual({ field, top });
});

test("help is that of the model that the field stands in", () => {
  const schema: Schema = {
    properties: { when: { $ref: "#/$defs/When" }, level: { description: "outer" } },
    required: ["when"],
    $defs: {
      Other: { properties: { signal: { description: "wrong" } } },
      When: { properties: { signal: { description: "right", exclusiveMinimum: 0, enum: ["a"] } } },
    },
  };
  const inner = helpFor(schema, { field: "signal", top: "when" });
  expect(inner).toEqual({
    field: "signal", required: false, description: "right", choices: ["a"], limits: ["> 0"],
  }); // prettier-ignore
  expect(helpFor(schema, { field: "level", top: "level" })?.description).toBe("outer");
  expect(helpFor(schema, { field: "nothing", top: "when" })).toBeNull();
});

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
