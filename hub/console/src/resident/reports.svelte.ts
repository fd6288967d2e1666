/** What a household reported, and what it may report. */

import { get, send } from "../api/http";
import { at } from "../api/paths";
import type { ResidentComplaint, ResidentRepair, ResidentReports } from "../api/records";

const REFRESH_MS = 60_000;

export class Reports {
  answer = $state.raw<ResidentReports>();

  constructor(readonly token: string) {}

  /** Load now, and again from time to time; gives what ends it. */
  start(): () => void {
    void this.load();
    const timer = setInterval(() => void this.load(), REFRESH_MS);
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    try {
      this.answer = await get(at("/resident/{token}/reports", { token: this.token }));
    } catch {
      // what was shown stays; the next time tries again
    }
  }

  /** Raises Problem. */
  async send(what: ResidentRepair | ResidentComplaint, key: string): Promise<void> {
    const path = at(`/resident/{token}/${"category" in what ? "repairs" : "complaints"}`, {
      token: this.token,
    });
    await send("post", path, what, { "Idempotency-Key": key });
    await this.load();
  }
}
