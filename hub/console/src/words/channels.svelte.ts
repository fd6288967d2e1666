/** The ways to reach people as the hub's register gives them, in its order: their names, their addresses. */

import { get } from "../api/http";
import { at } from "../api/paths";
import type { AddressKind, ChannelKind } from "../api/records";
import { say, t } from "./language.svelte";

export type Side = "households" | "staff";

let kinds = $state.raw<readonly ChannelKind[]>([]);

export const channels = {
  async load(): Promise<void> {
    kinds = (await get(at("/channels"))).items;
  },
  /** How somebody was told by it; a person who knocked is no channel of the register. */
  label(name: string): string {
    const kind = kinds.find((kind) => kind.name === name);
    if (kind) return say(kind.label);
    return name === "door" ? t("by.door") : name;
  },
  has(name: string): boolean {
    return kinds.some((kind) => kind.name === name);
  },
  /** What a household may refuse for service messages. */
  get refusable(): string[] {
    return kinds.filter((kind) => kind.refusable && kind.sides.includes("households")).map(({ name }) => name);
  },
  /** Every kind of address at which this side is reached, each once. */
  addresses(side: Side): AddressKind[] {
    const found = kinds.filter(({ sides }) => sides.includes(side)).flatMap(({ address }) => address ?? []);
    return [...new Map(found.map((address) => [address.name, address])).values()];
  },
  /** Those of a person that are kept, as the hub gives them. */
  kept(person: object | null, side: Side): { address: AddressKind; text: string }[] {
    const texts = new Map<string, unknown>(Object.entries(person ?? {}));
    return this.addresses(side).flatMap((address) => {
      const text = texts.get(address.name);
      return typeof text === "string" && text !== "" ? [{ address, text }] : [];
    });
  },
};
