/** The one copy of the hub's state in this page: a snapshot, kept up to date by the event stream. */

import type { LiveEvent } from "../api/records";
import { get, Problem, stream } from "../api/http";
import { at } from "../api/paths";
import { perFrame } from "./frame";
import { now } from "./now.svelte";
import { holds, positionOf } from "./position";
import { type ConsoleState, fromSnapshot, type Message, recounted, reduce } from "./reduce";

/** The hub says its time every 15 s; two such words missed, and what is shown is stale. */
const STALE_AFTER_S = 32;
const GIVE_UP_AFTER_S = 50;
const WATCH_EVERY_MS = 5000;
const LONGEST_BACKOFF_MS = 15_000;
const REACH_WITHIN_MS = 5000;
const RECOUNT_MS = 5000;

export type Link = "live" | "stale" | "reconnecting";

class Live {
  #state = $state.raw<ConsoleState>();
  #snapshots = $state(0);
  #open = $state(false);
  #heardAt = $state(performance.now());
  #source: EventSource | undefined;
  #triedAt = 0;
  #running = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #recount: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #reached: { event: LiveEvent; resolve: () => void }[] = [];
  readonly #frames = perFrame<Message>((messages) => this.#take(messages));

  /** Undefined until the first snapshot is here. */
  get state(): ConsoleState | undefined {
    return this.#state;
  }

  /** How many snapshots there were: with a new one, what a page had fetched by itself is stale. */
  get snapshots(): number {
    return this.#snapshots;
  }

  /** Whole seconds since the hub was last heard. */
  get quietFor(): number {
    void now.ms; // read for its tick: this must grow although nothing arrives
    return Math.max(0, Math.floor((performance.now() - this.#heardAt) / 1000));
  }

  get link(): Link {
    if (!this.#open) return "reconnecting";
    return this.quietFor > STALE_AFTER_S ? "stale" : "live";
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#watch = setInterval(() => this.#check(), WATCH_EVERY_MS);
    void this.#load();
  }

  stop(): void {
    this.#running = false;
    clearInterval(this.#watch);
    clearTimeout(this.#recount);
    this.#recount = undefined;
    this.#close();
    this.#state = undefined;
  }

  /** Resolves once the event is in the state, or when it is long overdue. */
  reached(event: LiveEvent): Promise<void> {
    if (!this.#state || holds(this.#state.seen, event)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reached.push({ event, resolve });
      setTimeout(resolve, REACH_WITHIN_MS);
    });
  }

  async #load(): Promise<void> {
    this.#close();
    try {
      const snapshot = await get(at("/snapshot"));
      if (!this.#running) return;
      now.setHubTime(snapshot.now);
      this.#state = fromSnapshot(snapshot);
      this.#snapshots += 1;
      this.#heard();
      this.#connect();
    } catch {
      this.#again(() => this.#load());
    }
  }

  #connect(): void {
    this.#close();
    const after = positionOf(this.#state?.seen ?? new Map());
    const source = stream(at("/live", { after }));
    this.#source = source;
    this.#triedAt = performance.now();
    source.onopen = () => {
      this.#failures = 0;
      this.#heard();
      this.#open = true;
    };
    source.onmessage = (message: MessageEvent<string>) => {
      this.#frames.push({ type: "event", event: JSON.parse(message.data) as LiveEvent });
    };
    source.addEventListener("gap", () => this.#frames.push({ type: "gap" }));
    source.addEventListener("now", (message: MessageEvent<string>) => {
      now.setHubTime((JSON.parse(message.data) as { now: string }).now);
      this.#heard();
    });
    source.onerror = () => {
      this.#open = false;
      // Otherwise the browser itself comes back, with the id of the last event it saw.
      if (source.readyState === EventSource.CLOSED) this.#again(() => this.#resume());
    };
  }

  /** The stream was refused. Whether the session is over, only an ordinary request can tell. */
  async #resume(): Promise<void> {
    try {
      await get(at("/session"));
      this.#connect();
    } catch {
      this.#again(() => this.#resume());
    }
  }

  #take(messages: Message[]): void {
    if (!this.#state || !this.#running) return;
    this.#state = reduce(this.#state, messages);
    this.#heard();
    const { seen } = this.#state;
    for (const waiting of this.#reached) if (holds(seen, waiting.event)) waiting.resolve();
    this.#reached = this.#reached.filter((waiting) => !holds(seen, waiting.event));
    if (this.#state.gap) void this.#load();
    else if (this.#state.recount)
      this.#recount ??= setTimeout(() => void this.#count(), RECOUNT_MS);
  }

  async #count(): Promise<void> {
    try {
      const { devices_offline } = await get(at("/snapshot"));
      if (this.#state) this.#state = recounted(this.#state, devices_offline);
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // the next device that comes online asks again
    } finally {
      this.#recount = undefined;
    }
  }

  /** A connection can be dead without an error, open or on its way: then begin another. */
  #check(): void {
    const triedFor = (performance.now() - this.#triedAt) / 1000;
    if (this.#source && Math.min(triedFor, this.quietFor) > GIVE_UP_AFTER_S) this.#connect();
  }

  #again(attempt: () => void | Promise<void>): void {
    if (!this.#running) return;
    this.#failures += 1;
    const wait =
      Math.min(LONGEST_BACKOFF_MS, 500 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#running) void attempt();
    }, wait);
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    this.#open = false;
    this.#frames.clear();
  }

  #heard(): void {
    this.#heardAt = performance.now();
  }
}

export const live = new Live();
