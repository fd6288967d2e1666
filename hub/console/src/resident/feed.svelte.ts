/** A household's notices, kept up to date for as long as its page is open. */

import { get, Problem, send } from "../api/http";
import { language } from "../words/language.svelte";
import { type Household, put, type ResidentNotice } from "./notices";

const RETRY_MS = 4000;

export class Feed {
  household = $state.raw<Household>();
  /** The link leads nowhere: it was replaced or mistyped. */
  unknown = $state(false);
  connected = $state(false);
  readonly path: string;
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #marked = new Set<string>();

  constructor(token: string) {
    this.path = `/resident/${encodeURIComponent(token)}`;
  }

  start(): () => void {
    void this.#load();
    return () => this.#close();
  }

  /** The household has seen it; told to the hub once. */
  async markRead(notice: ResidentNotice): Promise<void> {
    if (notice.read_at !== null || this.#marked.has(notice.id)) return;
    this.#marked.add(notice.id);
    try {
      await send("POST", `${this.path}/notices/${encodeURIComponent(notice.id)}/read`);
      this.#put({ ...notice, read_at: new Date().toISOString() });
    } catch {
      this.#marked.delete(notice.id); // the next look at it tries again
    }
  }

  async #load(): Promise<void> {
    try {
      const household = await get<Household>(this.path);
      if (!language.chosen) language.set(household.language, false);
      this.household = household;
      this.#connect();
    } catch (error) {
      this.connected = false;
      if (error instanceof Problem && error.status === 404) this.unknown = true;
      else this.#again();
    }
  }

  #connect(): void {
    this.#close();
    const source = new EventSource(`/api/v1${this.path}/live`);
    this.#source = source;
    source.onopen = () => {
      this.connected = true;
    };
    source.onmessage = (message: MessageEvent<string>) =>
      this.#put(JSON.parse(message.data) as ResidentNotice);
    source.onerror = () => {
      this.connected = false;
      // The stream has no memory of what was missed: begin again with the list.
      this.#close();
      this.#again();
    };
  }

  #put(notice: ResidentNotice): void {
    if (!this.household) return;
    this.household = { ...this.household, notices: put(this.household.notices, notice) };
  }

  #again(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#load(), RETRY_MS * (0.5 + Math.random()));
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }
}
