/** A person's addresses as a form holds them: by the names of their kinds, empty where unset. */

import { channels, type Side } from "../words/channels.svelte";
import AddressFields from "./AddressFields.svelte";

/** The part of a question in which they are entered. */
export function addresses(side: Side) {
  return { name: "addresses" as const, as: AddressFields, props: { side } };
}

export function addressesOf(person: object | null, side: Side): Record<string, string> {
  return Object.fromEntries(channels.kept(person, side).map(({ address, text }) => [address.name, text]));
}

/** As the hub takes them: null where nothing was entered. */
export function entered(form: Record<string, string>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(form).map(([name, text]) => [name, text.trim() || null]));
}
