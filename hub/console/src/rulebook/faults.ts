/** Faults of what a person wrote, in the reader's language. */

import type { Fault } from "../api/records";
import { t, type MessageKey } from "../words/language.svelte";

/** What to do about it; the hub's own words where we have none. */
export function remedyOf({ code, expected, remedy }: Pick<Fault, "code" | "expected" | "remedy">): string {
  const key = `rule_fault.${code}`;
  const words = t(`rule_fault.${code}` as MessageKey, { expected });
  return words === key ? remedy : words;
}
