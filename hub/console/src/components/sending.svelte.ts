/** A dialog's way to the hub: busy while it sends, and in words why it was refused. */

import { wordsFor } from "../words/toasts.svelte";

export class Sending {
  busy = $state(false);
  failure = $state<string[]>([]);

  /** Whether `deed` was done. */
  async try(deed: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.failure = [];
    try {
      await deed();
      return true;
    } catch (error) {
      const { title, lines } = wordsFor(error);
      this.failure = [title, ...lines];
      return false;
    } finally {
      this.busy = false;
    }
  }
}
