/** Filling a sentence: `{name}` placeholders, and `one|many` variants chosen by the value of `n`. */

import type { Language } from "../api/records";
import { locale, number } from "./format";

export function choose(
  message: string,
  values: Record<string, string | number>,
  language: Language,
): string {
  const [singular = "", many] = message.split("|");
  const n = values["n"];
  const single =
    many === undefined ||
    (typeof n === "number" && new Intl.PluralRules(locale(language)).select(n) === "one");
  return (single ? singular : many).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? number(value, language) : (value ?? "");
  });
}
