import { expect, test } from "vitest";

import type { Language, When } from "../../src/api/records";
import en from "../../src/i18n/en.json";
import zh from "../../src/i18n/zh.json";
import { inWords, type Phrase } from "../../src/rulebook/when";
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
