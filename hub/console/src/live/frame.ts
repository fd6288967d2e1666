/** Whatever arrives within a frame is handed over once, so that a flood costs one rendering. */

export interface Frames<Item> {
  push(item: Item): void;
  clear(): void;
}

/**
 * A hidden page gets no frames, and its timers are slowed to one a minute, yet its siren and title
 * must not wait: there, what arrives is handed over at once.
 */
export function perFrame<Item>(take: (items: Item[]) => void): Frames<Item> {
  let queue: Item[] = [];
  let frame: number | undefined;

  function flush(): void {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    if (queue.length === 0) return;
    const items = queue;
    queue = [];
    take(items);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) flush();
  });

  return {
    push(item) {
      queue.push(item);
      if (document.hidden) flush();
      else frame ??= requestAnimationFrame(flush);
    },
    clear() {
      queue = [];
    },
  };
}
