/** What a person is asked before something about a household is shown or changed. */

import { at } from "../../api/paths";
import { send } from "../../api/http";
import type { Agreed, Household, HouseholdContact, Language, Need, Relation } from "../../api/records";
import Check from "../../components/Check.svelte";
import Checks from "../../components/Checks.svelte";
import { choice, line, named, reason, segments } from "../../components/fields";
import Remark from "../../components/Remark.svelte";
import { ask } from "../../components/question.svelte";
import { channels } from "../../words/channels.svelte";
import { t } from "../../words/language.svelte";
import { addresses, addressesOf, entered } from "../addresses";
import { AGREED, NEEDS, named as inPath, RELATIONS } from "./people";

const SPOKEN = [
  { value: "zh", words: "中文" },
  { value: "en", words: "English" },
] as const;

const why = (hint: string, minlength = 1) =>
  reason(t("people.reason"), hint, { minlength, maxlength: 300, autocomplete: "off" });

/** For what the personal data are shown. */
export function unmask(look: (reason: string) => Promise<void>): void {
  void ask({
    title: t("people.unmask"),
    answer: t("people.unmask"),
    form: { reason: "" },
    parts: [why(t("people.unmask.hint"), 3)],
    send: ({ reason }) => look(reason.trim()),
  });
}

export function remove(household: string, person: HouseholdContact, done: () => Promise<void>): void {
  void ask({
    title: t("contact.remove"),
    answer: t("word.remove"),
    effect: t("contact.remove.effect", { name: person.name ?? t("contact.n", { n: person.n }) }),
    form: { reason: "" },
    parts: [why(t("contact.reason.hint"))],
    send: async (form) => {
      await send("post", at("/households/{estate}/{household}/contacts/{n}/remove", { ...inPath(household), n: person.n }), form);
      await done();
    },
  });
}

/** A new person of the household, or all that is kept of one, entered anew. */
export function enter(
  household: string,
  person: HouseholdContact | undefined,
  done: () => Promise<void>,
): void {
  void ask({
    title: t(person ? "contact.change" : "contact.add"),
    answer: t("word.save"),
    form: {
      relation: (person?.relation ?? "resident") as Relation,
      name: person?.name ?? "",
      language: (person?.language ?? "own") as Language | "own",
      agreed: person?.relation === "carer",
      reason: "",
      addresses: addressesOf(person ?? null, "households"),
    },
    parts: [
      segments("relation", t("contact.relation"), named(RELATIONS, (of) => t(`relation.${of}`)), false),
      { as: Remark, props: ({ relation }) => ({ words: t(`relation.told.${relation}`) }) },
      line("name", t("contact.name"), { required: true, maxlength: 80, autocomplete: "off" }),
      addresses("households"),
      choice("language", t("word.language"), [
        { value: "own", words: t("contact.language.own") },
        ...SPOKEN,
      ]),
      {
        name: "agreed",
        as: Check,
        props: { label: t("contact.agreed"), name: "agreed", required: true },
        when: ({ relation }) => relation === "carer",
      },
      why(t("contact.reason.hint")),
    ],
    send: async ({ addresses, language, reason, ...rest }) => {
      const of = inPath(household);
      const body = {
        ...rest,
        ...entered(addresses),
        language: language === "own" ? null : language,
        reason: reason.trim(),
      };
      await (person
        ? send("put", at("/households/{estate}/{household}/contacts/{n}", { ...of, n: person.n }), body)
        : send("post", at("/households/{estate}/{household}/contacts", of), body));
      await done();
    },
  });
}

/** What the household chose and agreed to. Needs can be changed where they can be seen. */
export function choose(household: Household, done: () => Promise<void>): void {
  void ask({
    title: t("choices.change"),
    answer: t("word.save"),
    form: {
      language: household.language,
      sms: (household.sms_agreed_how ?? "no") as Agreed | "no",
      refused: [...household.refused],
      needs: [...household.needs] as Need[],
      agreed: household.needs.length > 0,
      reason: "",
    },
    parts: [
      choice("language", t("choices.language"), SPOKEN),
      choice("sms", t("choices.sms"), [
        { value: "no", words: t("choices.sms.no") },
        ...named(AGREED, (how) => t(`agreed.${how}`)),
      ]),
      {
        name: "refused",
        as: Checks,
        props: {
          label: t("choices.refused"),
          hint: t("choices.refused.hint"),
          options: named(channels.refusable, (name) => channels.label(name)),
        },
      },
      {
        name: "needs",
        as: Checks,
        props: {
          label: t("choices.needs"),
          disabled: household.masked,
          testid: "needs",
          ...(household.masked
            ? { options: [], hint: t("choices.needs.hidden") }
            : { options: named(NEEDS, (need) => t(`need.${need}`)) }),
        },
      },
      {
        name: "agreed",
        as: Check,
        props: { label: t("choices.needs.agreed"), name: "needs-agreed", required: true },
        when: ({ needs }) => !household.masked && needs.length > 0,
      },
      why(t("contact.reason.hint")),
    ],
    send: async ({ language, refused, sms, needs, agreed, reason }) => {
      const health = household.masked ? {} : { needs, needs_agreed: agreed && needs.length > 0 };
      await send("put", at("/households/{estate}/{household}", { estate: household.estate, household: household.id }), {
        language,
        refused,
        sms_agreed: sms === "no" ? null : sms,
        ...health,
        reason: reason.trim(),
      });
      await done();
    },
  });
}
