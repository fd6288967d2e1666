/** A condition in words: a tree of phrases in the reader's language. */

import type { Language, When } from "../api/records";
import { duration, number as numberIn } from "../words/format";
import type { MessageKey, Values } from "../words/language.svelte";

export interface Phrase {
  words: string;
  parts: Phrase[];
}

const FLAGS = new Set([
  "wet", "commanded", "running", "alarm_button", "passenger", "door_closed", "door_zone", "tamper",
  "online",
]); // prettier-ignore
const UNITS: [string, string][] = [
  ["_mpa", "MPa"],
  ["_m3h", "m³/h"],
  ["_mm", "mm"],
  ["_cm", "cm"],
  ["_pct", "%"],
  ["_ms", "m/s"],
  ["_dbm", "dBm"],
  ["_c", "°C"],
  ["_v", "V"],
  ["_s", "s"],
];
const LIMITS = [
  "above", "at_least", "below", "at_most", "falls_by", "rises_by", "falls_per_min",
  "rises_per_min", "adds_up_to", "times_normal",
] as const; // prettier-ignore

type Translate = (key: MessageKey, values?: Values) => string;

/** What is said of rules in `language`, made of the sentences that `t` knows. */
export function inWords(t: Translate, language: Language) {
  /** The word for an id of each family; the id where there is none. */
  const WORDS = {
    signal: (id: string) => t(`signal.${id as "wet"}`),
    device_type: (id: string) => t(`device_type.${id as "leak"}`),
    place_field: (id: string) => t(`place_field.${id as "unit"}`),
    location: (id: string) => t(`location.${id as "riser"}`),
    value: (id: string) => t(`value.${id as "fire"}`),
  };

  function word(family: keyof typeof WORDS, id: string): string {
    const words = WORDS[family](id);
    return words === `${family}.${id}` ? id : words;
  }

  function listed(words: readonly string[]): string {
    return words.join(language === "zh" ? "、" : ", ");
  }

  function seconds(s: number): string {
    return duration(s, language);
  }

  function number(value: number): string {
    return numberIn(value, language);
  }

  function phraseOf(when: When): Phrase {
    const branch = branchOf(when);
    const phrase = branch ?? { words: leafOf(when), parts: [] };
    return { ...phrase, words: `${phrase.words}${endings(when)}` };
  }

  function branchOf(when: When): Phrase | null {
    for (const kind of ["all", "any", "sequence"] as const) {
      const parts = when[kind];
      if (parts) return { words: t(`when.${kind}`), parts: parts.map(phraseOf) };
    }
    if (when.not) return { words: t("when.not"), parts: [phraseOf(when.not)] };
    if (when.during) return { words: duringOf(when.during), parts: [] };
    return null;
  }

  function duringOf({ from, to, months }: NonNullable<When["during"]>): string {
    const hours = t("when.during", { from: from ?? "00:00", to: to ?? "24:00" });
    return months ? `${hours}${t("when.months", { months: listed(months.map(String)) })}` : hours;
  }

  function leafOf(when: When): string {
    const signal = when.signal == null ? t("when.device") : word("signal", when.signal);
    return `${whereOf(when)}${testOf(when, signal)}`;
  }

  function testOf(when: When, signal: string): string {
    const unit = UNITS.find(([end]) => when.signal?.endsWith(end))?.[1] ?? "";
    const amount = (value: number) => `${number(value)}${unit && ` ${unit}`}`;
    const within = when.within_s == null ? "" : seconds(when.within_s);
    if (when.silent_s != null) return t("when.silent", { signal, time: seconds(when.silent_s) });
    if (when.missed_heartbeats != null) return t("when.missed", { n: when.missed_heartbeats });
    if (when.changed) return t("when.changed", { signal, within });
    if (when.outside) {
      const [low, high] = when.outside;
      return t("when.outside", { signal, low: amount(low), high: amount(high) });
    }
    const values = when.one_of ?? (when.equals == null ? [] : [when.equals]);
    if (values.length > 0) {
      return t("when.equals", { signal, values: listed(values.map((v) => valueOf(when, v))) });
    }
    const test = LIMITS.find((name) => when[name] != null);
    if (test == null) return signal;
    const limit = when[test] as number;
    const shown = test === "times_normal" ? number(limit) : amount(limit);
    const words = t(`when.${test}`, { signal, limit: shown, within });
    return when.clear == null ? words : `${words}${t("when.clear", { clear: amount(when.clear) })}`;
  }

  function valueOf(when: When, value: number | string): string {
    if (when.signal != null && FLAGS.has(when.signal)) return t(value ? "when.yes" : "when.no_");
    return typeof value === "string" ? word("value", value) : String(value);
  }

  function whereOf({ of }: When): string {
    if (!of) return "";
    const type = word("device_type", of.type);
    const same = listed(of.same.map((field) => word("place_field", field)));
    const n = of.at_least_n ?? 1;
    const where = same === "" ? t("when.of_estate") : t("when.of_same", { same });
    if (n === "all") return t("when.of_all", { type, where });
    return n > 1 ? t("when.of_n", { n, type, where }) : t("when.of_any", { type, where });
  }

  /** What a part carries beside its own test: how many samples, how long, how often, how long after. */
  function endings(when: When): string {
    const { samples, of_last, for_s, times, within_s, recent_s } = when;
    const within = within_s == null ? "" : seconds(within_s);
    return [
      samples == null
        ? ""
        : of_last == null
          ? t("when.samples_within", { n: samples, within })
          : t("when.samples_of", { n: samples, last: of_last }),
      for_s ? t("when.for", { time: seconds(for_s) }) : "",
      times == null ? "" : t("when.times", { n: times, within }),
      recent_s == null ? "" : t("when.recent", { time: seconds(recent_s) }),
    ].join("");
  }

  return { phraseOf, word, listed, seconds };
}
