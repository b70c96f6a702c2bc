// Hears what is new while a page is open: asks every few seconds, seldom when it is not seen.
(() => {
  const root = document.querySelector("[data-live]");
  if (!root) return;
  const SEEN = 4000, HIDDEN = 60000, LONGEST = 60000;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const title = document.title;
  const known = new Set(JSON.parse(sessionStorage.getItem("told") || "[]"));
  let etag = "", failures = 0, timer = 0, asking = false, waitingBefore = null;
  let isFirst = !sessionStorage.getItem("told");

  function words(element, number) {
    return (number === 1 ? element.dataset.one : element.dataset.many).replace("{}", number);
  }

  function count(name, number) {
    all(`[data-count="${name}"]`).forEach((badge) => {
      badge.textContent = number > 99 ? "99+" : number;
      badge.hidden = number === 0;
    });
    all(`[data-counted="${name}"]`).forEach((element) => element.setAttribute("aria-label", words(element, number)));
  }

  // What is told appears beside the page; nothing that one reads moves.
  function tell(news) {
    const fresh = news.filter((each) => !known.has(each.id)).reverse();
    news.forEach((each) => known.add(each.id));
    sessionStorage.setItem("told", JSON.stringify([...known].slice(-200)));
    if (isFirst) { isFirst = false; return; }
    fresh.forEach((each) => {
      const notice = document.getElementById("live-notice").content.firstElementChild.cloneNode(true);
      notice.querySelector("[data-sentence]").textContent = each.sentence;
      notice.querySelector("form").action = each.action;
      document.getElementById("notices").append(notice);
    });
  }

  // The list one works through stays as it is until one asks for what is new.
  function offerMore(waiting) {
    const more = document.getElementById("live-more");
    if (waitingBefore === null) waitingBefore = Number(root.dataset.waiting);
    if (!more) return;
    const added = waiting - waitingBefore;
    more.hidden = added <= 0;
    if (added > 0) more.textContent = words(more, added);
    if (added < 0) waitingBefore = waiting;
  }

  function show(found) {
    count("unseen", found.unseen);
    Object.entries(found.counts).forEach(([place, number]) => count(place, number));
    document.title = found.unseen ? `(${found.unseen}) ${title}` : title;
    offerMore(found.counts.handoffs || 0);
    tell(found.news);
  }

  async function ask() {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    try {
      const headers = { "HX-Request": "true", ...(etag && { "If-None-Match": etag }) };
      const answer = await fetch(root.dataset.live, { headers, cache: "no-store" });
      if (answer.status === 204 || answer.status === 403) return; // signed out: nothing more to hear
      if (answer.status === 200) { etag = answer.headers.get("ETag"); show(await answer.json()); }
      failures = answer.ok || answer.status === 304 ? 0 : failures + 1;
    } catch {
      failures += 1;
    } finally {
      asking = false;
    }
    const pause = document.hidden ? HIDDEN : Math.min(SEEN * 2 ** failures, LONGEST);
    timer = setTimeout(ask, pause * (0.9 + Math.random() / 5));
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  addEventListener("online", ask);
  timer = setTimeout(ask, 1000);
})();
