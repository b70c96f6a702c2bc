// Lets this browser be pushed to: asks, subscribes, and sends the subscription as a form.
(() => {
  const form = document.querySelector("[data-push]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !window.isSecureContext) return;
  const button = form.querySelector("button");
  const says = form.querySelector("[data-push-says]");
  button.disabled = false;
  says.hidden = true;

  const name = () => {
    const agent = navigator.userAgent;
    const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((each) => agent.includes(each)) || "Browser";
    const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((each) => agent.includes(each)) || "";
    return [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, system].filter(Boolean).join(", ");
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") throw new Error("refused");
      const worker = await navigator.serviceWorker.register(form.dataset.worker);
      const padded = form.dataset.push.replace(/-/g, "+").replace(/_/g, "/");
      const key = Uint8Array.from(atob(padded.padEnd(Math.ceil(padded.length / 4) * 4, "=")), (letter) => letter.charCodeAt(0));
      const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      form.elements.subscription.value = JSON.stringify(subscription);
      form.elements.name.value = name();
      form.submit();
    } catch {
      says.textContent = form.dataset.refused;
      says.hidden = false;
      button.disabled = false;
    }
  });
})();
