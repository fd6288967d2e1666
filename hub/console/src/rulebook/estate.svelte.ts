/** Which estate's rulebook is shown: chosen once for rules, plans, messages and policies. */

import type { EstateName } from "../api/records";

let chosen = $state("");

export const shownEstate = {
  /** The chosen one; else the first that there is, and empty where there is none. */
  of(estates: readonly EstateName[]): string {
    return estates.some(({ id }) => id === chosen) ? chosen : (estates[0]?.id ?? "");
  },
  choose(id: string): void {
    chosen = id;
  },
};
