/** The one timer that ages every row: the hub's time, once a second. Milliseconds since 1970. */

let offset = 0;
let hub = $state(Date.now());

setInterval(() => (hub = Date.now() + offset), 1000);

export const now = {
  get ms(): number {
    return hub;
  },
  /** Follow the hub's clock, so that a wrong clock on this machine makes no wrong ages. */
  setHubTime(rfc3339: string): void {
    const at = Date.parse(rfc3339);
    if (Number.isNaN(at)) return;
    offset = at - Date.now();
    hub = at;
  },
  /** Seconds from `at` until now. */
  since(at: string): number {
    return (hub - Date.parse(at)) / 1000;
  },
};
