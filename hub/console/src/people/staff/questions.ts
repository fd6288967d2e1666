/** What is asked before somebody of the staff is entered, changed, or their contact shown. */

import { get, send } from "../../api/http";
import { at } from "../../api/paths";
import { type Role, ROLES, type StaffContact, type User } from "../../api/records";
import Checks from "../../components/Checks.svelte";
import { choice, line, named, reason } from "../../components/fields";
import { ask } from "../../components/question.svelte";
import Remark from "../../components/Remark.svelte";
import { session } from "../../data/session.svelte";
import { t } from "../../words/language.svelte";
import { toasts } from "../../words/toasts.svelte";
import Addresses from "../Addresses.svelte";
import { addresses, addressesOf, entered } from "../addresses";
import WaysIn from "./WaysIn.svelte";

const USERS = ["operator", "engineer", "manager", "admin"] as const;

/** What a member of staff is; without `user` a new one. */
export function enter(user: User | undefined, done: () => void): void {
  const mayGive = (role: User["role"]) =>
    role !== "admin" || session.current?.role === "admin" || user?.role === "admin";
  void ask({
    title: user?.name ?? t("staff.add"),
    answer: t(user ? "word.save" : "staff.add"),
    form: {
      id: user?.id ?? "",
      name: user && user.name !== user.id ? user.name : "",
      role: user?.role ?? "engineer",
      duties: [...(user?.duties ?? [])] as Role[],
      language: user?.language ?? "zh",
    },
    parts: [
      {
        ...line("id", t("staff.id"), {
          hint: t("staff.id.hint"), required: true, maxlength: 64, pattern: "[a-z0-9][a-z0-9._\\-]*",
          autocomplete: "off",
        }),
        when: () => !user,
      },
      line("name", t("staff.name"), { hint: t("staff.name.hint"), maxlength: 80 }),
      choice("role", t("staff.role"), named(USERS.filter(mayGive), (role) => t(`user.${role}`))),
      {
        name: "duties",
        as: Checks,
        props: { label: t("staff.duties"), options: named(ROLES, (duty) => t(`role.${duty}`)) },
      },
      choice("language", t("word.language"), named(["zh", "en"], (of) => t(`language.${of}`))),
    ],
    send: async ({ id, ...what }) => {
      await (user
        ? send("put", at("/users/{user_id}", { user_id: user.id }), what)
        : send("post", at("/users"), { ...what, id }));
      done();
    },
  });
}

/** How somebody is reached: one's own in full, another's only with a reason, or entered anew. */
export async function contact(user: string, name: string, done: () => void = () => undefined): Promise<void> {
  try {
    const kept = await get(at("/users/{user_id}/contact", { user_id: user }));
    if (user === session.current?.user) enterContact(user, name, kept, done);
    else unmask(user, name, kept, done);
  } catch (error) {
    toasts.report(error);
  }
}

function unmask(user: string, name: string, masked: StaffContact, done: () => void): void {
  void ask({
    title: t("staff.contact.of", { name }),
    answer: t("staff.contact.show"),
    form: { reason: "" },
    parts: [
      { as: Addresses, props: { person: masked, side: "staff" } },
      reason(t("staff.contact.why"), t("staff.contact.why.hint"), { minlength: 3, maxlength: 300 }),
    ],
    send: async ({ reason }) => {
      const shown = await get(at("/users/{user_id}/contact", { user_id: user, unmask: reason }));
      enterContact(user, name, shown, done);
    },
    other: {
      words: t("staff.contact.anew"),
      testid: "enter-anew",
      send: () => enterContact(user, name, null, done),
    },
  });
}

function enterContact(user: string, name: string, kept: StaffContact | null, done: () => void): void {
  void ask({
    title: t("staff.contact.of", { name }),
    answer: t("word.save"),
    form: { addresses: addressesOf(kept, "staff") },
    parts: [{ as: Remark, props: { words: t("staff.contact.use") } }, addresses("staff")],
    send: async (form) => {
      await send("put", at("/users/{user_id}/contact", { user_id: user }), entered(form.addresses));
      done();
    },
  });
}

/** The ways in of somebody, and letting them in no more or again. */
export function access(user: User, done: () => void): void {
  const verb = user.disabled_at === null ? "disable" : "enable";
  void ask({
    title: t("staff.access.of", { name: user.name }),
    answer: t(verb === "disable" ? "word.disable" : "word.enable"),
    ...(verb === "disable" ? { effect: t("staff.disable.what") } : {}),
    form: { reason: "" },
    parts: [
      reason(t("word.reason"), t("staff.reason.hint")),
      { as: WaysIn, props: ({ reason }) => ({ user, reason }) },
    ],
    send: async (form) => {
      await send("post", at(`/users/{user_id}/${verb}`, { user_id: user.id }), form);
      done();
    },
  });
}
