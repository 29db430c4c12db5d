// What pages can do beyond being read. All of it is an addition: nothing here is needed to read.

(() => {
  "use strict";

  const root = document.documentElement;
  const here = document.currentScript.src;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const byId = (id) => document.getElementById(id);
  const targetOf = ({ hash }) => byId(decodeURIComponent(hash.slice(1)));

  // A reader may forbid storage; then a choice holds until the next page.
  const memory = {
    get(key) {
      try { return localStorage.getItem(key); } catch { return null; }
    },
    set(key, value) {
      try { localStorage.setItem(key, value); } catch { /* It holds for this page. */ }
    },
  };

  function make(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  // Theme ---------------------------------------------------------------------------------

  function switchTheme(button) {
    const themes = ["system", "light", "dark"];
    const show = () => {
      const words = button.dataset;
      button.ariaLabel = button.title = `${words.name}: ${words[root.dataset.theme]}`;
    };
    if (!themes.includes(root.dataset.theme)) root.dataset.theme = "system";
    button.addEventListener("click", () => {
      const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
      memory.set("book-theme", root.dataset.theme = next);
      show();
    });
    show();
  }

  // Code ----------------------------------------------------------------------------------

  function text(code) {
    const copy = code.cloneNode(true);
    for (const mark of all(".callout-mark", copy)) mark.remove();
    return `${copy.textContent.trimEnd()}\n`;
  }

  function addCopyButtons() {
    if (!navigator.clipboard) return; // the page is not served securely
    const { copy, copied } = document.body.dataset;
    const status = make("p", { className: "spoken", role: "status" });
    document.body.append(status);
    const name = (button, word) => {
      button.ariaLabel = button.title = word;
      button.classList.toggle("done", word === copied);
    };
    for (const block of all(".code")) {
      const button = make("button", { className: "copy", type: "button" });
      name(button, copy);
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text(one("code", block)));
        name(button, status.textContent = copied);
        setTimeout(() => {
          name(button, copy);
          status.textContent = "";
        }, 2000);
      });
      block.append(button);
    }
  }

  // What scrolls sideways can be reached by keyboard; what does not is no stop on the way.
  function stopWhereItScrolls() {
    const observer = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
        else target.removeAttribute("tabindex");
      }
    });
    for (const element of all("pre, .table, math[display=block]")) observer.observe(element);
  }

  // Tabs ----------------------------------------------------------------------------------

  const nameOf = (tab) => tab.textContent.trim();

  function select(tablist, chosen) {
    for (const tab of tablist.children) {
      const selected = tab === chosen;
      tab.ariaSelected = selected;
      tab.tabIndex = selected ? 0 : -1;
      // What is hidden like this can still be found by the browser's own search.
      byId(tab.getAttribute("aria-controls")).hidden = selected ? false : "until-found";
    }
  }

  // Who chooses "Flask" once means it all over the page; what was clicked stays where it is.
  function selectEverywhere(chosen) {
    const before = chosen.getBoundingClientRect().top;
    select(chosen.parentElement, chosen);
    for (const tablist of all(".tablist")) {
      const same = [...tablist.children].find((tab) => nameOf(tab) === nameOf(chosen));
      if (same && tablist !== chosen.parentElement) select(tablist, same);
    }
    scrollBy({ top: chosen.getBoundingClientRect().top - before, behavior: "instant" });
  }

  function moveAmongTabs(event) {
    const tabs = [...event.currentTarget.children];
    const forward = getComputedStyle(root).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const at = tabs.indexOf(document.activeElement);
    const places = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: -1 };
    if (!(event.key in places)) return;
    event.preventDefault();
    const next = tabs.at(places[event.key] % tabs.length);
    next.focus();
    selectEverywhere(next);
  }

  function makeTabs(group, number) {
    const tablist = make("div", { className: "tablist", role: "tablist" });
    const panels = all(":scope > .tab", group);
    panels.forEach((panel, place) => {
      const tab = make("button", { type: "button", role: "tab", id: `tab-${number}-${place}` });
      tab.append(nameOf(one(".title", panel)));
      panel.id ||= `panel-${number}-${place}`;
      panel.role = "tabpanel";
      panel.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", panel.id);
      tab.addEventListener("click", () => selectEverywhere(tab));
      panel.addEventListener("beforematch", () => select(tablist, tab));
      tablist.append(tab);
    });
    tablist.addEventListener("keydown", moveAmongTabs);
    group.prepend(tablist);
    select(tablist, tablist.children[0]);
  }

  // A link may lead to something in a tab that is not chosen.
  function revealTarget() {
    const target = targetOf(location);
    const panel = target?.closest(".tab[hidden]");
    if (!panel) return;
    const tab = byId(panel.getAttribute("aria-labelledby"));
    select(tab.parentElement, tab);
    target.scrollIntoView();
  }

  // Contents ------------------------------------------------------------------------------

  function showCurrentChapter() {
    const sidebar = one(".sidebar");
    const current = sidebar && one("[aria-current]", sidebar);
    if (current) sidebar.scrollTop = current.offsetTop - sidebar.clientHeight / 2;
  }

  function followSections() {
    const toc = one(".toc");
    if (!toc) return;
    const links = all("a", toc);
    const headings = links.map(targetOf);
    let current = null;
    const update = () => {
      const top = innerHeight / 4;
      const place = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < top);
      if (links[place] === current) return;
      current?.removeAttribute("aria-current");
      current = links[place];
      if (!current) return;
      current.setAttribute("aria-current", "true");
      toc.scrollTop = current.offsetTop - toc.clientHeight / 2;
    };
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        update();
      });
    }, { passive: true });
    update();
  }

  // Search: its script and its index are loaded when somebody searches ------------------------

  function load(name) {
    return new Promise((resolve, reject) => {
      const script = make("script", { src: new URL(name, here), onload: resolve, onerror: reject });
      document.head.append(script);
    });
  }

  async function openSearch() {
    const dialog = one("dialog.search");
    if (dialog.open) return;
    dialog.showModal();
    one("input", dialog).select();
    if (dialog.dataset.loaded) return;
    dialog.dataset.loaded = "yes";
    try {
      await Promise.all([load("search-index.js"), load("search.js")]);
      startSearch(dialog, new URL("../../", here));
    } catch {
      delete dialog.dataset.loaded;
      one("[role=status]", dialog).textContent = dialog.dataset.failed;
    }
  }

  // Keyboard ------------------------------------------------------------------------------

  const KEPT = "input, textarea, select, pre, .table, math, [role=tablist], [contenteditable]";

  // A field keeps the focus for a moment after its dialog has closed.
  function keepsItsKeys(element) {
    return element.closest?.(KEPT) && !element.closest("dialog:not([open])");
  }

  function follow(selector) {
    one(selector)?.click();
  }

  function listenToKeys(help) {
    const usesKeys = one("input", help);
    const rtl = root.dir === "rtl";
    const actions = {
      "/": openSearch,
      "?": () => help.showModal(),
      ArrowLeft: () => follow(rtl ? "[rel=next]:is(a)" : "[rel=prev]:is(a)"),
      ArrowRight: () => follow(rtl ? "[rel=prev]:is(a)" : "[rel=next]:is(a)"),
    };
    usesKeys.checked = memory.get("book-keys") !== "off";
    usesKeys.addEventListener("change", () => {
      memory.set("book-keys", usesKeys.checked ? "on" : "off");
    });
    addEventListener("keydown", (event) => {
      const modified = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
      if (modified || event.defaultPrevented || !usesKeys.checked || one("dialog[open]")) return;
      if (keepsItsKeys(event.target) || !Object.hasOwn(actions, event.key)) return;
      event.preventDefault();
      actions[event.key]();
    });
    one(".keyboard")?.addEventListener("click", () => help.showModal());
  }

  // Who clicks beside a dialog wants to be rid of it.
  function closeFromOutside(dialog) {
    dialog.addEventListener("click", ({ target, clientX, clientY }) => {
      const { left, right, top, bottom } = dialog.getBoundingClientRect();
      const inside = left <= clientX && clientX <= right && top <= clientY && clientY <= bottom;
      if (target === dialog && !inside) dialog.close();
    });
  }

  switchTheme(one(".bar .theme"));
  addCopyButtons();
  all(".tabs").forEach(makeTabs);
  stopWhereItScrolls();
  showCurrentChapter();
  followSections();
  all("dialog").forEach(closeFromOutside);
  listenToKeys(one("dialog.help"));
  one(".bar .find").addEventListener("click", openSearch);
  one("button.print")?.addEventListener("click", () => print());
  addEventListener("hashchange", revealTarget);
  revealTarget();
})();
