/** Messages to this phone while the page is closed, by a service worker. */

import type { At } from "../api/paths";
import { send } from "../api/http";

export type PushState = "unavailable" | "off" | "asking" | "on" | "denied" | "failed";

export interface PushWay {
  /** Where the hub takes the subscription. */
  subscribeAt: At<"/push-subscriptions" | "/resident/{token}/push-subscription">;
  /** Its public key. */
  key: string;
  /** The service worker's script, and the pages that it is of. */
  worker: string;
  scope: string;
}

export class Push {
  state = $state<PushState>("unavailable");

  constructor(readonly way: PushWay) {
    void this.#look();
  }

  async turnOn(): Promise<void> {
    this.state = "asking";
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        this.state = "denied";
        return;
      }
      const worker = await navigator.serviceWorker.register(this.way.worker, {
        scope: this.way.scope,
      });
      await active(worker);
      const subscription = await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytesOf(this.way.key),
      });
      const { endpoint = "", keys: { auth = "", p256dh = "" } = {} } = subscription.toJSON();
      await send("post", this.way.subscribeAt, { endpoint, keys: { auth, p256dh } });
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
    const worker = await navigator.serviceWorker.getRegistration(this.way.scope);
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
