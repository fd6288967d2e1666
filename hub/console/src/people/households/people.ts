/** Households and the people in them, as a manager sees them: masked, unless a reason was given. */

import { get, send } from "../../api/http";
import { at } from "../../api/paths";
import type { Agreed, Household, HouseholdPage, Need, Notice, Relation } from "../../api/records";

export const RELATIONS = ["resident", "owner", "carer"] as const satisfies readonly Relation[];
/** How a household agreed to something. */
export const AGREED = ["in_writing", "by_phone", "in_person"] as const satisfies readonly Agreed[];
export const NEEDS: Need[] = ["mobility", "medical_device", "elderly_alone", "infant"];

/** A household in an address of the console: `riverside:B3-12-03`. */
export function keyOf({ estate, id }: Pick<Household, "estate" | "id">): string {
  return `${estate}:${id}`;
}

/** What the key names, as the hub's paths do. */
export function named(key: string): { estate: string; household: string } {
  const [estate = "", household = ""] = key.split(":");
  return { estate, household };
}

/** `why`: unmasked, for this reason, which is kept. */
export function household(key: string, why: string | undefined, signal?: AbortSignal): Promise<Household> {
  return get(at("/households/{estate}/{household}", { ...named(key), unmask: why ?? null }), signal);
}

export function found(words: string, cursor: string | null, signal?: AbortSignal): Promise<HouseholdPage> {
  return get(at("/households", { limit: 50, search: words.trim(), cursor }), signal);
}

export async function latestTo(key: string, signal?: AbortSignal): Promise<Notice[]> {
  return (
    await get(at("/households/{estate}/{household}/notices", { ...named(key), limit: 10 }), signal)
  ).items;
}

export async function linkOf(key: string, renew: boolean): Promise<string> {
  return (await send("post", at("/households/{estate}/{household}/link", named(key)), { renew })).url;
}
