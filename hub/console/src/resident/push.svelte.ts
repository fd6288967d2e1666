/**
 * Notices to this phone while the page is closed.
 *
 * The service worker's scope is the household's own page: so the worker knows where a tap on the
 * notification leads without the link's secret ever being in a message.
 */

import { send } from "../lib/http";

export type PushState = "unavailable" | "off" | "asking" | "on" | "denied" | "failed";

export class Push {
  state = $state<PushState>("unavailable");
  readonly #path: string;
  readonly #key: string;

  constructor(path: string, vapidPublicKey: string) {
    this.#path = path;
    this.#key = vapidPublicKey;
    void this.#look();
  }

  async turnOn(): Promise<void> {
    this.state = "asking";
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        this.state = "denied";
        return;
      }
      const worker = await navigator.serviceWorker.register("/sw.js", { scope: location.pathname });
      await active(worker);
      const subscription = await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytesOf(this.#key),
      });
      const { endpoint, keys } = subscription.toJSON();
      await send("POST", `${this.#path}/push-subscription`, { endpoint, keys });
      this.state = "on";
    } catch {
      this.state = "failed";
    }
  }

  async #look(): Promise<void> {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window))
      return;
    if (Notification.permission === "denied") {
      this.state = "denied";
      return;
    }
    const worker = await navigator.serviceWorker.getRegistration(location.pathname);
    const subscription = await worker?.pushManager.getSubscription();
    this.state = subscription ? "on" : "off";
  }
}

/** The public key as the bytes that it is base64url for. */
export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function active(worker: ServiceWorkerRegistration): Promise<void> {
  const waiting = worker.installing ?? worker.waiting;
  if (worker.active || !waiting) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.addEventListener("statechange", () => {
      if (waiting.state === "activated") resolve();
    });
  });
}
