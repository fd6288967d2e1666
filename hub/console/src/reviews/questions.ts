/** What a person is asked in the after-care of an incident. */

import { type At, at, type CommandPath } from "../api/paths";
import {
  type AftercareTask,
  CAUSE_PARTS,
  type Phase,
  PHASES,
  type Review,
  type Role,
  ROLES,
} from "../api/records";
import { Signature } from "../browser/signature.svelte";
import { choice, line, named, reason } from "../components/fields";
import { ask } from "../components/question.svelte";
import { carryOut } from "../data/orders.svelte";
import { endOfDay, fenOf } from "../data/review";
import { t } from "../words/language.svelte";
import DamageFields, { type Loss } from "./Damage.svelte";

const SCORES = ["5", "4", "3", "2", "1"] as const;

/** What needs nothing but words. */
export function explain(path: At<CommandPath>, title: string, answer: string, label: string): void {
  void ask({
    title,
    answer,
    form: { reason: "" },
    parts: [reason(label, undefined, { maxlength: 1000 })],
    send: (form) => carryOut(path, form),
  });
}

/** What it came from, and whose part that is. */
export function cause(review: Review): void {
  void ask({
    title: t("review.cause"),
    answer: t("review.record"),
    form: { part: review.cause?.part ?? "common", words: review.cause?.words ?? "" },
    parts: [
      choice("part", t("review.part"), named(CAUSE_PARTS, (value) => t(`review.part.${value}`))),
      line("words", t("review.cause_words"), { required: true, maxlength: 1000 }),
    ],
    send: (form) => carryOut(at("/reviews/{review}/record-cause", { review: review.id }), form),
  });
}

/** What shall change, by whom and until when. */
export function measure(review: Review): void {
  void ask({
    title: t("review.add_measure"),
    answer: t("review.add_measure"),
    form: { words: "", phase: "act" as Phase, owner: "EN" as Role, until: "" },
    parts: [
      line("words", t("review.measure"), { required: true, maxlength: 1000 }),
      choice("phase", t("review.phase"), named(PHASES, (value) => t(`review.phase.${value}`))),
      choice("owner", t("review.owner"), named(ROLES, (value) => t(`role.${value}`))),
      line("until", t("review.due"), { type: "date", required: true }),
    ],
    send: (form) =>
      carryOut(at("/reviews/{review}/add-measure", { review: review.id }), {
        ...form,
        until: endOfDay(form.until),
      }),
  });
}

/** A task is done; after a visit, how satisfied the household is. */
export function complete(review: Review, task: AftercareTask): void {
  void ask({
    title: t("review.complete"),
    answer: t("task.complete"),
    form: { score: "5", note: "" },
    parts: [
      {
        ...choice("score", t("review.score"), named(SCORES, (n) => t("review.score_of", { n: Number(n) }))),
        when: () => Boolean(task.household),
      },
      line("note", t("review.note"), { maxlength: 1000 }),
    ],
    send: ({ note, score }) =>
      carryOut(
        at("/reviews/{review}/tasks/{task}/complete", { review: review.id, task: task.id }),
        task.household ? { note, score: Number(score) } : { note },
      ),
  });
}

/** All that one flat lost, and what it is offered; it takes the place of what was noted before. */
export function damage(review: Review): void {
  void ask({
    title: t("review.damage"),
    answer: t("review.record"),
    form: {
      loss: {
        household: "",
        items: [{ words: "", yuan: "" }],
        offer: "",
        photos: [],
        signature: new Signature(),
      } as Loss,
    },
    parts: [{ name: "loss", as: DamageFields, props: { damages: review.damages } }],
    send: async ({ loss: { household, items, offer, photos, signature } }) => {
      const offered = fenOf(offer);
      const signed = offered === undefined ? undefined : await signature.hash();
      await carryOut(at("/reviews/{review}/record-damage", { review: review.id }), {
        household,
        items: items.map(({ words, yuan }) => ({ words, cost_fen: fenOf(yuan) ?? 0 })),
        photos,
        ...(offered === undefined ? {} : { offer_fen: offered }),
        ...(signed ? { signature: signed } : {}),
      });
    },
  });
}
