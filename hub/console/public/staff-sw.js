/* Calls a member of staff while the console is closed.

   The push message: {"id", "incident", "priority", "text", "language", "url", "token"}. The
   incident is the notification's tag, so that a repeat replaces what is shown and sounds again.
   Who taps "Acknowledge" answers at once by the token; it is null where several calls came in one
   message, which are looked at one by one. {"test": true, "language"} is a test. */

const WORDS = {
  en: {
    title: "You are called",
    answer: "Acknowledge",
    open: "Open",
    done: "Acknowledged. The control room knows that you are on it.",
    over: "It is over, or somebody has answered already.",
    failed: "Not sent: tap here and try again.",
    test: "Test: this device will be called.",
  },
  zh: {
    title: "紧急呼叫",
    answer: "确认收到",
    open: "打开",
    done: "已确认，监控中心已知悉由您处理。",
    over: "事件已结束，或已有人应答。",
    failed: "未能发送，请点按此处重试。",
    test: "测试：本设备可以接收呼叫。",
  },
};
const RETRY_AFTER_MS = [500, 1500, 4000];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  event.waitUntil(show(event.data?.json() ?? {}));
});

self.addEventListener("notificationclick", (event) => {
  const call = event.notification.data ?? {};
  event.notification.close();
  event.waitUntil(event.action === "answer" && call.token ? answer(call) : open(call));
});

function show(call) {
  const words = wordsOf(call);
  if (call.test) return note(call, words.test, { tag: "test" });
  const grave = call.priority === "P1" || call.priority === "P2";
  const actions = [{ action: "open", title: words.open }];
  if (call.token) actions.unshift({ action: "answer", title: words.answer });
  return note(call, call.text, {
    title: `${call.priority} · ${words.title}`,
    renotify: true,
    requireInteraction: call.priority === "P1",
    vibrate: grave ? [400, 150, 400, 150, 800] : [200],
    actions,
  });
}

function note(call, body, { title, ...more } = {}) {
  return self.registration.showNotification(title ?? wordsOf(call).title, {
    tag: `incident-${call.incident}`,
    body,
    lang: call.language === "en" ? "en" : "zh-CN",
    data: call,
    ...more,
  });
}

async function answer(call) {
  const words = wordsOf(call);
  const key = crypto.randomUUID();
  for (const wait of [...RETRY_AFTER_MS, null]) {
    const status = await post(call.token, key);
    if (status === 204 || status === 202) return note(call, words.done, { silent: true });
    if (status === 409 || status === 404) return note(call, words.over, { silent: true });
    if (wait === null) break;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return note(call, words.failed, { requireInteraction: true });
}

async function post(token, key) {
  try {
    const path = `/api/v1/callouts/by-token/${encodeURIComponent(token)}/answer`;
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    const { status } = await fetch(path, { method: "POST", body: "{}", headers });
    return status;
  } catch {
    return 0;
  }
}

async function open({ url = "/" }) {
  const there = new URL(url, self.location.origin);
  const page = self.location.origin + there.pathname + there.hash;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((client) => client.url === page);
  await (shown ? shown.focus() : self.clients.openWindow(page));
}

function wordsOf(call) {
  return WORDS[call.language === "en" ? "en" : "zh"];
}
