// Follows the builds of `make serve`: reloads a page that changed, shows mistakes over it.
"use strict";

(() => {
  const KEPT = "serve-scroll";
  const page = () => decodeURIComponent(location.pathname.slice(1)) || "index.html";

  const restore = () => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    sessionStorage.removeItem(KEPT);
    if (kept && kept.page === page()) scrollTo(0, kept.top);
  };

  const reload = () => {
    sessionStorage.setItem(KEPT, JSON.stringify({ page: page(), top: scrollY }));
    location.reload();
  };

  const hide = () => document.getElementById("serve-problems")?.remove();

  const show = (problems) => {
    hide();
    const box = document.createElement("div");
    box.id = "serve-problems";
    box.setAttribute("role", "alert");
    box.style.cssText =
      "position:fixed;inset:auto 0 0 0;z-index:99;max-height:60vh;overflow:auto;padding:1rem 1.5rem;" +
      "background:#2a1416;color:#ffe3e0;border-top:4px solid #ff7a6e;font:0.9rem/1.6 ui-monospace,monospace";
    for (const problem of problems) {
      const line = document.createElement("p");
      line.style.cssText = "margin:0 0 .4rem;white-space:pre-wrap;overflow-wrap:anywhere";
      line.textContent = problem;
      box.append(line);
    }
    document.body.append(box);
  };

  // A style sheet, a script or a picture may be on any page; the index of the search is read later.
  const concerns = (name) =>
    name === page() || !(name.endsWith(".html") || name.endsWith("search-index.js"));

  const events = new EventSource("/_serve/events");
  events.onmessage = (event) => {
    const state = JSON.parse(event.data);
    if (state.problems.length > 0) show(state.problems);
    else if (state.changed.some(concerns)) reload();
    else hide();
  };
  restore();
})();
