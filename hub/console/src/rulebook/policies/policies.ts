/** What decides beside rules and plans: alarm handling, service levels, tickets, notices. */

import { type MessageKey, t } from "../../words/language.svelte";
import { type Part, partsOf } from "../parts";

export interface Policy extends Part {
  content: Record<string, unknown>;
}

export const api = partsOf<Policy>("policies");

/** The policy's name in the reader's language; its id where we have none. */
export function nameOf(id: string): string {
  const words = t(`policy.${id}` as MessageKey);
  return words === `policy.${id}` ? id : words;
}

/** Where its figures come from, if it says so. */
export function sourceOf({ content }: Policy): string {
  const source = content["source"];
  return typeof source === "string" ? source : "";
}
