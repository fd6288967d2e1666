/** What a person is asked before an alarm is held back, or no longer is. */

import { at } from "../api/paths";
import type { Alarm, Suppression } from "../api/records";
import { period, reason } from "../components/fields";
import Remark from "../components/Remark.svelte";
import { ask } from "../components/question.svelte";
import { carryOut } from "../data/orders.svelte";
import { now } from "../live/now.svelte";
import { say, t } from "../words/language.svelte";
import { endOf, type Period } from "../words/periods";
import { rules } from "../words/rule_names.svelte";

const MOST_MIN = 8 * 60;
const PERIODS_MIN = [30, 120, MOST_MIN];

/** A period, or why this alarm is never shelved. */
export function shelve(alarm: Alarm): void {
  const about = `${say(alarm.title)} · ${say(alarm.place.text)}`;
  if (!rules.shelvable(alarm.rule)) {
    const words = t("shelve.never.why");
    const parts = [{ as: Remark, props: { words, testid: "not-shelvable" } }];
    void ask({ title: t("shelve.never"), about, form: {}, parts });
    return;
  }
  void ask({
    title: t("shelve.title"),
    answer: t("alarm.shelve"),
    about,
    effect: t("shelve.effect"),
    form: { until: PERIODS_MIN[0] as Period, reason: "" },
    parts: [
      period("until", PERIODS_MIN, MOST_MIN),
      reason(t("shelve.reason"), t("shelve.hint"), { maxlength: 1000 }),
    ],
    send: ({ until, reason }) =>
      carryOut(at("/alarms/{alarm}/shelve", { alarm: alarm.id }), {
        reason,
        until: endOf(until, now.ms),
      }),
  });
}

export function end(suppression: Suppression): void {
  void ask({
    title: t(suppression.kind === "shelved" ? "end.title.shelved" : "end.title.out_of_service"),
    answer: t("held.end"),
    about: say(suppression.place),
    effect: t("end.effect"),
    form: { reason: "" },
    parts: [reason(t("end.reason"), t("word.kept"), { maxlength: 1000 })],
    send: (form) => carryOut(at("/suppressions/{suppression}/end", { suppression: suppression.id }), form),
  });
}
