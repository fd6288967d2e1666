/** Rules, plans, messages and policies as the hub keeps them: by version, with who and why. */

import { get, send } from "../api/http";
import type { Page } from "../api/records";

export type Folder = "rules" | "plans" | "messages" | "policies";

/** What is known of each: `edited`: not as it ships; `own`: it does not ship at all. */
export interface Part {
  id: string;
  version: number;
  edited: boolean;
  own: boolean;
  changed_at: string | null;
  changed_by: string | null;
  reason: string;
}

export interface PartVersion {
  version: number;
  yaml: string | null;
  changed_at: string;
  changed_by: string;
  reason: string;
}

export interface Fault {
  line: number;
  field: string;
  value: string;
  remedy: string;
  code: string;
  expected: string;
}

/** Without faults: the same as the catalogue writes it, and its fields. */
export interface Findings {
  faults: Fault[];
  yaml: string | null;
  content: unknown;
}

/** How one kind of them is read and changed. */
export interface Parts<Item extends Part> {
  folder: Folder;
  list: (estate: string) => Promise<Item[]>;
  read: (id: string, estate: string) => Promise<Item & { yaml: string }>;
  versions: (id: string, estate: string) => Promise<PartVersion[]>;
  check: (estate: string, id: string | null, yaml: string) => Promise<Findings>;
  save: (id: string, estate: string, yaml: string, version: number, reason: string) => Promise<unknown>;
  rollBack: (id: string, estate: string, to: number, version: number, reason: string) => Promise<unknown>;
}

export function pathOf(folder: Folder, id: string, estate: string, verb = ""): string {
  return `/${folder}/${encodeURIComponent(id)}${verb}?estate=${encodeURIComponent(estate)}`;
}

export function partsOf<Item extends Part>(folder: Folder): Parts<Item> {
  return {
    folder,
    list: (estate) =>
      get<Page<Item>>(`/${folder}?estate=${encodeURIComponent(estate)}`).then(({ items }) => items),
    read: (id, estate) => get(pathOf(folder, id, estate)),
    versions: (id, estate) =>
      get<Page<PartVersion>>(pathOf(folder, id, estate, "/versions")).then(({ items }) => items),
    check: async (estate, id, yaml) => {
      const found = await send<Findings>("POST", `/${folder}/check`, { estate, id, yaml });
      return found ?? { faults: [], yaml: null, content: null };
    },
    save: (id, estate, yaml, version, reason) =>
      send("PUT", pathOf(folder, id, estate), { yaml, version, reason }),
    rollBack: (id, estate, to, version, reason) =>
      send("POST", pathOf(folder, id, estate, "/roll-back"), { to, version, reason }),
  };
}
