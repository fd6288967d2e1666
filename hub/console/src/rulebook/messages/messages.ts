/** Messages to residents: their text, who is told by which plan, and where they can be tried. */

import type { Audience, Language, Plan, Text } from "../../api/records";
import { partsOf } from "../parts";

export const api = partsOf("messages");

/** A plan that sends the message, and to whom. */
export interface Use {
  plan: string;
  name: Text;
  audience: Audience;
}

export function usesOf(template: string, plans: readonly Plan[]): Use[] {
  const uses = plans.flatMap((plan) =>
    plan.notices
      .filter((notice) => notice.template === template)
      .map(({ audience }) => ({ plan: plan.id, name: plan.name, audience })),
  );
  return [...new Map(uses.map((use) => [`${use.plan}/${use.audience}`, use])).values()];
}

/** Devices where what the audience is told of can happen. */
export const DEVICE_TYPE: Record<Audience, string> = {
  fire: "smoke",
  building: "smoke",
  leak: "leak",
  burst: "pressure",
  shut_off: "leak",
  lift: "lift",
  power: "mains",
  weather: "wind",
  freezing: "temperature",
  flood: "level",
  garage_users: "level",
};

/** What a person might write, to try messages that carry a person's words. */
export const SAMPLE_WORDS: Text = { en: "The repair has begun.", zh: "抢修已经开始。" };

/** `text` with the placeholder put in place of what is chosen from `start` to `end`. */
export function inserted(text: string, name: string, start: number, end: number): string {
  return `${text.slice(0, start)}{${name}}${text.slice(end)}`;
}

export const LANGUAGES: readonly Language[] = ["zh", "en"];
