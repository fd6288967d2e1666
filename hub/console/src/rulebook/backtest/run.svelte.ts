/** One backtest from its order to its report, as the page shows it. */

import { get, Problem, send } from "../../api/http";
import type { FieldError } from "../../api/http";
import { toasts } from "../../words/toasts.svelte";
import type { Backtest } from "./backtest";

const POLL_MS = 700;

export interface Order {
  estate: string;
  rules: string;
  from: string;
  to: string;
}

export class Run {
  /** As the hub last told of it; null before the first. */
  current = $state.raw<Backtest | null>(null);
  /** Why the order was refused, by field. */
  faults = $state.raw<FieldError[]>([]);
  sending = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  get running(): boolean {
    return this.current?.state === "running";
  }

  async start(order: Order): Promise<void> {
    this.faults = [];
    this.sending = true;
    try {
      this.#take((await send<Backtest>("POST", "/backtests", order)) ?? null);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.sending = false;
    }
  }

  async cancel(): Promise<void> {
    if (!this.current) return;
    try {
      this.#take((await send<Backtest>("DELETE", `/backtests/${this.current.id}`)) ?? null);
    } catch (error) {
      toasts.report(error);
    }
  }

  /** Ask no more; the hub goes on and forgets it in time. */
  leave(): void {
    clearTimeout(this.#timer);
  }

  #take(found: Backtest | null): void {
    clearTimeout(this.#timer);
    this.current = found;
    if (found?.state === "running") this.#timer = setTimeout(() => void this.#ask(found.id), POLL_MS);
  }

  async #ask(id: string): Promise<void> {
    try {
      this.#take(await get<Backtest>(`/backtests/${id}`));
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.current = null;
      else this.#timer = setTimeout(() => void this.#ask(id), POLL_MS);
      if (!(error instanceof Problem) || error.status !== 0) toasts.report(error);
    }
  }

  #refused(error: unknown): void {
    if (error instanceof Problem && error.errors.length > 0) this.faults = error.errors;
    else toasts.report(error);
  }
}
