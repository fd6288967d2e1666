/** Why something was done: a person's own words, or the system's code put into words. */

import type { ClockName } from "../api/records";
import { live } from "../live/live.svelte";
import { isMessage, type MessageKey, say, t } from "./language.svelte";
import { rules } from "./rule_names.svelte";

/** The codes of `rules/vocabulary/reasons.py`. */
type Code = MessageKey extends infer Key ? (Key extends `reason.${infer C}` ? C : never) : never;

/** What `by` gave as the reason, in the reader's language; empty where there is none. */
export function reasonOf({ by, reason }: { by: string; reason: string }): string {
  if (by !== "system" && !by.startsWith("rule:")) return reason;
  const [code = "", argument = ""] = reason.split(":", 2);
  return isCode(code) ? t(`reason.${code}`, { what: named(argument) }) : reason;
}

function isCode(word: string): word is Code {
  return isMessage(`reason.${word}`);
}

/** An argument by its name: a ticket's clock, or the id of an alarm or a rule that is known here. */
function named(argument: string): string {
  if (isClock(argument)) return t(`clock.${argument}`);
  const alarm = live.state?.alarms.get(argument);
  return alarm ? `${say(alarm.title)} · ${say(alarm.place.text)}` : rules.name(argument);
}

function isClock(word: string): word is ClockName {
  return isMessage(`clock.${word}`);
}
