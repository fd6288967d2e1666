/** Households and the people in them, as a manager sees them: masked, unless a reason was given. */

import { get, send } from "../../api/http";
import type { Language, Need, Notice, Page } from "../../api/records";

export const RELATIONS = ["resident", "owner", "carer"] as const;
export type Relation = (typeof RELATIONS)[number];

/** How a household agreed to something. */
export const AGREED = ["in_writing", "by_phone", "in_person"] as const;
export type Agreed = (typeof AGREED)[number];

export const NEEDS: Need[] = ["mobility", "medical_device", "elderly_alone", "infant"];

/**
 * Beside these the addresses, by the names in the hub's register of channels. `opens` is false where
 * no key opens what is kept of the person.
 */
export interface Person {
  n: number;
  relation: Relation;
  /** Null where it is the household's. */
  language: Language | null;
  name: string | null;
  opens: boolean;
}

export interface Household {
  estate: string;
  id: string;
  unit: string;
  language: Language;
  refused: string[];
  needs: Need[];
  sms_agreed_at: string | null;
  sms_agreed_how: Agreed | null;
  contacts: Person[];
  masked: boolean;
}

/** A household in an address of the console: `riverside:B3-12-03`. */
export function keyOf({ estate, id }: Pick<Household, "estate" | "id">): string {
  return `${estate}:${id}`;
}

export function pathOf(key: string): string {
  const [estate = "", id = ""] = key.split(":");
  return `/households/${encodeURIComponent(estate)}/${encodeURIComponent(id)}`;
}

/** `why`: unmasked, for this reason, which is kept. */
export function household(key: string, why: string | undefined, signal?: AbortSignal): Promise<Household> {
  const query = why === undefined ? "" : `?unmask=${encodeURIComponent(why)}`;
  return get(pathOf(key) + query, signal);
}

export function found(words: string, cursor: string, signal?: AbortSignal): Promise<Page<Household>> {
  const query = new URLSearchParams({ limit: "50", search: words.trim() });
  if (cursor !== "") query.set("cursor", cursor);
  return get(`/households?${query.toString()}`, signal);
}

export async function latestTo(key: string, signal?: AbortSignal): Promise<Notice[]> {
  return (await get<{ items: Notice[] }>(`${pathOf(key)}/notices?limit=10`, signal)).items;
}

export async function linkOf(key: string, renew: boolean): Promise<string> {
  const answer = await send<{ url: string }>("POST", `${pathOf(key)}/link`, { renew });
  return answer?.url ?? "";
}
