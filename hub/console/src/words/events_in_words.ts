/** Sentences about records, made of the message files' parts. */

import type { Alarm, Incident, LiveEvent, Review, Ticket } from "../api/records";
import { isOf } from "../live/reduce";
import { channels } from "./channels.svelte";
import { number } from "./format";
import { isMessage, language, say, t, type Values } from "./language.svelte";
import { reasonOf } from "./reasons";
import { refusalOf, systemAlarmOf } from "./refusals";
import { rules } from "./rule_names.svelte";
import { taskOf } from "./timeline";

/** Who did it: a user name, a rule, a channel, a household on its page, or the system itself. */
export function who(by: string): string {
  if (by.startsWith("rule:")) return t("by.rule", { rule: rules.name(by.slice("rule:".length)) });
  if (by === "door" || channels.has(by)) return channels.label(by);
  if (by.startsWith("household:")) return t("by.household", { id: by.slice("household:".length) });
  return by === "system" ? t("by.system") : by;
}

/** What happened, `count` times over; of what a newer hub tells, its noun and verb. */
export function sentence(event: LiveEvent, count = 1): string {
  if (!isMessage(`event.${event.kind}`)) {
    const [noun = "", verb = ""] = String(event.kind).replaceAll("_", " ").split(".");
    return t("event.other", { noun, verb });
  }
  if (isOf("alarm", event)) {
    return t(`event.${event.kind}`, {
      title: say(event.record.title),
      place: say(event.record.place.text),
    });
  }
  if (isOf("incident", event)) {
    if (event.kind === "incident.severity_changed" && event.record.severity === null) {
      return t("event.incident.severity_gone");
    }
    return t(`event.${event.kind}`, ofIncident(event.record, event.kind));
  }
  if (isOf("ticket", event)) return t(`event.${event.kind}`, ofTicket(event.record, event));
  if (isOf("drill", event)) return t(`event.${event.kind}`, { title: event.record.title });
  if (isOf("review", event)) return t(`event.${event.kind}`, ofReview(event.record, event));
  if (isOf("callout", event)) {
    const { user, duty, times } = event.record;
    return t(`event.${event.kind}`, { user, duty: duty ? t(`role.${duty}`) : "", n: times });
  }
  if (isOf("handover", event)) {
    const { outgoing, incoming } = event.record;
    return t(`event.${event.kind}`, { outgoing, incoming });
  }
  if (isOf("notice", event)) return t(`event.${event.kind}`, { n: count });
  if (isOf("suppression", event)) {
    return t(`event.${event.kind}`, {
      kind: t(`held.kind.${event.record.kind}`),
      place: say(event.record.place),
    });
  }
  if (isOf("flood", event)) return t(`event.${event.kind}`, { n: event.record.count });
  if (isOf("device", event)) return t(`event.${event.kind}`, { device: event.record.id });
  const detail =
    event.kind === "command.refused" ? refusalOf(event.record) : systemAlarmOf(event.record);
  return t(`event.${event.kind}`, { detail });
}

/** Why it happened, in words; empty where nothing was given or its sentence says it already. */
export function because(event: LiveEvent): string {
  if (/^(task|clock|measure):/.test(event.reason)) return "";
  const why = reasonOf(event);
  return sentence(event).includes(why) ? "" : why;
}

function ofIncident(record: Incident, kind: LiveEvent["kind"]): Values {
  const { title, level, outcome, severity, cause, merged_into } = record;
  const list = kind === "incident.household_removed" ? record.removed : record.added;
  return {
    title: say(title),
    level,
    how: outcome ? t(`outcome.${outcome}`) : "",
    priority: severity ? t(`priority.${severity}`) : "",
    cause: cause ? say(cause.text) : "",
    into: merged_into ?? "",
    household: list.at(-1) ?? "",
  };
}

function ofTicket(record: Ticket, event: LiveEvent): Values {
  const task = taskOf(record.tasks, event);
  const pause = record.pauses.at(-1);
  const clock = `clock.${event.reason.replace("clock:", "")}`;
  return {
    title: say(record.title),
    assignee: record.assignee ?? "–",
    task: task ? say(task.title) : "",
    clock: isMessage(clock) ? t(clock) : "",
    pause: pause ? t(`pause.${pause.cause}`) : "",
    score: record.satisfaction ?? "–",
    valve: record.works?.valve ?? "",
  };
}

function ofReview(record: Review, event: LiveEvent): Values {
  const task = taskOf(record.tasks, event);
  const { measures } = record;
  const named = measures.find(
    ({ id, words }) => event.reason === `measure:${id}` || event.reason === words,
  );
  return {
    task: task ? [say(task.title), task.household].filter(Boolean).join(" · ") : "",
    measure: (named ?? measures.at(-1))?.words ?? "",
    household: record.damages.at(-1)?.household ?? "",
  };
}

/** What raised an alarm, where it is a quantity or a state: `0.18 MPa`, `orange`. */
export function measured({ value, unit }: Alarm): string {
  if (typeof value === "number") return unit && `${number(value, language.current)} ${unit}`;
  const word = `value.${value}`;
  return isMessage(word) ? t(word) : value;
}
