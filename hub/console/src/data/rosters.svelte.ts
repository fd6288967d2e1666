/** The duty roster of each estate in a word, looked at once a minute. */

import { get } from "../api/http";
import { at } from "../api/paths";
import type { Holder, RosterSummary } from "../api/records";

const EVERY_MS = 60_000;
let summaries = $state.raw<RosterSummary[]>([]);

export const rosters = {
  get summaries(): RosterSummary[] {
    return summaries;
  },
  async load(): Promise<void> {
    summaries = (await get(at("/rosters"))).items;
  },
  /** Look again and again, until the returned function is called; a failed look waits its turn. */
  follow(): () => void {
    const look = () => void this.load().catch(() => undefined);
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  },
};

export async function onDuty(estate: string): Promise<Holder[]> {
  const path = at("/rosters/{estate}/on-duty", { estate });
  return (await get(path)).holders;
}
