/**
 * One tab stop in a list of rows, moved by the arrow keys, that updates never take away.
 *
 * Rows carry `data-key`. When the row that has the focus is moved or removed by an update, the
 * browser drops the focus; it is given back to that row, or to the one now in its place.
 */

import { onMount } from "svelte";

interface Held {
  key: string;
  index: number;
  /** The `data-control` of the focused control in the row, empty for the row itself. */
  control: string;
}

export class Roving {
  #key = $state<string>();
  #held: Held | undefined;
  readonly #list: () => HTMLElement | undefined;
  readonly #keys: () => string[];

  /** Create while a component initialises: it follows that component's life. */
  constructor(list: () => HTMLElement | undefined, keys: () => string[]) {
    this.#list = list;
    this.#keys = keys;
    $effect(() => {
      this.#keys();
      this.#restore();
    });
    onMount(() => {
      const left = (event: Event): void => {
        if (!this.#list()?.contains(event.target as Node)) this.#held = undefined;
      };
      document.addEventListener("pointerdown", left);
      document.addEventListener("focusin", left);
      return () => {
        document.removeEventListener("pointerdown", left);
        document.removeEventListener("focusin", left);
      };
    });
  }

  get current(): string | undefined {
    return this.#key;
  }

  /** Whether the row of `key` is the list's tab stop: the last one focused, or the first. */
  isStop(key: string): boolean {
    const keys = this.#keys();
    const stop = this.#key !== undefined && keys.includes(this.#key) ? this.#key : keys[0];
    return stop === key;
  }

  readonly entered = (event: FocusEvent): void => {
    const target = event.target as HTMLElement;
    const key = target.closest<HTMLElement>("[data-key]")?.dataset["key"];
    if (key === undefined) return;
    this.#key = key;
    this.#held = {
      key,
      index: this.#keys().indexOf(key),
      control: target.dataset["control"] ?? "",
    };
  };

  /** Move by an arrow key, Home or End; false where the key is none of these. */
  move(event: KeyboardEvent): boolean {
    const keys = this.#keys();
    const at = this.#key === undefined ? -1 : keys.indexOf(this.#key);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: keys.length - 1 }[event.key];
    if (to === undefined) return false;
    event.preventDefault();
    const key = keys[Math.min(Math.max(to, 0), keys.length - 1)];
    if (key !== undefined) this.#focus(key, "");
    return true;
  }

  #restore(): void {
    const held = this.#held;
    if (!held) return;
    const keys = this.#keys();
    const at = keys.indexOf(held.key);
    if (at >= 0) held.index = at;
    if (document.activeElement !== document.body) return;
    const key = at >= 0 ? held.key : keys[Math.min(held.index, keys.length - 1)];
    if (key !== undefined) this.#focus(key, at >= 0 ? held.control : "");
  }

  #focus(key: string, control: string): void {
    const row = this.#list()?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    const inner = control && row?.querySelector<HTMLElement>(`[data-control="${control}"]`);
    (inner || row)?.focus({ preventScroll: control !== "" });
  }
}
