/** What the hub says in codes and identifiers, against the words that the console has for it. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import en from "../../src/i18n/en.json";
import hub from "../../src/i18n/hub.zh.json";
import zh from "../../src/i18n/zh.json";

const ROOT = join(import.meta.dirname, "../../../..");
const NAMED = /\b_need\((?:[^()]|\([^()]*\))*"([a-z_]+)"/g;

test("every refusal and every problem has Chinese words", () => {
  const source = pythonIn("rules/commands") + pythonIn("hub/api");
  const raised = [...source.matchAll(/\b(?:Refused|Problem)\(\s*(?:\d+,\s*)?(f?)"([^"]+)"/g)];
  const codes = new Set(raised.filter(([, f]) => !f).map(([, , code]) => code!));
  expect(codes.size).toBeGreaterThan(80);
  // `bad-{name}` is raised for a parameter by its name.
  expect(new Set(raised.filter(([, f]) => f).map(([, , code]) => code))).toEqual(
    new Set(["bad-{name}"]),
  );
  for (const [, name] of source.matchAll(NAMED)) codes.add(`bad-${name}`);
  for (const name of ["building", "unit", "garage"]) codes.add(`bad-${name}`);
  expect([...codes].filter((code) => !(code in hub.refused))).toEqual([]);
  const gone = Object.keys(hub.refused).filter((code) => !codes.has(code));
  expect(gone).toEqual([]);
});

test("the hub's words are in Chinese, and say what to do or what is so", () => {
  const all = [...Object.values(hub.refused), ...Object.values(hub.system_alarm)];
  expect(all.filter((words) => !/\p{Script=Han}.*。$/u.test(words))).toEqual([]);
});

test("every kind of system alarm has Chinese words", () => {
  const source = ["rules", "hub"].map(pythonIn).join("\n");
  const made = source.matchAll(/\b(?:SystemAlarm|Fault|_refuse)\(\s*(?:id=|work, )?f"([^"]+)"/g);
  const nouns = new Set([...made].map(([, id]) => id!.split("/")[0]!));
  const worded = Object.keys(hub.system_alarm);
  expect([...nouns].filter((noun) => !noun.startsWith("{") && !worded.includes(noun))).toEqual([]);
  expect(nouns.size).toBeGreaterThan(5);
});

test("every signal of a device, and every state that it takes, has its words", () => {
  const types = readFileSync(join(ROOT, "rules/catalogue/device_types.yaml"), "utf8");
  const signals = [...types.matchAll(/^ +(\w+): +(?:&\w+ +)?(?:\{kind:|\*)/gm)];
  const states = [...types.matchAll(/states: \[([^\]]+)\]/g)].flatMap(([, all]) => all!.split(", "));
  expect(signals.length).toBeGreaterThan(30);
  const needed = [
    ...signals.map(([, signal]) => `signal.${signal}`),
    ...states.map((state) => `value.${state}`),
  ];
  expect(needed.filter((key) => !(key in en && key in zh))).toEqual([]);
});

function pythonIn(folder: string): string {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".py") && !file.includes("node_modules"))
    .map((file) => readFileSync(join(ROOT, folder, file), "utf8"))
    .join("\n");
}
