// Small manners of every page. Without it, all of it works as plain forms.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Theme: remembered for a year, shown at once.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    event.preventDefault();
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.bsTheme};path=/;max-age=31536000;samesite=lax`;
    document.dispatchEvent(new Event("theme"));
  });

  // Menus close when one looks elsewhere; dialogs open by their id.
  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest(".notice, .in-place")?.remove();
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });

  function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    navigator.clipboard?.writeText(field.value).then(() => { button.textContent = button.dataset.done; });
  }

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A field that belongs to one choice is shown with it.
  function follow(select) {
    const form = select.form;
    all("[data-for]", form).forEach((part) => {
      const fits = part.dataset.for.split(" ").includes(select.value);
      part.hidden = !fits;
      all("input, select, textarea", part).forEach((field) => { field.disabled = !fits; });
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-follow]")) follow(event.target);
    if (event.target.matches("[data-mention]") && event.target.value) {
      const words = document.getElementById(event.target.dataset.mention);
      words.setRangeText(`@${event.target.value} `, words.selectionStart, words.selectionEnd, "end");
      words.dispatchEvent(new Event("input", { bubbles: true }));
      event.target.value = "";
      words.focus();
    }
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // Clocks count down by the difference to the server's time.
  const drift = Date.parse($("html").dataset.at || "") ? Date.now() - Date.parse($("html").dataset.at) : 0;
  const two = (number) => String(number).padStart(2, "0");
  function tick() {
    all(".js-clock").forEach((clock) => {
      const seconds = Math.floor((Date.parse(clock.dateTime) - Date.now() + drift) / 1000);
      const past = Math.abs(seconds);
      const words = `${Math.floor(past / 3600)}:${two(Math.floor(past / 60) % 60)}:${two(past % 60)}`;
      clock.textContent = clock.dataset[seconds < 0 ? "over" : "left"].replace("{}", words);
      clock.classList.toggle("clock-near", seconds >= 0 && seconds < 3600);
      clock.classList.toggle("clock-over", seconds < 0);
    });
    all(".notice[data-seconds]").forEach((notice) => {
      if (notice.matches(":hover, :focus-within")) return;
      notice.dataset.seconds -= 1;
      const left = $(".notice-left", notice);
      if (left) left.textContent = notice.dataset.seconds;
      if (notice.dataset.seconds <= 0) notice.remove();
    });
  }
  setInterval(tick, 1000);

  // The connection: said when it is lost, and typed text is kept until it is sent.
  const offline = $("#offline");
  const say = (lost) => { if (offline) offline.hidden = !lost; };
  addEventListener("offline", () => say(true));
  addEventListener("online", () => say(false));
  document.addEventListener("htmx:sendError", () => say(true));
  document.addEventListener("htmx:afterOnLoad", () => say(false));
  const slot = (field) => `kept:${location.pathname}:${field.dataset.keep}`;
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-keep]")) sessionStorage.setItem(slot(event.target), event.target.value);
  });
  function settle(root) {
    all("[data-follow]", root).forEach(follow);
    all("[data-keep]", root).forEach((field) => { if (!field.value) field.value = sessionStorage.getItem(slot(field)) || ""; });
    const first = $("[data-focus]", root);
    if (first) first.focus();
    first?.closest(".in-place")?.scrollIntoView({ block: "nearest" });
  }
  const sent = (form) => all("[data-keep]", form).forEach((field) => sessionStorage.removeItem(slot(field)));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt.matches?.("form")) { sent(event.detail.elt); }
  });
  document.addEventListener("submit", (event) => { if (!event.target.matches("[hx-post]") && navigator.onLine) sent(event.target); });
  document.addEventListener("htmx:load", (event) => settle(event.detail.elt));
  settle(document);

  // A tap on a number is a call: kept even while the phone takes over, and asked about afterwards.
  document.addEventListener("click", (event) => {
    const number = event.target.closest("[data-call]");
    if (!number) return;
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true", "HX-Current-URL": location.href };
    fetch(number.dataset.call, { method: "POST", headers, keepalive: true })
      .then((answer) => { if (!answer.ok) throw new Error(answer.statusText); return answer.text(); })
      .then((text) => htmx.swap(document.getElementById(number.dataset.slot), text, { swapStyle: "innerHTML" }))
      .catch(() => say(true));
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) $("[data-question] [data-focus]")?.scrollIntoView({ block: "center" });
  });

  // Keys
  const places = { t: "/", l: "/leads/", h: "/handoffs/", d: "/deals/", s: "/scoreboard/" };
  let before = "";
  const rows = () => all("[data-row]");
  function step(by) {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains("is-here"));
    const next = list[Math.min(Math.max(at + by, 0), list.length - 1)];
    list.forEach((row) => row.classList.toggle("is-here", row === next));
    next.scrollIntoView({ block: "nearest" });
    (next.matches("a, [tabindex]") ? next : $("a", next))?.focus({ preventScroll: true });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      all("details.menu[open]").forEach((menu) => { menu.open = false; });
      $(".in-place [data-close]")?.click();
      return;
    }
    if ((event.metaKey || event.ctrlKey) && event.key === "k") { event.preventDefault(); $("#search")?.focus(); return; }
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (before === "g" && places[event.key]) { before = ""; location.assign(places[event.key]); return; }
    before = event.key;
    const row = $("[data-row].is-here") || rows()[0];
    if (event.key === "?") $("#keys")?.showModal();
    else if (event.key === "/") { event.preventDefault(); $("#search")?.focus(); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (/^[a-z1-9]$/.test(event.key)) {
      const key = `[data-key="${event.key}"]`;
      const act = (row && ($(`.in-place ${key}`, row) || $(key, row))) || $(`.in-place ${key}`) || $(key);
      if (act) { event.preventDefault(); act.click(); }
    }
  });
})();

// A file that is dropped is the file that is chosen.
document.querySelectorAll("[data-drop]").forEach((place) => {
  const field = place.querySelector("input[type=file]");
  const name = place.querySelector("[data-drop-name]");
  const say = () => { if (field.files[0]) name.textContent = field.files[0].name; };
  field.addEventListener("change", say);
  ["dragover", "dragleave", "drop"].forEach((kind) => place.addEventListener(kind, (event) => {
    event.preventDefault();
    place.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) { field.files = event.dataTransfer.files; say(); }
  }));
});

// The browser knows its own time zone.
document.querySelectorAll("[data-zone]").forEach((field) => {
  if (!field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
});
