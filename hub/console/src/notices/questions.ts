/** What a person is asked before somebody is told more, or somebody else. */

import { at } from "../api/paths";
import type { Incident } from "../api/records";
import { future, line, reason } from "../components/fields";
import { ask } from "../components/question.svelte";
import { carryOut } from "../data/orders.svelte";
import { t } from "../words/language.svelte";
import HouseholdField from "./HouseholdField.svelte";
import UpdatePreview from "./UpdatePreview.svelte";


/** One more household to be told, found by its number. */
export function add(incident: Incident): void {
  void ask({
    title: t("add.title"),
    answer: t("households.add"),
    effect: t("add.effect"),
    form: { household: "", reason: "" },
    parts: [{ name: "household", as: HouseholdField, props: { incident: incident.id } }, reason(t("add.reason"))],
    send: ({ household, reason }) =>
      carryOut(at("/incidents/{incident}/households/add", { incident: incident.id }), { household: household.trim(), reason }),
  });
}

export function remove(incident: Incident, household: string, unit: string): void {
  void ask({
    title: t("remove.title", { unit }),
    answer: t("remove.answer"),
    effect: t("remove.effect"),
    form: { reason: "" },
    parts: [reason(t("remove.reason"))],
    send: (form) => carryOut(at("/incidents/{incident}/households/remove", { incident: incident.id }), { household, ...form }),
  });
}

/** Further words to everyone who was told, shown as they will be read before they go out. */
export function update(incident: Incident): void {
  const wordsOf = ({ en, zh, eta }: { en: string; zh: string; eta: string }) => ({
    incident: incident.id,
    en: en.trim(),
    zh: zh.trim(),
    ...(eta ? { eta: new Date(eta).toISOString() } : {}),
  });
  void ask({
    title: t("update.title"),
    answer: t("update.send"),
    effect: t("update.effect"),
    form: { zh: "", en: "", eta: "" },
    parts: [
      line("zh", t("update.zh"), { required: true, maxlength: 500, lang: "zh" }),
      line("en", t("update.en"), { required: true, maxlength: 500, lang: "en" }),
      future("eta", t("update.eta"), { hint: t("update.eta_hint") }),
      { as: UpdatePreview, props: (form) => ({ words: wordsOf(form) }) },
    ],
    send: (form) => carryOut(at("/notices/updates"), wordsOf(form)),
  });
}

/** Notices that wait go out at once, or not at all. */
export function decide(
  verb: "approve" | "release" | "reject",
  held: { incident: string; template: string; n: number },
): void {
  const { n, ...which } = held;
  void ask({
    title: t(verb === "reject" ? "held_notices.reject.title" : "held_notices.approve.title", { n }),
    answer: t(`held_notices.${verb}`),
    effect: t(`held_notices.${verb}.effect`),
    form: { reason: "" },
    parts: [reason(t("held_notices.why"))],
    send: (form) =>
      carryOut(at(`/notices/${verb === "reject" ? "reject" : "approve"}`), { ...which, ...form }),
  });
}
