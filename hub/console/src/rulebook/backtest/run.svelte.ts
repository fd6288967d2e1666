/** One backtest from its order to its report, as the page shows it. */

import { at } from "../../api/paths";
import type { Backtest, BacktestOrder, FieldError } from "../../api/records";
import { get, Problem, send } from "../../api/http";
import { toasts } from "../../words/toasts.svelte";

const POLL_MS = 700;

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

  async start(order: BacktestOrder): Promise<void> {
    this.faults = [];
    this.sending = true;
    try {
      this.#take(await send("post", at("/backtests"), order));
    } catch (error) {
      this.#refused(error);
    } finally {
      this.sending = false;
    }
  }

  async cancel(): Promise<void> {
    if (!this.current) return;
    try {
      this.#take(await send("delete", at("/backtests/{backtest_id}", { backtest_id: this.current.id })));
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
      this.#take(await get(at("/backtests/{backtest_id}", { backtest_id: id })));
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
