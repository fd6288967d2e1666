/** Who changed a rule, and why, in words. */

import { t } from "../words/language.svelte";

const SHIPPED = "shipped_with_the_program";

export function authorOf(by: string): string {
  return by === "system" ? t("by.system") : by;
}

export function reasonOf(reason: string): string {
  return reason === SHIPPED ? t("rules.by_upgrade") : reason;
}
