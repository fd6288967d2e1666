/** Figures in the reader's language. */

import { locale } from "../../words/format";
import { language, say } from "../../words/language.svelte";
import type { Names } from "./figures";

/** A share of 0 to 1 as `12.5%`; what is not nothing never reads as nothing. */
export function percent(share: number): string {
  const format = (digits: number) =>
    new Intl.NumberFormat(locale(language.current), {
      style: "percent",
      maximumFractionDigits: digits,
    }).format(share);
  return share > 0 && share < 0.001 ? format(2) : format(1);
}

/** From when to when, with the dates. */
export function span(from: string, to: string): string {
  return new Intl.DateTimeFormat(locale(language.current), {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).formatRange(new Date(from), new Date(to));
}

/** How a person knows what raised an alarm; its rule where the record is not kept any more. */
export function nameOf(
  item: { alarm: string; rule: string; device: string },
  names: Names,
): { title: string; place: string } {
  const name = names[item.alarm];
  return name
    ? { title: say(name.title), place: say(name.place) }
    : { title: item.rule, place: item.device };
}
