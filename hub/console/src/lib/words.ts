/** Sentences about records, made of the message files' parts. */

import { number } from "./format";
import { language, say, t } from "./language.svelte";
import { isOf } from "./reduce";
import type { LiveEvent } from "./events";
import { type Alarm, CHANNELS } from "./records";
import { endedTask } from "./timeline";

/** Who did it: a user name, a rule, a channel, a household on its page, or the system itself. */
export function who(by: string): string {
  if (by.startsWith("rule:")) return t("by.rule", { rule: by.slice("rule:".length) });
  const channel = CHANNELS.find((name) => name === by);
  if (channel) return t(`by.channel.${channel}`);
  if (by.startsWith("household:")) return t("by.household", { id: by.slice("household:".length) });
  return by === "system" ? t("by.system") : by;
}

/** What happened, `count` times over. */
export function sentence(event: LiveEvent, count = 1): string {
  if (isOf("alarm", event)) {
    return t(`event.${event.kind}`, {
      title: say(event.record.title),
      place: say(event.record.place.text),
    });
  }
  if (isOf("incident", event)) {
    const { title, level, outcome } = event.record;
    const how = outcome ? t(`outcome.${outcome}`) : "";
    return t(`event.${event.kind}`, { title: say(title), level, how });
  }
  if (isOf("ticket", event)) {
    const task = endedTask(event.record, event.at);
    return t(`event.${event.kind}`, {
      title: say(event.record.title),
      assignee: event.record.assignee ?? "–",
      task: task ? say(task.title) : "",
    });
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
  return t(`event.${event.kind}`, { detail: event.record.detail });
}

/** What raised an alarm, where it is a quantity: `0.18 MPa`. */
export function measured({ value, unit }: Alarm): string {
  return typeof value === "number" && unit !== ""
    ? `${number(value, language.current)} ${unit}`
    : "";
}
