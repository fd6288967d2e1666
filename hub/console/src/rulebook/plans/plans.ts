/** Emergency plans as they are edited: the whole content of one, and what a form begins with. */

import type { Level, Plan, PlanNotice, PlanTask, Role, Text, Urgency } from "../../api/records";
import { partsOf } from "../parts";
import NumberField from "./NumberField.svelte";

export const LEVELS = ["I", "II", "III", "IV"] as const satisfies readonly Level[];
export const PROOF_KINDS = ["photo", "text", "headcount", "reading", "signature"] as const;
export const URGENCIES = ["N1", "N2", "N3", "N4"] as const satisfies readonly Urgency[];
export const AUDIENCES = [
  "fire",
  "building",
  "leak",
  "burst",
  "shut_off",
  "lift",
  "power",
  "weather",
  "freezing",
  "flood",
  "garage_users",
] as const;

export const api = partsOf("plans");

export const NEW = {
  words: (): Text => ({ en: "", zh: "" }),
  task: (): PlanTask => ({
    id: "",
    role: "EN",
    title: { en: "", zh: "" },
    within_min: null,
    proof_kinds: [],
    from_level: "IV",
    confirmed: false,
  }),
  notice: (template: string): PlanNotice => ({
    id: "",
    template,
    audience: "building",
    urgency: "N3",
    from_level: "IV",
    confirmed: false,
    each_level: false,
  }),
  aftercare: () => ({
    id: "",
    role: "CS" as Role,
    title: { en: "", zh: "" },
    within_h: 24,
    from_level: "IV" as Level,
  }),
};

/** A part of a form that holds a number, or none. */
export function numberOrNone<Name extends string>(name: Name, label: string, at: string) {
  return { name, as: NumberField, props: { label, "data-path": `${at}.${name}` } };
}

/** The plan as the hub takes it: words that nobody gave are none, and the version is the hub's. */
export function asWords(plan: Plan): string {
  const { version, ...content } = plan;
  const tasks = plan.tasks.map((task) => ({ ...task, proof: orNone(task.proof) }));
  return JSON.stringify({ ...content, tasks });
}

function orNone(text: Text | null | undefined): Text | null {
  return text && text.en + text.zh !== "" ? text : null;
}

/** `items` with the one at `from` at the place `to`. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.filter((_, n) => n !== from);
  return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}
