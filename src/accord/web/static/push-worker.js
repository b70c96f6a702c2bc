// Shows what is pushed, and opens what it is about. Keeps nothing and fetches nothing.
self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  event.waitUntil(self.registration.showNotification("Accord", {
    body: said.text || "",
    tag: said.id,
    data: { link: typeof said.link === "string" && /^\/(?!\/)/.test(said.link) ? said.link : "/" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(new URL(event.notification.data.link, self.location.origin).href));
});
