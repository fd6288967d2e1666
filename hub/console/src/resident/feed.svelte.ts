/** A household's notices, kept up to date for as long as its page is open. */

import { at } from "../api/paths";
import type { ResidentNotice, ResidentPage } from "../api/records";
import { get, Problem, send, stream } from "../api/http";
import { language } from "../words/language.svelte";
import { put } from "./notices";

const RETRY_MS = 4000;

export class Feed {
  household = $state.raw<ResidentPage>();
  /** The link leads nowhere: it was replaced or mistyped. */
  unknown = $state(false);
  connected = $state(false);
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #marked = new Set<string>();

  constructor(readonly token: string) {}

  start(): () => void {
    void this.#load();
    return () => this.#close();
  }

  /** The household has seen it; told to the hub once. */
  async markRead(notice: ResidentNotice): Promise<void> {
    if (notice.read_at !== null || this.#marked.has(notice.id)) return;
    this.#marked.add(notice.id);
    try {
      await send("post", at("/resident/{token}/notices/{notice_id}/read", { token: this.token, notice_id: notice.id }));
      this.#put({ ...notice, read_at: new Date().toISOString() });
    } catch {
      this.#marked.delete(notice.id); // the next look at it tries again
    }
  }

  async #load(): Promise<void> {
    try {
      const household = await get(at("/resident/{token}", { token: this.token }));
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
    const source = stream(at("/resident/{token}/live", { token: this.token }));
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
