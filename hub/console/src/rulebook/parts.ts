/** Rules, plans, messages and policies as the hub keeps them: by version, with who and why. */

import { get, send } from "../api/http";
import { at } from "../api/paths";
import type {
  Findings,
  MessageInForce,
  PlanInForce,
  PolicyInForce,
  RuleInForce,
  VersionOfPart,
} from "../api/records";

export type Folder = "rules" | "plans" | "messages" | "policies";

/** What is known of each: `edited`: not as it ships; `own`: it does not ship at all. */
export type Part = Pick<
  RuleInForce,
  "id" | "version" | "edited" | "own" | "changed_at" | "changed_by" | "reason"
>;

interface InForce {
  rules: RuleInForce;
  plans: PlanInForce;
  messages: MessageInForce;
  policies: PolicyInForce;
}

/** How one kind of them is read and changed. */
export interface Parts<Item extends Part> {
  folder: Folder;
  list: (estate: string) => Promise<Item[]>;
  read: (id: string, estate: string) => Promise<Item & { yaml: string }>;
  versions: (id: string, estate: string) => Promise<VersionOfPart[]>;
  check: (estate: string, id: string | null, yaml: string) => Promise<Findings>;
  save: (id: string, estate: string, yaml: string, version: number, reason: string) => Promise<unknown>;
  rollBack: (id: string, estate: string, to: number, version: number, reason: string) => Promise<unknown>;
}

export function partsOf<F extends Folder>(folder: F): Parts<InForce[F]> {
  const one = (id: string, estate: string) => ({ part_id: id, estate });
  // Of each folder the hub answers as of any: only the parts differ.
  type Item = InForce[F];
  return {
    folder,
    list: async (estate) => (await get(at(`/${folder as Folder}`, { estate }))).items as Item[],
    read: async (id, estate) =>
      (await get(at(`/${folder as Folder}/{part_id}`, one(id, estate)))) as unknown as Item & { yaml: string },
    versions: async (id, estate) =>
      (await get(at(`/${folder as Folder}/{part_id}/versions`, one(id, estate)))).items,
    check: (estate, id, yaml) => send("post", at(`/${folder as Folder}/check`), { estate, id, yaml }),
    save: (id, estate, yaml, version, reason) =>
      send("put", at(`/${folder as Folder}/{part_id}`, one(id, estate)), { yaml, version, reason }),
    rollBack: (id, estate, to, version, reason) =>
      send("post", at(`/${folder as Folder}/{part_id}/roll-back`, one(id, estate)), {
        to,
        version,
        reason,
      }),
  };
}
