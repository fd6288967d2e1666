/** What a component asked the hub for, kept up to date for as long as the component is there. */

import { untrack } from "svelte";

interface Options {
  /** Asks again whenever it gives something else: the last event about it, a new snapshot. */
  news?: () => unknown;
  /** Told of each refusal, where the component shows none itself. */
  failed?: (error: unknown) => void;
}

export class Resource<Key, Value> {
  /** Undefined until the first answer; what was answered stays while it is asked again. */
  value = $state.raw<Value>();
  /** Why the last question had no answer. */
  error = $state.raw<unknown>();
  #asked = new AbortController();
  readonly #ask: () => void;

  constructor(key: () => Key | undefined, load: Load<Key, Value>, { news, failed }: Options = {}) {
    const of = $derived(key());
    const latest = $derived(news?.());
    this.#ask = () => {
      this.#asked.abort();
      const { signal } = (this.#asked = new AbortController());
      if (of === undefined) return;
      load(of, signal).then(
        (value) => {
          if (!signal.aborted) [this.value, this.error] = [value, undefined];
        },
        (error: unknown) => {
          if (signal.aborted) return;
          this.error = error;
          failed?.(error);
        },
      );
    };
    $effect(() => {
      void [of, latest];
      untrack(this.#ask);
      return () => this.#asked.abort();
    });
  }

  readonly retry = (): void => this.#ask();
}

type Load<Key, Value> = (key: Key, signal: AbortSignal) => Promise<Value>;

/** What `load` gives for `key`, asked again for each other key; nothing while it is undefined. */
export function resource<Key, Value>(
  key: () => Key | undefined,
  load: Load<Key, Value>,
  options?: Options,
): Resource<Key, Value> {
  return new Resource(key, load, options);
}
