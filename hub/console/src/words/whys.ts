/** Why a household is told, in words. */

import { isMessage, type MessageKey, t } from "./language.svelte";

/** The codes of `rules/estate/affected.py`. */
type Code = MessageKey extends infer Key ? (Key extends `why.${infer C}` ? C : never) : never;

/** `code` or `code:id` in the reader's language. */
export function whyOf(why: string): string {
  const [code = "", what = ""] = why.split(":", 2);
  return isCode(code) ? t(`why.${code}`, { what }) : why;
}

function isCode(word: string): word is Code {
  return isMessage(`why.${word}`);
}
