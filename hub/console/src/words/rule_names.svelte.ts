/** The rules in force, by id: their names, and which of their alarms may be shelved. */

import { get } from "../api/http";
import { at } from "../api/paths";
import type { Rule } from "../api/records";
import { say } from "./language.svelte";

let ruleById = $state.raw<ReadonlyMap<string, Rule>>(new Map());

export const rules = {
  /** Those of all estates; of rules that share an id, one stands for the others. */
  async load(estates: readonly string[]): Promise<void> {
    const pages = await Promise.all(
      estates.map((id) => get(at("/rules", { estate: id }))),
    );
    ruleById = new Map(pages.flatMap(({ items }) => items).map((rule) => [rule.id, rule]));
  },
  /** The rule's name in the reader's language; its id where the rule is not known. */
  name(id: string): string {
    const rule = ruleById.get(id);
    return rule ? say(rule.name) : id;
  },
  /** Whether the hub would let an alarm of the rule be shelved. */
  shelvable(id: string): boolean {
    return ruleById.get(id)?.shelvable ?? true;
  },
};
