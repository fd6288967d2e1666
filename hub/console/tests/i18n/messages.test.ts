import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import en from "../../src/i18n/en.json";
import zh from "../../src/i18n/zh.json";
import { choose } from "../../src/words/plural";

const english: Record<string, string> = en;
const chinese: Record<string, string> = zh;
const source = sourceOf(join(import.meta.dirname, "../../src"));

test("both languages have the same sentences", () => {
  expect(Object.keys(chinese)).toEqual(Object.keys(english));
});

test("no sentence is empty in either language", () => {
  const empty = [english, chinese].flatMap((messages) =>
    Object.entries(messages).filter(([, message]) => message.trim() === ""),
  );
  expect(empty).toEqual([]);
});

test("both languages fill the same placeholders", () => {
  for (const key of Object.keys(english)) {
    expect([key, placeholders(chinese[key])]).toEqual([key, placeholders(english[key])]);
  }
});

test("Chinese sentences are in Chinese", () => {
  const latin = Object.entries(chinese).filter(([, message]) => !/\p{Script=Han}/u.test(message));
  expect(latin.map(([key]) => key)).toEqual(["alarm.acknowledged_by"]); // a name and a time alone
});

test("every sentence is used, and every one that is used is there", () => {
  const whole = new Set(literalsOf(source));
  const families = [...source.matchAll(/\bt\(\s*`([a-z_.]+\.)\$\{/g)].map((match) => match[1]!);
  const used = (key: string) => whole.has(key) || families.some((family) => key.startsWith(family));
  expect(Object.keys(english).filter((key) => !used(key))).toEqual([]);
  expect([...whole].filter((key) => isKey(key) && !(key in english))).toEqual([]);
  for (const family of families) {
    expect([family, Object.keys(english).some((key) => key.startsWith(family))]).toEqual([
      family,
      true,
    ]);
  }
});

test("one and many are told apart in English and not in Chinese", () => {
  expect(choose("{n} flat|{n} flats", { n: 1 }, "en")).toBe("1 flat");
  expect(choose("{n} flat|{n} flats", { n: 1200 }, "en")).toBe("1,200 flats");
  expect(choose("{n} 户", { n: 1 }, "zh")).toBe("1 户");
});

test("a placeholder without a value leaves nothing behind", () => {
  expect(choose("by {who}", {}, "en")).toBe("by ");
});

test("every reason that the system gives has its words", () => {
  const python = join(import.meta.dirname, "../../../../rules/vocabulary/reasons.py");
  const codes = [...readFileSync(python, "utf8").matchAll(/(?: = |return f?)"([a-z_]+)/g)];
  expect(codes.length).toBeGreaterThan(10);
  const wordless = codes.filter(([, code]) => !(`reason.${code}` in english));
  expect(wordless.map(([, code]) => code)).toEqual([]);
});

function placeholders(message: string | undefined): string[] {
  return [...new Set([...(message ?? "").matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();
}

/** String literals handed to `t(…)`, the branches of a conditional included, or named as keys. */
function literalsOf(code: string): string[] {
  const calls = [...code.matchAll(/\bt\(([^`]*?)\)/g)].map((match) => match[1]!);
  const tables = [...code.matchAll(/\bwords: "([a-z_.]+)"/g)].map((match) => match[1]!);
  return [
    ...calls.flatMap((call) => [...call.matchAll(/"([^"]+)"/g)].map((match) => match[1]!)),
    ...tables,
  ];
}

function isKey(text: string): boolean {
  return /^[a-z_]+(\.[A-Za-z0-9_]+)+$/.test(text);
}

function sourceOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(svelte|ts)$/.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
}
