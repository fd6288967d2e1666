/** What a person is asked before a device is taken out of service. */

import { at } from "../../api/paths";
import type { Device } from "../../api/records";
import { line, period, reason } from "../../components/fields";
import { ask } from "../../components/question.svelte";
import { carryOut } from "../../data/orders.svelte";
import { now } from "../../live/now.svelte";
import { say, t } from "../../words/language.svelte";
import { endOf, type Period } from "../../words/periods";

const HOUR_MIN = 60;
const PERIODS_MIN = [8 * HOUR_MIN, 24 * HOUR_MIN, 7 * 24 * HOUR_MIN];
const MOST_MIN = 31 * 24 * HOUR_MIN;

export function takeOut(device: Device): void {
  const path = at("/devices/{device}/take-out-of-service", { device: device.id, estate: device.estate });
  void ask({
    title: t("take_out.title"),
    answer: t("take_out"),
    about: `${say(device.place)} · ${device.id}`,
    effect: t("take_out.effect"),
    form: { until: PERIODS_MIN[0] as Period, reason: "", measure: "" },
    parts: [
      period("until", PERIODS_MIN, MOST_MIN),
      reason(t("take_out.reason"), undefined, { maxlength: 1000 }),
      line("measure", t("take_out.measure"), {
        hint: t("take_out.measure.hint"), required: true, maxlength: 1000,
      }),
    ],
    send: (form) => carryOut(path, { ...form, until: endOf(form.until, now.ms) }),
  });
}
