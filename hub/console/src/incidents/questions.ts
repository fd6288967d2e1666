/** What a person is asked before deciding about an incident. */

import { at } from "../api/paths";
import type { Alarm, Incident, Level, Outcome, Plan } from "../api/records";
import { choice, estate, firstEstate, lines, named, reason, segments } from "../components/fields";
import { ask } from "../components/question.svelte";
import { carryOut } from "../data/orders.svelte";
import type { LevelWords } from "../data/plans";
import { say, t } from "../words/language.svelte";
import LevelChoice from "./LevelChoice.svelte";
import MergeTargets from "./MergeTargets.svelte";
import PlaceChoice, { type Where } from "./PlaceChoice.svelte";
import PlanChoice, { type Planned } from "./PlanChoice.svelte";
import SplitAlarms from "./SplitAlarms.svelte";


export function start(): void {
  void ask({
    title: t("start.title"),
    answer: t("start.send"),
    form: { estate: firstEstate(), planned: {} as Planned, where: {} as Where, reason: "" },
    parts: [
      estate(),
      {
        name: "planned",
        as: PlanChoice,
        props: ({ estate }) => ({
          estate,
          name: "kind",
          label: t("start.kind"),
          idOf: ({ kind }: Plan) => kind,
        }),
      },
      { name: "where", as: PlaceChoice, props: ({ estate }) => ({ estate }) },
      lines("reason", t("start.reason"), { hint: t("start.hint"), required: true, maxlength: 500 }),
    ],
    send: ({ estate, planned: { plan, level }, where, reason }) =>
      carryOut(at("/incidents"), { estate, kind: plan!.kind, level: level!, ...where, reason }),
  });
}

export function confirm(incident: Incident): void {
  void ask({
    title: t("confirm.title"),
    answer: t("incident.confirm"),
    effect: t("confirm.effect", { title: say(incident.title) }),
    form: { reason: "" },
    parts: [reason(t("confirm.reason"), t("confirm.hint"))],
    send: (form) => carryOut(at("/incidents/{incident}/confirm", { incident: incident.id }), form),
  });
}

/** `graver` are the levels that are left. */
export function raise(incident: Incident, graver: LevelWords[]): void {
  void ask({
    title: t("raise.title"),
    answer: t("incident.raise"),
    effect: t("raise.effect"),
    form: { level: undefined as Level | undefined, reason: "" },
    parts: [
      { name: "level", as: LevelChoice, props: { options: graver } },
      reason(t("raise.reason"), t("confirm.hint")),
    ],
    send: ({ level, reason }) =>
      carryOut(at("/incidents/{incident}/raise-level", { incident: incident.id }), {
        level: level!,
        reason,
      }),
  });
}

/** The two are one occurrence: this incident becomes part of one of `targets`. */
export function merge(incident: Incident, targets: Incident[]): void {
  void ask({
    title: t("merge.title"),
    answer: t("incident.merge"),
    effect: t("merge.effect", { title: say(incident.title) }),
    form: { into: "", reason: "" },
    parts: [{ name: "into", as: MergeTargets, props: { targets } }, reason(t("merge.reason"))],
    send: (form) => carryOut(at("/incidents/{incident}/merge", { incident: incident.id }), form),
  });
}

/** Some of the incident's active alarms, but not all, are another occurrence. */
export function split(incident: Incident, alarms: Alarm[]): void {
  void ask({
    title: t("split.title"),
    answer: t("incident.split"),
    effect: t("split.effect"),
    form: { alarms: [] as string[], reason: "" },
    parts: [{ name: "alarms", as: SplitAlarms, props: { alarms } }, reason(t("split.reason"))],
    send: (form) => carryOut(at("/incidents/{incident}/split", { incident: incident.id }), form),
  });
}

const OUTCOMES = ["resolved", "false_alarm"] as const satisfies readonly Outcome[];
const CAUSES = ["steam", "cooking", "dust", "insects", "test", "malicious", "other"] as const;

export function close(incident: Incident): void {
  void ask({
    title: t("close.title"),
    answer: t("incident.close"),
    effect: t("close.effect"),
    form: { outcome: "resolved" as (typeof OUTCOMES)[number], cause: "other" as (typeof CAUSES)[number], reason: "" },
    parts: [
      segments("outcome", t("close.title"), named(OUTCOMES, (value) => t(`outcome.${value}`)), false),
      {
        ...choice("cause", t("close.cause"), named(CAUSES, (value) => t(`false_alarm.${value}`))),
        when: ({ outcome }) => outcome === "false_alarm",
      },
      reason(t("close.reason"), t("word.kept")),
    ],
    send: ({ outcome, cause, reason }) =>
      carryOut(at("/incidents/{incident}/close", { incident: incident.id }), {
        outcome,
        reason,
        ...(outcome === "false_alarm" ? { cause } : {}),
      }),
  });
}
