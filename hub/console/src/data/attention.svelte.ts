/**
 * Whether somebody is about to press something in a list: the pointer is over it and moved, or the
 * keyboard is in it and was used, a short while ago. A pointer that was left there holds nothing.
 */

import { now } from "../live/now.svelte";

const FOR_MS = 20_000;

export class Attention {
  #over = $state(false);
  #focused = $state(false);
  #activeAt = $state(0);

  get held(): boolean {
    return (this.#over || this.#focused) && now.ms - this.#activeAt < FOR_MS;
  }

  readonly pointed = (): void => {
    this.#over = true;
    this.#activeAt = now.ms;
  };

  readonly left = (): void => {
    this.#over = false;
  };

  /** A key was pressed in the list. */
  readonly used = (): void => {
    this.#activeAt = now.ms;
  };

  /** Only a focus that shows: one that a click left behind is nobody's intention. */
  readonly entered = (event: FocusEvent): void => {
    this.#focused = (event.target as Element).matches(":focus-visible");
    this.#activeAt = now.ms;
  };

  readonly blurred = (event: FocusEvent): void => {
    const list = event.currentTarget as Element;
    if (!list.contains(event.relatedTarget as Node | null)) this.#focused = false;
  };
}
