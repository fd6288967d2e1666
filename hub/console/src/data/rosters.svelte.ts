/** The duty roster of each estate in a word, looked at once a minute. */

import { get } from "../api/http";
import type { Page, Role } from "../api/records";

export interface RosterSummary {
  estate: string;
  /** 0: there is no roster yet. */
  version: number;
  /** Required duties that nobody holds now. */
  missing: Role[];
}

export interface Holder {
  duty: Role;
  user: string;
  on_call: boolean;
  until: string;
}

const EVERY_MS = 60_000;
let summaries = $state.raw<RosterSummary[]>([]);

export const rosters = {
  get summaries(): RosterSummary[] {
    return summaries;
  },
  async load(): Promise<void> {
    summaries = (await get<Page<RosterSummary>>("/rosters")).items;
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
  const path = `/rosters/${encodeURIComponent(estate)}/on-duty`;
  return (await get<{ holders: Holder[] }>(path)).holders;
}
