/** Whatever arrives within a frame is handed over once, so that a flood costs one rendering. */

const HIDDEN_MS = 250;

export interface Frames<Item> {
  push(item: Item): void;
  clear(): void;
}

/** A hidden page gets no frames, yet must go on (its siren, its title): a timer stands in. */
export function perFrame<Item>(take: (items: Item[]) => void): Frames<Item> {
  let queue: Item[] = [];
  let waiting = false;

  function flush(): void {
    waiting = false;
    if (queue.length === 0) return;
    const items = queue;
    queue = [];
    take(items);
  }

  return {
    push(item) {
      queue.push(item);
      if (waiting) return;
      waiting = true;
      if (document.hidden) setTimeout(flush, HIDDEN_MS);
      else requestAnimationFrame(flush);
    },
    clear() {
      queue = [];
    },
  };
}
