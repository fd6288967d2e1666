/** Orders under way: a button shows that it is sending until the stream has shown the effect. */

import { SvelteSet } from "svelte/reactivity";

import { command } from "../api/command";
import type { At, BodyOf, CommandPath } from "../api/paths";
import { live } from "../live/live.svelte";
import { toasts } from "../words/toasts.svelte";

const sending = new SvelteSet<string>();

export function isSending(path: string): boolean {
  return sending.has(path);
}

/** Sends the command at `path` and waits until its effect can be seen. Raises Problem. */
export async function carryOut<P extends CommandPath>(
  path: At<P>,
  body?: BodyOf<P, "post">,
): Promise<void> {
  sending.add(path);
  try {
    const { events } = await command(path, body);
    const last = events.at(-1);
    if (last) await live.reached(last);
  } finally {
    sending.delete(path);
  }
}

/** The same at the press of a button, once at a time; false where it failed, which is told. */
export async function order<P extends CommandPath>(
  path: At<P>,
  body?: BodyOf<P, "post">,
): Promise<boolean> {
  if (sending.has(path)) return false;
  try {
    await carryOut(path, body);
    return true;
  } catch (error) {
    toasts.report(error);
    return false;
  }
}

/** The same for many paths, a few at a time. */
export async function orderAll<P extends CommandPath>(paths: At<P>[], atOnce = 4): Promise<void> {
  const left = [...paths];
  const worker = async (): Promise<void> => {
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      if (!(await order(path))) return;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
