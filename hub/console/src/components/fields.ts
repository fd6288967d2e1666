/** The parts that most questions consist of. */

import type { HTMLInputAttributes, HTMLTextareaAttributes } from "svelte/elements";

import { live } from "../live/live.svelte";
import { now } from "../live/now.svelte";
import { say, t } from "../words/language.svelte";
import { asInput } from "../words/periods";
import Choice from "./Choice.svelte";
import Field from "./Field.svelte";
import PeriodField from "./PeriodField.svelte";
import PhotoInput from "./PhotoInput.svelte";
import Segments from "./Segments.svelte";

type Hinted<Attributes> = Omit<Attributes, "name" | "value"> & { hint?: string | undefined };
type Options<Value> = readonly { value: Value; words: string }[];

/** A line of text. */
export function line<Name extends string>(
  name: Name,
  label: string,
  limits: Hinted<HTMLInputAttributes> = {},
) {
  return { name, as: Field, props: { label, name, ...limits } };
}

/** Several lines of text. */
export function lines<Name extends string>(
  name: Name,
  label: string,
  limits: Hinted<HTMLTextareaAttributes> = {},
) {
  return { name, as: Field, props: { label, name, rows: 3, ...limits } };
}

/** Why: kept for ever with what was done. */
export function reason(label: string, hint?: string, limits: Hinted<HTMLInputAttributes> = {}) {
  return line("reason", label, { hint, required: true, maxlength: 500, ...limits });
}

/** A time to the minute, in the zone of who enters it. */
export function minute<Name extends string>(
  name: Name,
  label: string,
  limits: Hinted<HTMLInputAttributes> = {},
) {
  return line(name, label, { type: "datetime-local", ...limits });
}

/** `minute`, from now on. */
export function future<Name extends string>(
  name: Name,
  label: string,
  limits: Hinted<HTMLInputAttributes> = {},
) {
  return minute(name, label, { min: asInput(now.ms), ...limits });
}

/** Until when: one of a few periods, or a time within `most` minutes. */
export function period<Name extends string>(name: Name, choices: number[], most: number) {
  return { name, as: PeriodField, props: { label: t("shelve.for"), choices, most } };
}

/** One of a list that opens. */
export function choice<Name extends string, Value extends string | null>(
  name: Name,
  label: string,
  options: Options<Value>,
) {
  return { name, as: Choice, props: { label, name, options } };
}

/** One of a few, all in sight. */
export function segments<Name extends string, Value extends string>(
  name: Name,
  label: string,
  options: Options<Value>,
  titled = true,
) {
  return { name, as: Segments, props: { label, options, titled } };
}

export function photos<Name extends string>(name: Name, label: string = t("word.photos")) {
  return { name, as: PhotoInput, props: { label } };
}

/** Where there is more than one: which estate. */
export function estate() {
  const all = live.state?.estates ?? [];
  const options = all.map(({ id, name }) => ({ value: id, words: say(name) }));
  return { ...choice("estate", t("report.estate"), options), when: () => all.length > 1 };
}

export function firstEstate(): string {
  return live.state?.estates[0]?.id ?? "";
}

/** `values` with their words. */
export function named<const Value extends string>(
  values: readonly Value[],
  words: (value: Value) => string,
): { value: Value; words: string }[] {
  return values.map((value) => ({ value, words: words(value) }));
}
