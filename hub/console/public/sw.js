/* Shows a household's notices while its page is closed.

   The push message: {"id", "text": {"en", "zh"}, "urgency", "language"}. The notice's id is the
   notification's tag, so that a message that comes twice is shown once. This worker's scope is the
   household's page, which is where a tap leads. */

const TITLE = { en: "Notice for your household", zh: "住户通知" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const notice = event.data?.json() ?? {};
  event.waitUntil(show(notice));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open());
});

function show({ id, text, urgency, language }) {
  const spoken = language === "en" ? "en" : "zh";
  return self.registration.showNotification(TITLE[spoken], {
    tag: id,
    body: text?.[spoken] ?? "",
    lang: spoken === "en" ? "en" : "zh-CN",
    requireInteraction: urgency === "N1",
  });
}

async function open() {
  const page = self.registration.scope;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((client) => client.url.startsWith(page));
  await (there ? there.focus() : self.clients.openWindow(page));
}
