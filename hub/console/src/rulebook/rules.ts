/** Rules as the hub keeps them: by version, each with who changed it last and why. */

import { at } from "../api/paths";
import { send } from "../api/http";
import type { Language, RuleInForce } from "../api/records";
import { partsOf } from "./parts";

/** What the list shows: all, or those that need a second look. */
export type Show = "all" | "edited" | "disabled" | "set_aside";

export const api = {
  ...partsOf("rules"),
  switch: (id: string, estate: string, on: boolean, version: number, reason: string) =>
    send("post", at(`/rules/{part_id}/${on ? "enable" : "disable"}`, { part_id: id, estate }), {
      version,
      reason,
    }),
  remove: (id: string, estate: string, version: number, reason: string) =>
    send("delete", at("/rules/{part_id}", { part_id: id, estate, version, reason })),
};

export function shownRules(
  rules: readonly RuleInForce[],
  { words, kind, show }: { words: string; kind: string; show: Show },
): RuleInForce[] {
  const search = words.trim().toLowerCase();
  const fits = (rule: RuleInForce) =>
    [rule.id, rule.name.en, rule.name.zh, ...rule.device_types].some((text) =>
      text.toLowerCase().includes(search),
    );
  return rules
    .filter((rule) => (kind === "" || rule.response.kind === kind) && isShown(rule, show))
    .filter(fits)
    .sort((a, b) => a.priority.localeCompare(b.priority));
}

export function isShown(rule: RuleInForce, show: Show): boolean {
  if (show === "edited") return rule.edited;
  if (show === "disabled") return !rule.enabled;
  return show === "set_aside" ? rule.set_aside.length > 0 : true;
}

/** The id that the words give the rule; null where there is none yet. */
export function idOf(yaml: string): string | null {
  return /^(?:- )?id:\s*["']?([a-z0-9-]+)/m.exec(yaml)?.[1] ?? null;
}

/** What a new rule begins with. */
export function template(language: Language): string {
  const note = language === "zh" ? "# 单位：秒、信号自身单位" : "# times in seconds, limits in the signal's unit";
  return `${note}
id: my-rule
name: {en: Water in the bin room, zh: 垃圾房积水}
device_types: [leak]
locations: [bin_room]
when: {signal: wet, equals: 1}
on_delay_s: 5
off_delay_s: 60
priority: P3
response: {kind: ticket, group_by: [building], level: IV, ticket: ordinary}
advice:
  en: Look at the drain.
  zh: 查看地漏。
source: own rule
`;
}
