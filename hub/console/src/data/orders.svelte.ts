/** Orders under way: a button shows that it is sending until the stream has shown the effect. */

import { SvelteSet } from "svelte/reactivity";

import { command } from "../api/command";
import { live } from "../live/live.svelte";
import { toasts } from "../words/toasts.svelte";

const sending = new SvelteSet<string>();

export function isSending(path: string): boolean {
  return sending.has(path);
}

/** Send the command at `path`; false where it failed, which the person is told by `report`. */
export async function order(
  path: string,
  body: object = {},
  report: (error: unknown) => void = (error) => toasts.report(error),
): Promise<boolean> {
  if (sending.has(path)) return false;
  sending.add(path);
  try {
    const { events } = await command(path, body);
    await live.reached(Math.max(0, ...events.map((event) => event.seq)));
    return true;
  } catch (error) {
    report(error);
    return false;
  } finally {
    sending.delete(path);
  }
}

/** The same for many paths, a few at a time. */
export async function orderAll(paths: string[], atOnce = 4): Promise<void> {
  const left = [...paths];
  const worker = async (): Promise<void> => {
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      if (!(await order(path))) return;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
