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
  const SIGNS = /[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f]/g;
  const fold = (text) => text.normalize("NFKD").replace(SIGNS, "").toLowerCase();

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

  // How much a word of the query says for a text: whole words most, beginnings of words less, and
  // a little for each time that it is there.
  function weight(text, term) {
    let best = 0;
    let count = 0;
    for (let at = text.indexOf(term); at >= 0 && count < 20; at = text.indexOf(term, at + 1)) {
      const begins = !isWord(text[at - 1]);
      const ends = !isWord(text[at + term.length]);
      best = Math.max(best, begins && ends ? 3 : begins ? 2 : 1);
      count += 1;
    }
    return best + count / 20;
  }

  // Titles come first, then the titles of chapters, then the text; words that stand together say
  // more than words that do not.
  function score({ heads, above, body }, terms) {
    const values = terms.map(
      (term) => 100 * weight(heads, term) + 10 * weight(above, term) + weight(body, term),
    );
    const phrase = terms.join(" ");
    const together = heads === phrase ? 1000 : terms.length > 1 && body.includes(phrase) ? 5 : 0;
    return {
      value: values.reduce((sum, value) => sum + value, together),
      hasAll: values.every((value) => value > 0),
      // Where only the title of the chapter says it, the chapter itself is found already.
      isHere: terms.some((term) => heads.includes(term) || body.includes(term)),
    };
  }

  // The sections that hold all words; where there is none, those that hold some.
  function search(terms) {
    const scored = sections.map((section, place) => ({ section, place, ...score(section, terms) }));
    const here = scored.filter(({ isHere }) => isHere);
    const whole = here.filter(({ hasAll }) => hasAll);
    return (whole.length > 0 ? whole : here).sort(
      (one, other) => other.value - one.value || one.place - other.place,
    );
  }

  // Where in a text words are found, as pairs of start and end, in order.
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
      let place = folded.indexOf(term);
      while (place >= 0) {
        const end = place + term.length;
        found.push([starts[place], Math.max(starts[end], starts[end - 1] + 1)]);
        place = folded.indexOf(term, end);
      }
    }
    return found.sort((one, other) => one[0] - other[0]);
  }

  function marked(text, terms) {
    const parts = [];
    let done = 0;
    for (const [start, end] of places(text, terms)) {
      if (start < done) continue; // part of a word that is marked already
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
    // Folding seldom moves anything, and then by a few letters: the words stay in the excerpt.
    const about = hit === Infinity ? 0 : Math.round(hit * (text.length / folded.length));
    const space = text.indexOf(" ", Math.max(0, about - CONTEXT));
    // Not every language has spaces between its words.
    const from = about <= CONTEXT ? 0 : space >= 0 && space < about ? space + 1 : about - CONTEXT;
    const to = from + 3 * CONTEXT;
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
    const said = found.length > 0 ? `${results}: ${found.length}` : none;
    status.textContent = terms.length > 0 ? said : "";
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
