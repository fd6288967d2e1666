/** One incident's page state: fetched once, then kept up to date from the stream. */

import { untrack } from "svelte";

import { type At, at } from "../api/paths";
import type { IncidentDetail, Told, ToldPage } from "../api/records";
import { get, Problem } from "../api/http";
import { reduceDetail } from "../live/detail";
import { live } from "../live/live.svelte";
import { isOf } from "../live/reduce";

/** Notices come by the hundred: ask for their states again at most this often. */
const NOTICES_EVERY_MS = 2000;
const HOUSEHOLDS_SHOWN = 2000;

export class IncidentView {
  detail = $state.raw<IncidentDetail>();
  households = $state.raw<Told[]>([]);
  error = $state.raw<unknown>();
  readonly #path: At<"/incidents/{incident_id}">;
  #noticesSeen = 0;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;

  /** Create while a component initialises: it follows that component's life. */
  constructor(readonly id: string) {
    this.#path = at("/incidents/{incident_id}", { incident_id: id });
    $effect(() => {
      void live.snapshots;
      void untrack(() => this.load());
    });
    $effect(() => {
      const recent = live.state?.ofIncident.get(id) ?? [];
      if (!this.detail) return;
      const next = reduceDetail(this.detail, recent);
      if (next !== this.detail) this.#follow(next);
    });
    $effect(() => () => clearTimeout(this.#refreshTimer));
  }

  async load(): Promise<void> {
    try {
      this.detail = await get(this.#path);
      this.error = undefined;
      await this.#loadHouseholds();
    } catch (error) {
      this.error = error;
    }
  }

  #follow(next: IncidentDetail): void {
    this.detail = next;
    const notices = next.events.filter((event) => isOf("notice", event)).length;
    if (notices === this.#noticesSeen) return;
    this.#noticesSeen = notices;
    this.#refreshTimer ??= setTimeout(() => void this.#refresh(), NOTICES_EVERY_MS);
  }

  async #refresh(): Promise<void> {
    this.#refreshTimer = undefined;
    try {
      const { notices } = await get(this.#path);
      if (this.detail) this.detail = { ...this.detail, notices };
      await this.#loadHouseholds();
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // the next notice asks again
    }
  }

  async #loadHouseholds(): Promise<void> {
    const told: Told[] = [];
    let cursor: string | null = null;
    do {
      const page: ToldPage = await get(
        at("/incidents/{incident_id}/notices", { incident_id: this.id, limit: 200, cursor }),
      );
      told.push(...page.items);
      cursor = page.next;
    } while (cursor !== null && told.length < HOUSEHOLDS_SHOWN);
    this.households = told;
  }
}
