/** What a person is asked about shifts and who has the desk. */

import { at } from "../api/paths";
import { ROLES, type Roster, type ShiftEntry } from "../api/records";
import { Problem, send } from "../api/http";
import Check from "../components/Check.svelte";
import { choice, line, lines, minute, named, reason } from "../components/fields";
import { ask } from "../components/question.svelte";
import { carryOut } from "../data/orders.svelte";
import { clashes, repeated } from "../data/roster";
import { session } from "../data/session.svelte";
import { staff } from "../data/staff.svelte";
import { now } from "../live/now.svelte";
import { moment } from "../words/format";
import { language, t } from "../words/language.svelte";
import { asInput } from "../words/periods";
import { Refusal, wordsFor } from "../words/toasts.svelte";
import ShiftHolder from "./roster/ShiftHolder.svelte";

/** Who takes over, and what goes with the desk beside what the system knows. */
export function handOver(estate: string): void {
  const people = staff
    .pickable("CR")
    .filter(({ id, role }) => id !== session.current?.user && role !== "engineer")
    .map(({ id, name }) => ({ value: id, words: name }));
  void ask({
    title: t("handover.propose"),
    answer: t("handover.sign"),
    effect: t("handover.propose.what"),
    form: { incoming: people[0]?.value ?? "", keys: "", radios: "", note: "" },
    parts: [
      choice("incoming", t("handover.incoming"), people),
      lines("keys", t("handover.keys"), { maxlength: 1000, rows: 2 }),
      lines("radios", t("handover.radios"), { maxlength: 1000, rows: 2 }),
      lines("note", t("handover.note"), { maxlength: 1000 }),
    ],
    send: (form) => carryOut(at("/handovers"), { estate, ...form }),
  });
}

/** The whole roster is saved at once, with a reason. */
export function save(
  roster: Roster,
  entries: Pick<Roster, "shifts" | "neighbours">,
  done: (saved: Roster) => void,
): void {
  void ask({
    title: t("roster.save"),
    answer: t("roster.save"),
    effect: t("roster.save.what"),
    form: { reason: "" },
    parts: [reason(t("word.reason"))],
    send: async ({ reason }) => {
      const path = at("/rosters/{estate}", { estate: roster.estate });
      const body = { version: roster.version, reason, ...entries };
      const saved = await send("put", path, body).catch((error: unknown) => {
        throw inShifts(error, entries.shifts);
      });
      if (saved) done(saved);
    },
  });
}

/** A fault of a shift is told by its day and person, not by its number in the list. */
function inShifts(error: unknown, shifts: ShiftEntry[]): unknown {
  if (!(error instanceof Problem) || error.code !== "faulty-roster") return error;
  const lines = error.errors.map(({ field, value, remedy }) => {
    const [list, n, part] = field.split(".");
    const shift = list === "shifts" ? shifts[Number(n)] : undefined;
    if (!shift) return `${field} ${String(value)}: ${remedy}`;
    const who = staff.name(shift.user);
    const duty = t(`role.${shift.duty}`);
    const when = moment(shift.from, now.ms, language.current);
    const words = part === "user" ? t("roster.fault.user", { who }) : t("roster.fault.overlap", { who, duty });
    return `${duty}, ${when}: ${words}`;
  });
  return new Refusal(wordsFor(error).title, lines);
}

const MOST_DAYS = 14;

/** One shift, new or changed; nothing is saved before the whole roster is. */
export function shift(
  first: ShiftEntry,
  isNew: boolean,
  others: ShiftEntry[],
  /** The shifts to stand in its place. */
  done: (shifts: ShiftEntry[]) => void,
): void {
  void ask({
    title: t(isNew ? "roster.add" : "roster.shift"),
    answer: t(isNew ? "roster.add" : "word.change"),
    form: {
      duty: first.duty,
      user: first.user || (staff.pickable(first.duty)[0]?.id ?? ""),
      from: asInput(Date.parse(first.from)),
      until: asInput(Date.parse(first.until)),
      on_call: first.on_call,
      days: "1",
    },
    parts: [
      choice("duty", t("word.duty"), named(ROLES, (value) => t(`role.${value}`))),
      { name: "user", as: ShiftHolder, props: ({ duty }) => ({ duty }) },
      minute("from", t("roster.from"), { required: true }),
      minute("until", t("roster.to"), { required: true }),
      { name: "on_call", as: Check, props: { label: t("roster.on_call"), name: "on_call" } },
      {
        ...line("days", t("roster.days"), {
          hint: t("roster.days.hint"), type: "number", min: "1", max: MOST_DAYS, required: true,
        }),
        when: () => isNew,
      },
    ],
    ...(isNew ? {} : { other: { words: t("roster.remove"), testid: "remove-shift", send: () => done([]) } }),
    send: async ({ days, ...entered }) => done(fitting(entered, Number(days), others)),
  });
}

/** The entered shift, once a day. Raises Refusal. */
function fitting(entered: ShiftEntry, days: number, others: ShiftEntry[]): ShiftEntry[] {
  const [from, until] = [new Date(entered.from), new Date(entered.until)];
  const lasts = until.getTime() - from.getTime();
  if (!(lasts > 0 && lasts <= MOST_DAYS * 86_400_000)) {
    throw new Refusal(t("roster.fault.span", { n: MOST_DAYS }));
  }
  const first = { ...entered, from: from.toISOString(), until: until.toISOString() };
  const all = repeated(first, days);
  if (all.some((repeat) => others.some((other) => clashes(repeat, other)))) {
    const [who, duty] = [staff.name(entered.user), t(`role.${entered.duty}`)];
    throw new Refusal(t("roster.fault.overlap", { who, duty }));
  }
  return all;
}

/** Two people take each other's shifts in the week that is shown. */
export function swap(users: string[], done: (first: string, second: string) => void): void {
  const people = named(users, (id) => staff.name(id));
  void ask({
    title: t("roster.swap"),
    answer: t("roster.swap"),
    effect: t("roster.swap.what"),
    form: { first: users[0] ?? "", second: users[1] ?? "" },
    parts: [
      choice("first", t("roster.swap.first"), people),
      choice("second", t("roster.swap.second"), people),
    ],
    send: async ({ first, second }) => done(first, second),
  });
}
