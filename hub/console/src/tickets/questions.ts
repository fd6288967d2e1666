/** What a person is asked before doing something with a ticket or one of its tasks. */

import { type At, at, type CommandPath } from "../api/paths";
import type { Effort, PauseCause, Role, Task, Ticket, ValveAdvice } from "../api/records";
import { Signature } from "../browser/signature.svelte";
import {
  choice, estate, firstEstate, future, line, lines, minute, named, photos, reason, segments,
} from "../components/fields";
import Photos from "../components/Photos.svelte";
import SignaturePad from "../components/SignaturePad.svelte";
import { ask } from "../components/question.svelte";
import { carryOut } from "../data/orders.svelte";
import { CATEGORIES, GRADES, type Grade, URGENCIES, type Urgency } from "../data/repairs";
import type { TicketStep } from "../data/ticket_steps";
import { now } from "../live/now.svelte";
import { say, t } from "../words/language.svelte";
import { asInput } from "../words/periods";
import AssigneeField from "./AssigneeField.svelte";
import NoteField from "./NoteField.svelte";
import Remark from "../components/Remark.svelte";
import ValveChoice from "./ValveChoice.svelte";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SCORES = ["1", "2", "3", "4", "5"] as const;
const TRADES: readonly Role[] = ["EN", "CL", "SE", "CS", "MC", "PM"];
const CLASSES = ["emergency", "urgent", "ordinary"] as const;
const CAUSES: readonly PauseCause[] = ["parts", "access", "weather", "other"];

const iso = (entered: string) => new Date(entered).toISOString();
const placeOf = (ticket: Ticket) => `${say(ticket.title)} · ${say(ticket.place.text)}`;

type AskedStep = Exclude<TicketStep, "accept" | "arrive" | "start" | "resume">;

export function isAsked(step: TicketStep): step is AskedStep {
  return !["accept", "arrive", "start", "resume"].includes(step);
}

/** What the step needs to be told, before it is taken. */
export function take(step: AskedStep, ticket: Ticket): void {
  if (step === "dispatch" || step === "transfer") send(step, ticket);
  else if (step === "suspend") suspend(ticket);
  else if (step === "verify") verify(ticket);
  else if (step === "call_back") callBack(ticket);
  else explain(step, ticket);
}

/** A step that needs nothing but its reason. */
function explain(step: "resolve" | "reject" | "reopen" | "cancel", ticket: Ticket): void {
  void ask({
    title: t(`ask.title.${step}`),
    answer: t(`ticket.step.${step}`),
    effect: placeOf(ticket),
    form: { reason: "" },
    parts: [
      lines("reason", t(`ask.reason.${step}`), { hint: t("record.hint"), required: true, maxlength: 500 }),
    ],
    send: (form) => carryOut(at(`/tickets/{ticket}/${step}`, { ticket: ticket.id }), form),
  });
}

function send(step: "dispatch" | "transfer", ticket: Ticket): void {
  const isTransfer = step === "transfer";
  void ask({
    title: t(`ask.title.${step}`),
    answer: t(`ticket.step.${step}`),
    effect: placeOf(ticket),
    form: { assignee: "", ...(isTransfer ? { reason: "" } : {}) },
    parts: [
      { name: "assignee", as: AssigneeField, props: { ticket } },
      { ...reason(t("transfer.reason"), t("transfer.hint")), when: () => isTransfer },
    ],
    send: (form) => carryOut(at(`/tickets/{ticket}/${step}`, { ticket: ticket.id }), form),
  });
}

/** What is waited for, who allowed it, and when the work goes on by itself. */
function suspend(ticket: Ticket): void {
  void ask({
    title: t("suspend.title"),
    answer: t("ticket.step.suspend"),
    effect: t("suspend.effect"),
    form: { cause: "parts" as PauseCause, reason: "", until: asInput(now.ms + DAY_MS), approver: "" },
    parts: [
      choice("cause", t("suspend.cause"), named(CAUSES, (value) => t(`pause.${value}`))),
      reason(t("suspend.reason")),
      future("until", t("suspend.until"), { required: true }),
      line("approver", t("suspend.approver"), {
        hint: t("suspend.approver.hint"), required: true, maxlength: 80, autocomplete: "off",
      }),
    ],
    send: (form) => carryOut(at("/tickets/{ticket}/suspend", { ticket: ticket.id }), { ...form, until: iso(form.until) }),
  });
}

/** Somebody else than the worker looks at the work. */
function verify(ticket: Ticket): void {
  void ask({
    title: t("verify.title"),
    answer: t("ticket.step.verify"),
    effect: placeOf(ticket),
    form: { outcome: "passed" as "passed" | "failed", reason: "" },
    parts: [
      { as: Photos, props: { hashes: ticket.photos }, when: () => ticket.photos.length > 0 },
      segments(
        "outcome",
        t("verify.title"),
        named(["passed", "failed"], (value) => t(`verify.${value}`)),
        false,
      ),
      {
        ...lines("reason", ""),
        props: ({ outcome }) => ({
          label: t(outcome === "failed" ? "verify.wrong" : "verify.words"),
          name: "reason",
          required: outcome === "failed",
          maxlength: 500,
        }),
      },
    ],
    send: (form) => carryOut(at("/tickets/{ticket}/verify", { ticket: ticket.id }), form),
  });
}

/** What the household says of the work, when it is called. */
function callBack(ticket: Ticket): void {
  void ask({
    title: t("callback.title"),
    answer: t("ticket.step.call_back"),
    effect: placeOf(ticket) + (ticket.report ? `: “${ticket.report.words}”` : ""),
    form: { fixed: "yes" as "yes" | "no", score: "5" as (typeof SCORES)[number], reason: "" },
    parts: [
      segments("fixed", t("callback.fixed"), named(["yes", "no"], (value) => t(`callback.${value}`))),
      segments("score", t("callback.score"), named(SCORES, (value) => value)),
      { as: Remark, props: ({ score }) => ({ words: t(`satisfaction.${score}`) }) },
      lines("reason", t("callback.words"), { maxlength: 500 }),
      {
        as: Remark,
        props: { words: t("callback.again"), urgent: true },
        when: ({ fixed, score }) => fixed === "no" || Number(score) <= 2,
      },
    ],
    send: (form) => carryOut(at("/tickets/{ticket}/call-back", { ticket: ticket.id }), { ...form, score: Number(form.score) }),
  });
}

/** Words and photos that belong to no task. */
export function note(ticket: Ticket): void {
  void ask({
    title: t("note.title"),
    answer: t("note.add"),
    form: { words: "", photos: [] as string[] },
    parts: [lines("words", t("note.words"), { maxlength: 1000 }), photos("photos")],
    send: (form) => carryOut(at("/tickets/{ticket}/note", { ticket: ticket.id }), form),
  });
}

/** Parts or labour that went into the work. */
export function effort(ticket: Ticket): void {
  void ask({
    title: t("effort.add"),
    answer: t("effort.note"),
    form: { kind: "part" as Effort["kind"], words: "", quantity: "1", unit: "", yuan: "" },
    parts: [
      segments("kind", t("effort.kind"), named(["part", "labour"], (kind) => t(`effort.${kind}`)), false),
      line("words", t("effort.words"), { required: true, maxlength: 200 }),
      line("quantity", t("effort.quantity"), { type: "number", min: "0.01", step: "any", required: true }),
      line("unit", t("effort.unit"), { required: true, maxlength: 20 }),
      { ...line("yuan", t("effort.cost"), { type: "number", min: "0", step: "0.01" }) },
    ],
    send: ({ quantity, yuan, ...form }) =>
      carryOut(at("/tickets/{ticket}/add-effort", { ticket: ticket.id }), {
        ...form,
        quantity: Number(quantity),
        cost_fen: Math.round(Number(yuan || 0) * 100),
      }),
  });
}

export function waive(ticketId: string, taskId: string): void {
  const path = at("/tickets/{ticket}/tasks/{task}/waive", { ticket: ticketId, task: taskId });
  void ask({
    title: t("waive.title"),
    answer: t("task.waive"),
    form: { reason: "" },
    parts: [reason(t("waive.reason"), t("word.kept"))],
    send: (form) => carryOut(path, form),
  });
}

/** The task's proof: a field for each kind that it demands, and words for all. */
export function complete(path: At<CommandPath>, task: Task, valves: ValveAdvice[]): void {
  const needs = (kind: Task["proof_kinds"][number]) => task.proof_kinds.includes(kind);
  void ask({
    title: t("complete.title"),
    answer: t("task.complete"),
    effect: say(task.title),
    form: {
      headcount: "", reading: "", photos: [] as string[], signature: new Signature(), note: "",
    },
    parts: [
      {
        as: Remark,
        props: { words: task.proof ? t("task.proof", { proof: say(task.proof) }) : "" },
        when: () => task.proof !== null,
      },
      {
        ...line("headcount", t("proof.headcount"), { type: "number", min: "0", step: "1", required: true }),
        when: () => needs("headcount"),
      },
      {
        ...line("reading", t("proof.reading"), { type: "number", step: "any", required: true }),
        when: () => needs("reading"),
      },
      photos("photos", needs("photo") ? t("proof.photo") : t("word.photos")),
      {
        name: "signature",
        as: SignaturePad,
        props: { label: t("proof.signature") },
        when: () => needs("signature"),
      },
      { name: "note", as: NoteField, props: { required: needs("text"), valves } },
    ],
    send: async ({ headcount, reading, photos, signature, note }) => {
      const signed = await signature.hash();
      await carryOut(path, {
        note,
        photos,
        ...(headcount === "" ? {} : { headcount: Number(headcount) }),
        ...(reading === "" ? {} : { reading: Number(reading) }),
        ...(signed ? { signature: signed } : {}),
      });
    },
  });
}

/** One more ticket on an incident, for another trade. */
export function further(incident: string): void {
  void ask({
    title: t("further.title"),
    answer: t("further.open"),
    form: { role: "EN" as Role, title: "", class: "urgent" as (typeof CLASSES)[number] },
    parts: [
      choice("role", t("further.role"), named(TRADES, (role) => t(`role.${role}`))),
      line("title", t("further.what"), { required: true, maxlength: 200 }),
      segments("class", t("report.urgency"), named(CLASSES, (value) => t(`ticket.class.${value}`))),
    ],
    send: (form) => carryOut(at("/tickets/further"), { incident, ...form }),
  });
}

/** What somebody tells at the desk or on the telephone: a repair, or a complaint. */
export function report(): void {
  type Kind = "repair" | "complaint";
  const isRepair = ({ kind }: { kind: Kind }) => kind === "repair";
  void ask({
    title: t("report.title"),
    answer: t("report.send"),
    form: {
      kind: "repair" as Kind,
      estate: firstEstate(),
      household: "",
      category: "water" as (typeof CATEGORIES)[number],
      words: "",
      urgency: "ordinary" as Urgency,
      demand: "",
      grade: "ordinary" as Grade,
      photos: [] as string[],
    },
    parts: [
      segments(
        "kind",
        t("report.title"),
        named(["repair", "complaint"], (kind) => t(`report.${kind}`)),
        false,
      ),
      estate(),
      line("household", t("report.household"), {
        hint: t("report.household.hint"), maxlength: 80, autocomplete: "off",
      }),
      {
        ...choice("category", t("report.category"), named(CATEGORIES, (value) => t(`category.${value}`))),
        when: isRepair,
      },
      lines("words", t("report.words"), { required: true, maxlength: 1000 }),
      {
        ...segments("urgency", t("report.urgency"), named(URGENCIES, (value) => t(`ticket.class.${value}`))),
        when: isRepair,
      },
      {
        ...line("demand", t("report.demand"), { maxlength: 500 }),
        when: (form) => !isRepair(form),
      },
      {
        ...segments("grade", t("report.grade"), named(GRADES, (value) => t(`grade.${value}`))),
        when: (form) => !isRepair(form),
      },
      photos("photos"),
    ],
    send: ({ kind, category, urgency, grade, demand, ...told }) =>
      kind === "repair"
        ? carryOut(at("/tickets"), { ...told, category, urgency })
        : carryOut(at("/tickets/complaints"), { ...told, grade, demand }),
  });
}

/** Works for which a valve is closed: whom it leaves dry is told a day before. */
export function works(): void {
  const begins = now.ms + 2 * DAY_MS;
  void ask({
    title: t("works.title"),
    answer: t("works.plan"),
    effect: t("works.effect"),
    form: {
      estate: firstEstate(),
      valve: "",
      from: asInput(begins),
      until: asInput(begins + 4 * HOUR_MS),
      reason: "",
    },
    parts: [
      estate(),
      { name: "valve", as: ValveChoice, props: ({ estate }) => ({ estate }) },
      minute("from", t("works.from"), { required: true }),
      minute("until", t("works.until"), { required: true }),
      reason(t("word.reason"), t("works.reason.hint"), { maxlength: 200 }),
    ],
    send: (form) =>
      carryOut(at("/tickets/works"), { ...form, from: iso(form.from), until: iso(form.until) }),
  });
}
