/** What decides beside rules and plans: alarm handling, service levels, tickets, notices. */

import type { PolicyInForce } from "../../api/records";
import { type MessageKey, t } from "../../words/language.svelte";
import { partsOf } from "../parts";

export const api = partsOf("policies");

/** The policy's name in the reader's language; its id where we have none. */
export function nameOf(id: string): string {
  const words = t(`policy.${id}` as MessageKey);
  return words === `policy.${id}` ? id : words;
}

/** Where its figures come from, if it says so. */
export function sourceOf({ content }: PolicyInForce): string {
  return "source" in content && typeof content.source === "string" ? content.source : "";
}
