/** What a household reported, and what it may report. */

import { get, send } from "../api/http";
import type { Text, TicketState } from "../api/records";

export interface ResidentReport {
  id: string;
  kind: "repair" | "complaint";
  title: Text;
  words: string;
  state: TicketState;
  opened_at: string;
}

interface Answer {
  reports: ResidentReport[];
  categories: { id: string; name: Text }[];
}

const REFRESH_MS = 60_000;

export class Reports {
  answer = $state.raw<Answer>();

  constructor(readonly path: string) {}

  /** Load now, and again from time to time; gives what ends it. */
  start(): () => void {
    void this.load();
    const timer = setInterval(() => void this.load(), REFRESH_MS);
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    try {
      this.answer = await get<Answer>(`${this.path}/reports`);
    } catch {
      // what was shown stays; the next time tries again
    }
  }

  /** Raises Problem. */
  async send(what: "repairs" | "complaints", body: object, key: string): Promise<void> {
    await send("POST", `${this.path}/${what}`, body, { "Idempotency-Key": key });
    await this.load();
  }
}
