/** What a person is asked before a drill is planned, or changes its course. */

import { at } from "../api/paths";
import { DRILL_KINDS, type DrillKind, type Plan, type Role } from "../api/records";
import {
  choice, estate, firstEstate, future, line, lines, named,
} from "../components/fields";
import Remark from "../components/Remark.svelte";
import { ask } from "../components/question.svelte";
import { idsIn } from "../data/drills";
import { carryOut } from "../data/orders.svelte";
import { session } from "../data/session.svelte";
import { staff } from "../data/staff.svelte";
import PlaceChoice, { type Where } from "../incidents/PlaceChoice.svelte";
import PlanChoice, { type Planned } from "../incidents/PlanChoice.svelte";
import { t } from "../words/language.svelte";
import { toasts } from "../words/toasts.svelte";
import TakingPart from "./TakingPart.svelte";

/** A step that needs words: STOP at once is the strongest of them. */
export function step(drill: string, step: "stop" | "finish" | "cancel" | "note"): void {
  void ask({
    title: t(`drill.ask.${step}`),
    answer: t(`drill.step.${step}`),
    form: { words: "" },
    parts: [
      lines("words", t(`drill.ask.words.${step}`), {
        hint: t("record.hint"), required: step !== "finish", maxlength: 500,
      }),
    ],
    send: ({ words }) =>
      carryOut(
        at(`/drills/{drill}/${step}`, { drill }),
        step === "note" ? { words } : { reason: words },
      ),
  });
}

/** What is practised, where, by whom, and when. */
export async function plan(): Promise<void> {
  await staff.load().catch((error: unknown) => toasts.report(error));
  const leaders = staff.pickable("SL").map(({ id, name }) => ({ value: id, words: name }));
  await ask({
    title: t("drills.plan"),
    answer: t("drill.save"),
    form: {
      title: "",
      estate: firstEstate(),
      kind: "functional" as DrillKind,
      planned: {} as Planned,
      where: {} as Where,
      leader: session.current?.user ?? "",
      participants: [] as { user: string; duty: Role }[],
      households: "",
      begins: "",
    },
    parts: [
      line("title", t("drill.title"), { required: true, maxlength: 120 }),
      estate(),
      choice("kind", t("drill.kind"), named(DRILL_KINDS, (kind) => t(`drill.kind.${kind}`))),
      {
        as: Remark,
        props: { words: t("drill.unannounced.hint") },
        when: ({ kind }) => kind === "unannounced",
      },
      {
        name: "planned",
        as: PlanChoice,
        props: ({ estate }) => ({
          estate,
          name: "plan",
          label: t("drill.plan"),
          idOf: ({ id }: Plan) => id,
        }),
      },
      { name: "where", as: PlaceChoice, props: ({ estate }) => ({ estate }) },
      choice("leader", t("drill.leader"), leaders),
      { name: "participants", as: TakingPart, props: {} },
      lines("households", t("drill.households"), { hint: t("drill.households.hint"), rows: 2 }),
      future("begins", t("drill.begins_at"), { hint: t("drill.begins_at.hint") }),
    ],
    send: ({ planned, where, leader, households, begins, ...form }) =>
      carryOut(at("/drills"), {
        ...form,
        ...where,
        plan: planned.plan!.id,
        level: planned.level!,
        leader: leader || null,
        households: idsIn(households),
        begins: begins === "" ? null : new Date(begins).toISOString(),
      }),
  });
}
