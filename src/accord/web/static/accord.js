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
    if (closer) close(closer.closest(".notice, .in-place"));
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });

  // A form that is a page of its own leads back to where one came from.
  function close(part) {
    const page = part?.matches(".in-place") && part.closest("[data-back]");
    if (!page) part?.remove();
    else if (history.length > 1) history.back();
    else location.assign(page.dataset.back);
  }

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

  // One box ticks all of its form that it stands for, and shows how they stand.
  const meant = (one) => [...one.form.elements].filter((box) => box.name === one.dataset.ticks && (!one.dataset.of || box.dataset.of === one.dataset.of));
  function weigh() {
    all("[data-ticks]").forEach((one) => {
      const boxes = meant(one);
      const ticked = boxes.filter((box) => box.checked).length;
      one.checked = ticked > 0 && ticked === boxes.length;
      one.indeterminate = ticked > 0 && !one.checked;
      one.closest("[hidden]")?.removeAttribute("hidden");
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-ticks]")) meant(event.target).forEach((box) => { box.checked = event.target.checked; });
    weigh();
  });

  // Clocks count down by the difference to the server's time.
  const drift = Date.parse($("html").dataset.at || "") ? Date.now() - Date.parse($("html").dataset.at) : 0;
  const two = (number) => String(number).padStart(2, "0");
  function tick() {
    all(".js-clock").forEach((clock) => {
      const seconds = Math.floor((Date.parse(clock.dateTime) - Date.now() + drift) / 1000);
      if (seconds > 7200) return;
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
    weigh();
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

  // What is refused is said at its field, and until the form is sent again.
  function forgive(form) {
    all(".js-refused", form).forEach((each) => each.remove());
    all("[aria-invalid]", form).forEach((field) => {
      field.classList.remove("is-invalid");
      ["aria-invalid", "aria-errormessage"].forEach((name) => field.removeAttribute(name));
    });
  }
  function refuse(form, name, sentence) {
    const said = Object.assign(document.createElement("div"), { className: "invalid-feedback d-block js-refused", id: `refused-${name}`, textContent: sentence });
    said.setAttribute("role", "alert");
    const field = all(`[name="${name}"]`, form).find((each) => !each.disabled && each.matches("input:not([type=hidden]), select, textarea"));
    if (!field) { form.append(said); return; }
    (field.matches("[type=checkbox], [type=radio]") ? field.closest("fieldset, .form-check") : field).after(said);
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", said.id);
    field.focus();
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail, form = requestConfig.elt.closest("form");
    if (!form || requestConfig.verb !== "post") return;
    forgive(form);
    all("#notices .alert-danger").forEach((notice) => notice.remove());
    const said = xhr.status === 422 && new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-refused]");
    if (!said) return;
    event.detail.shouldSwap = false;
    refuse(form, said.dataset.refused, $(".notice-text", said).textContent);
  });

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
  // A tap on an e-mail address opens, beside the mail, where what came of it is logged.
  document.addEventListener("click", (event) => {
    const address = event.target.closest("[data-beside]");
    if (address) htmx.ajax("GET", address.dataset.beside, `#${address.dataset.slot}`);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) $("[data-question] [data-focus]")?.scrollIntoView({ block: "center" });
  });

  // Keys. Where there are rows, a letter acts on the one where one is, and on no other.
  const places = { t: "/", l: "/leads/", h: "/handoffs/", d: "/deals/", s: "/scoreboard/" };
  let before = "", last = null;
  const rows = () => all("[data-row]");
  const here = () => $("[data-row].is-here");
  function mark(row) {
    const list = rows();
    list.forEach((each) => each.classList.toggle("is-here", each === row));
    last = { id: row.id, place: list.indexOf(row) };
  }
  function go(row) {
    mark(row);
    row.scrollIntoView({ block: "nearest" });
    (row.matches("a, [tabindex]") ? row : $("a", row))?.focus({ preventScroll: true });
  }
  function step(by) {
    const list = rows();
    if (list.length) go(list[Math.min(Math.max(list.indexOf(here()) + by, 0), list.length - 1)]);
  }
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && row !== here()) mark(row);
  });
  if (document.activeElement?.closest("[data-row]")) mark(document.activeElement.closest("[data-row]"));
  // After a swap one is where one was: in the row as it is now, else in the one that follows.
  document.addEventListener("htmx:load", () => {
    if (!last || here()) return;
    const list = rows();
    const row = list.find((each) => last.id && each.id === last.id) || list[Math.min(last.place, list.length - 1)];
    if (!row) return;
    if (document.activeElement === document.body) go(row); else mark(row);
  });
  document.addEventListener("keydown", (event) => {
    if ($("dialog[open]")) return;
    if (event.key === "Escape") {
      all("details.menu[open]").forEach((menu) => { menu.open = false; });
      (here() && $(".in-place [data-close]", here()) || $(".in-place [data-close]"))?.click();
      return;
    }
    if ((event.metaKey || event.ctrlKey) && event.key === "k") { event.preventDefault(); $("#search")?.focus(); return; }
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (before === "g" && places[event.key]) { before = ""; location.assign(places[event.key]); return; }
    before = event.key;
    if (event.key === "?") $("#keys")?.showModal();
    else if (event.key === "/") { event.preventDefault(); $("#search")?.focus(); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (/^[a-z1-9]$/.test(event.key) && !event.repeat) {
      const key = `[data-key="${event.key}"]`, root = rows().length ? here() : document;
      const act = root && ($(`.in-place ${key}`, root) || $(key, root));
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
