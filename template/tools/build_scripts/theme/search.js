// Search in the text of the whole book, which search-index.js holds. Loaded on first use.

function startSearch(dialog, base) {
  "use strict";

  const SHOWN = 30;
  const CONTEXT = 70;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector(".results");
  const status = dialog.querySelector("[role=status]");

  // Small and capital letters, accents and vowel signs make no difference. It goes character by
  // character, so that what is found can be shown where it stands in the text as written.
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f]/g, "").toLowerCase();

  const isWord = (character) => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

  const sections = bookIndex.flatMap(([page, chapter, start, ...rest]) => {
    const found = [{ page, id: "", title: chapter, chapter: "", text: start }];
    for (let place = 0; place < rest.length; place += 3) {
      const [id, title, text] = rest.slice(place, place + 3);
      found.push({ page, id, title, chapter, text });
    }
    return found.map((section) => ({
      ...section,
      heads: fold(section.title),
      above: fold(section.chapter),
      body: fold(section.text),
    }));
  });

  // How much one word of the query says for a text: whole words most, beginnings of words less.
  function weight(text, term) {
    let best = 0;
    for (let at = text.indexOf(term); at >= 0 && best < 3; at = text.indexOf(term, at + 1)) {
      const begins = !isWord(text[at - 1]);
      const ends = !isWord(text[at + term.length]);
      best = Math.max(best, begins && ends ? 3 : begins ? 2 : 1);
    }
    return best;
  }

  // Titles come first, then the titles of chapters, then the text; each word must be somewhere.
  function score(section, terms) {
    let sum = 0;
    for (const term of terms) {
      const title = 100 * weight(section.heads, term);
      const value = title + 10 * weight(section.above, term) + weight(section.body, term);
      if (value === 0) return 0;
      sum += value;
    }
    return sum + (section.heads === terms.join(" ") ? 1000 : 0);
  }

  function search(terms) {
    const found = [];
    sections.forEach((section, place) => {
      const value = score(section, terms);
      // Of a chapter whose title alone matches, the chapter says it for all its sections.
      const isEcho = section.id && terms.every((term) => !section.heads.includes(term) && !section.body.includes(term));
      if (value > 0 && !isEcho) found.push({ section, value, place });
    });
    return found.sort((one, other) => other.value - one.value || one.place - other.place);
  }

  // Where in a text words are found, as pairs of start and end, in order, none overlapping.
  function places(text, terms) {
    const starts = [];
    let folded = "";
    let at = 0;
    for (const character of text) {
      const plain = fold(character);
      for (let unit = 0; unit < plain.length; unit++) starts.push(at);
      folded += plain;
      at += character.length;
    }
    starts.push(text.length);
    const found = [];
    for (const term of terms) {
      for (let place = folded.indexOf(term); place >= 0; place = folded.indexOf(term, place + term.length)) {
        const end = place + term.length;
        found.push([starts[place], Math.max(starts[end], starts[end - 1] + 1)]);
      }
    }
    found.sort((one, other) => one[0] - other[0]);
    return found.filter(([start], place) => place === 0 || start >= found[place - 1][1]);
  }

  function marked(text, terms) {
    const parts = [];
    let done = 0;
    for (const [start, end] of places(text, terms)) {
      const mark = document.createElement("mark");
      mark.append(text.slice(start, end));
      parts.push(text.slice(done, start), mark);
      done = end;
    }
    return [...parts, text.slice(done)];
  }

  function excerpt(text, terms) {
    const folded = fold(text);
    const hit = Math.min(...terms.map((term) => folded.indexOf(term)).filter((at) => at >= 0));
    if (hit === Infinity) return text.slice(0, 2 * CONTEXT) + (text.length > 2 * CONTEXT ? "…" : "");
    // Folding seldom moves anything, and then by a few letters: the words stay in the excerpt.
    const about = Math.round(hit * (text.length / folded.length));
    const from = about > CONTEXT ? text.lastIndexOf(" ", about - CONTEXT / 2) + 1 || about - CONTEXT / 2 : 0;
    const to = Math.min(text.length, from + 3 * CONTEXT);
    return (from > 0 ? "…" : "") + text.slice(from, to) + (to < text.length ? "…" : "");
  }

  function element(name, ...children) {
    const made = document.createElement(name);
    made.append(...children);
    made.dir = "auto";
    return made;
  }

  function option({ section }, place, terms) {
    const link = element("a", element("b", ...marked(section.title, terms)));
    link.id = `result-${place}`;
    link.role = "option";
    link.tabIndex = -1;
    link.ariaSelected = "false";
    link.href = new URL(section.page + (section.id && `#${encodeURIComponent(section.id)}`), base);
    if (section.chapter) link.append(element("small", section.chapter));
    const shown = excerpt(section.text, terms);
    if (shown) link.append(element("span", ...marked(shown, terms)));
    return link;
  }

  let chosen = -1;

  function choose(place) {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = place;
    const link = list.children[chosen];
    link?.setAttribute("aria-selected", "true");
    link?.scrollIntoView({ block: "nearest" });
    if (link) input.setAttribute("aria-activedescendant", link.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function update() {
    const terms = fold(input.value).split(/\s+/).filter(Boolean);
    const found = terms.length > 0 ? search(terms) : [];
    list.replaceChildren(...found.slice(0, SHOWN).map((one, place) => option(one, place, terms)));
    list.scrollTop = 0;
    input.ariaExpanded = found.length > 0;
    const { results, none } = dialog.dataset;
    status.textContent = terms.length === 0 ? "" : found.length > 0 ? `${results}: ${found.length}` : none;
    choose(found.length > 0 ? 0 : -1);
  }

  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing || count === 0) return;
    if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp") choose((chosen - 1 + count) % count);
    else if (event.key === "Enter") list.children[chosen].click();
    else return;
    event.preventDefault();
  });
  // The page may be the one that is open already.
  list.addEventListener("click", () => dialog.close());
  update();
}
