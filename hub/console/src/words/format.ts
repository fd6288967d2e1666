/** Numbers, times and durations in the reader's language. Durations are in seconds. */

import type { Language } from "../api/records";

const LOCALE: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

export function locale(language: Language): string {
  return LOCALE[language];
}

/** Hours and minutes, with the date where it is not today's. */
export function moment(at: string, now: number, language: Language): string {
  const date = new Date(at);
  const sameDay = date.toDateString() === new Date(now).toDateString();
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (!sameDay) Object.assign(options, { month: "short", day: "numeric" });
  return dateFormat(language, options).format(date);
}

/** Hours, minutes and seconds. */
export function timeOfDay(at: string | number, language: Language): string {
  return dateFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  }).format(new Date(at));
}

/** Hours and minutes. */
export function hourMinute(at: string | number, language: Language): string {
  const options = { hour: "2-digit", minute: "2-digit", hour12: false } as const;
  return dateFormat(language, options).format(new Date(at));
}

/** Weekday, day and month. */
export function day(at: string | number, language: Language): string {
  return dateFormat(language, { weekday: "short", day: "numeric", month: "short" }).format(
    new Date(at),
  );
}

export function number(value: number, language: Language): string {
  const key = `n${language}`;
  let format = made.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    format = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 2 });
    made.set(key, format);
  }
  return format.format(value);
}

/** An amount of fen as yuan. */
export function money(fen: number, language: Language): string {
  const key = `m${language}`;
  let format = made.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    const options = { style: "currency", currency: "CNY", currencyDisplay: "narrowSymbol" } as const;
    format = new Intl.NumberFormat(LOCALE[language], options);
    made.set(key, format);
  }
  return format.format(fen / 100);
}

/** How long, in the two units that matter: `42s`, `7m`, `3h 5m`, `2d 4h`; 42秒, 3小时 5分钟. */
export function duration(seconds: number, language: Language): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return unit(s, "second", language);
  if (s < 3600) return unit(Math.floor(s / 60), "minute", language);
  if (s < 86_400) {
    return pair(Math.floor(s / 3600), "hour", Math.floor((s % 3600) / 60), "minute", language);
  }
  return pair(Math.floor(s / 86_400), "day", Math.floor((s % 86_400) / 3600), "hour", language);
}

/** How long ago, in a whole phrase: `5 minutes ago`. */
export function ago(seconds: number, language: Language): string {
  const s = Math.max(0, Math.floor(seconds));
  const format = new Intl.RelativeTimeFormat(LOCALE[language], { numeric: "auto" });
  if (s < 60) return format.format(0, "second");
  if (s < 3600) return format.format(-Math.floor(s / 60), "minute");
  if (s < 86_400) return format.format(-Math.floor(s / 3600), "hour");
  return format.format(-Math.floor(s / 86_400), "day");
}

/** A running clock: `2:41`, or `1:02:41` from an hour on. */
export function countdown(seconds: number): string {
  const s = Math.abs(Math.trunc(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

function pair(a: number, first: string, b: number, second: string, language: Language): string {
  const head = unit(a, first, language);
  return b === 0 ? head : `${head} ${unit(b, second, language)}`;
}

function unit(value: number, name: string, language: Language): string {
  const key = `${name}${language}`;
  let format = made.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    format = new Intl.NumberFormat(LOCALE[language], {
      style: "unit",
      unit: name,
      unitDisplay: language === "en" ? "narrow" : "short",
    });
    made.set(key, format);
  }
  return format.format(value);
}

function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let format = made.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALE[language], options);
    made.set(key, format);
  }
  return format;
}
