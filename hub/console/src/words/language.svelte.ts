/** The reader's language and the sentences in it. */

import type { Language, Text } from "../api/records";
import { recall, remember } from "../browser/remembered";
import en from "../i18n/en.json";
import zh from "../i18n/zh.json";
import { choose } from "./plural";

export type MessageKey = keyof typeof en;
export type Values = Record<string, string | number>;

const MESSAGES: Record<Language, Record<MessageKey, string>> = { en, zh };

let current = $state<Language>(recalled() ?? preferred());

export const language = {
  get current(): Language {
    return current;
  },
  /** Speak `value` from now on; `keep`: on this device for good. */
  set(value: Language, keep = true): void {
    current = value;
    document.documentElement.lang = value === "zh" ? "zh-CN" : "en";
    if (keep) remember("language", value);
  },
  /** Whether the reader has chosen here, so that a household's or user's language gives way. */
  get chosen(): boolean {
    return recalled() !== undefined;
  },
};

/** The sentence of `key` with its `{placeholders}` filled; `n` chooses singular or plural. */
export function t(key: MessageKey, values: Values = {}): string {
  const message: string | undefined = MESSAGES[current][key]; // a newer hub may name what we lack
  return choose(message ?? key, values, current);
}

export function isMessage(key: string): key is MessageKey {
  return key in MESSAGES.en;
}

/** A record's text in the reader's language. */
export function say(text: Text): string {
  return text[current];
}

function recalled(): Language | undefined {
  const value = recall("language");
  return value === "en" || value === "zh" ? value : undefined;
}

function preferred(): Language {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
