/**
 * Why the hub refused, and what its system alarms say, in the reader's language.
 *
 * In English the hub's own detail is the better sentence: it names the values. In Chinese there are
 * words for each code (`i18n/hub.zh.json`); one that is newer than this page keeps the detail.
 */

import type { Refusal, SystemAlarm } from "../api/records";
import chinese from "../i18n/hub.zh.json";
import { language } from "./language.svelte";
import { choose } from "./plural";
import { rules } from "./rule_names.svelte";

const REFUSED: Record<string, string> = chinese.refused;
const SYSTEM_ALARMS: Record<string, string> = chinese.system_alarm;

export function refusalOf({ code, detail }: Pick<Refusal, "code" | "detail">): string {
  return (language.current === "zh" ? REFUSED[code] : undefined) ?? detail;
}

/** By what its id begins with: one of a few nouns, a rule that failed, or something that was due. */
export function systemAlarmOf({ id, detail }: Pick<SystemAlarm, "id" | "detail">): string {
  if (language.current !== "zh") return detail;
  const [first = "", what = ""] = id.split(/\/(.*)/s);
  const noun = rules.name(first);
  const words =
    SYSTEM_ALARMS[first] ?? (noun === first ? SYSTEM_ALARMS["due"] : SYSTEM_ALARMS["rule"]);
  return choose(words ?? detail, { noun, what }, "zh");
}
