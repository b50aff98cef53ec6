"use strict";
// What a page does beyond text and links: cards of studies, tabs, tables in another order, numbers to copy.
// Everything that it shows stands in the page; without it all of it is there, one below the other.
{
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const make = (name, properties = {}, ...inner) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inner);
    return made;
  };

  const button = (className, words, pressed) => {
    const made = make("button", { type: "button", className }, words);
    made.addEventListener("click", pressed);
    return made;
  };

  const plain = (text) => text.replace(/\s+/g, " ").trim();

  /** The words of a cell, without reference numbers, ways back and buttons. */
  const words = (cell) => {
    const copy = cell.cloneNode(true);
    all(".cite, .ways, .copy", copy).forEach((part) => part.remove());
    return plain(copy.textContent);
  };

  const isKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;

  /** Which of so many a key leads to from one of them; undefined of a key that leads nowhere. */
  const moved = (key, from, many) => {
    const next = from + 1 < many ? from + 1 : 0;
    const previous = from > 0 ? from - 1 : many - 1;
    const ways = { ArrowRight: next, ArrowDown: next, ArrowLeft: previous, ArrowUp: previous, Home: 0, End: many - 1 };
    return ways[key];
  };

  // What is said to those who do not see it.
  const status = make("div", { className: "unseen", role: "status" });
  document.querySelector("main").append(status);
  const say = (text) => { status.textContent = text; };

  // Links into what is folded or in another tab open it.

  const reveal = (target) => {
    for (let part = target; part; part = part.parentElement) {
      if (part.localName === "details") part.open = true;
      if (part.matches(".tabbed > .panel")) select(part);
    }
  };

  const targetOf = (hash) => document.getElementById(decodeURIComponent(hash.slice(1)));

  const goTo = () => {
    const target = location.hash.length > 1 && targetOf(location.hash);
    if (!target) return;
    reveal(target);
    target.scrollIntoView();
  };

  const followLinks = () => {
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (link) reveal(targetOf(link.getAttribute("href")));
    });
    window.addEventListener("hashchange", goTo);
    goTo();
  };

  // Tabs.

  const tabOf = (panel) => document.getElementById(panel.getAttribute("aria-labelledby"));

  const select = (panel) => {
    for (const other of all(":scope > .panel", panel.parentElement)) {
      const shown = other === panel;
      // A search in the page finds what is hidden so, and opens it.
      if (shown) other.removeAttribute("hidden");
      else other.setAttribute("hidden", "until-found");
      other.ariaHidden = shown ? null : "true";
      other.tabIndex = shown ? 0 : -1;
      tabOf(other).ariaSelected = String(shown);
      tabOf(other).tabIndex = shown ? 0 : -1;
    }
  };

  const putInTabs = (box) => {
    const panels = all(":scope > .panel", box);
    const list = make("div", { className: "tablist", role: "tablist", ariaLabel: "Figures, notes and numbers" });
    for (const panel of panels) {
      const tab = button("tab", panel.querySelector("h5").textContent, () => select(panel));
      Object.assign(tab, { role: "tab", id: `tab-${panel.id}` });
      tab.setAttribute("aria-controls", panel.id);
      panel.role = "tabpanel";
      panel.setAttribute("aria-labelledby", tab.id);
      panel.addEventListener("beforematch", () => select(panel));
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => {
      const tabs = [...list.children];
      const next = isKey(event) ? moved(event.key, tabs.indexOf(event.target), tabs.length) : undefined;
      if (next === undefined) return;
      event.preventDefault();
      select(panels[next]);
      tabs[next].focus();
    });
    box.prepend(list);
    box.classList.add("tabbed");
    select(panels[0]);
  };

  // Tables in another order.

  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
  const inOrder = new Intl.Collator("en", { numeric: true }).compare;

  /** What a cell is sorted by: a number in a column of numbers, else its words; null where there is nothing. */
  const sortKey = (cell, numbers) => {
    const text = words(cell);
    if (!numbers) return text === "–" || text === "" ? null : text;
    const value = Number(cell.dataset.value ?? parseFloat(text.replace(/[<>,]/g, "")));
    return Number.isNaN(value) ? null : value;
  };

  const sortRows = (rows, column, numbers, direction) => {
    const keyed = rows.map((row) => ({ row, key: sortKey(row.cells[column], numbers) }));
    const sign = direction === "descending" ? -1 : 1;
    // Rows without a value stay last both ways; rows with the same value stay in their first order.
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return sign * (numbers ? (a.key > b.key) - (a.key < b.key) : inOrder(a.key, b.key));
    });
    return keyed.map(({ row }) => row);
  };

  const makeSortable = (table) => {
    const [body] = table.tBodies;
    const first = [...body.rows];
    if (first.length < 3) return;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const heading = plain(head.textContent);
      const pressed = () => {
        const direction = NEXT[head.ariaSort ?? "none"];
        all("th[aria-sort]", table.tHead).forEach((other) => other.removeAttribute("aria-sort"));
        if (direction !== "none") head.ariaSort = direction;
        const numbers = head.classList.contains("right");
        body.append(...(direction === "none" ? first : sortRows(first, column, numbers, direction)));
        say(direction === "none" ? "First order" : `Sorted by ${heading}, ${direction}`);
      };
      head.replaceChildren(button("sort", heading, pressed));
    });
  };

  // Numbers to copy.

  const copyButton = (words, name, said) => {
    const made = button("copy", "", () => copy(said(), made));
    // The words are drawn by the style sheet: those of a cell or a paragraph stay the document's own.
    made.dataset.words = words;
    made.ariaLabel = `${words} ${name}`.trim();
    return made;
  };

  const offer = (text, pressed) => {
    const box = make("textarea", { className: "to-copy", readOnly: true, value: text, rows: 2 });
    box.ariaLabel = "To copy: press Ctrl+C or ⌘C";
    pressed.after(box);
    box.select();
    // The old way, for a page that may not reach the clipboard by the new one.
    const done = document.execCommand?.("copy") ?? false;
    if (done) {
      box.remove();
      pressed.focus();
    } else {
      say(box.ariaLabel);
      box.addEventListener("blur", () => box.remove());
    }
    return done;
  };

  const copy = async (text, pressed) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = offer(text, pressed);
    }
    if (!done) return;
    const words = pressed.dataset.words;
    if (words === "copied") return;
    pressed.dataset.words = "copied";
    say(`Copied: ${text.split("\n")[0]}`);
    setTimeout(() => { pressed.dataset.words = words; }, 1500);
  };

  const asLines = (table) =>
    [...table.rows].map((row) => [...row.cells].map(words).join("\t")).join("\n");

  const makeCopyable = () => {
    for (const row of all("tr[data-said]")) {
      const place = row.querySelector(".ways") ?? row.cells[0];
      place.append(copyButton("copy", words(row.cells[0]), () => plain(row.dataset.said)));
    }
    for (const paragraph of all("p.lead, p.estimate")) {
      let heading = paragraph;
      while (heading && heading.localName !== "h3") heading = heading.previousElementSibling;
      const said = [heading?.textContent, words(paragraph)].filter(Boolean).join(": ");
      paragraph.append(copyButton("copy", "these numbers", () => said));
    }
    for (const place of all(".table > .file")) {
      const table = place.parentElement.querySelector("table");
      place.append(copyButton("copy table", plain(table.caption.querySelector("b").textContent), () => asLines(table)));
    }
  };

  // The card of a study: its row of the table, beside its place in the figure.

  const STUDY = "figure svg a[href]";
  const card = make("div", { className: "card", id: "card", role: "tooltip", hidden: true });
  let shown = null;
  let shownAt;
  let aimed = null;
  let planned = 0;

  const rowOf = (study) => targetOf(study.getAttribute("href"));

  const fill = (study) => {
    const row = rowOf(study);
    const heads = [...row.closest("table").tHead.rows[0].cells];
    const facts = [...row.cells].slice(1).map((cell, i) => {
      const said = make("dd");
      said.append(...cell.cloneNode(true).childNodes);
      return make("div", {}, make("dt", {}, plain(heads[i + 1].textContent)), said);
    });
    const line = make("p", {}, make("a", { href: `#${row.id}` }, "row in the table"));
    line.append(copyButton("copy", "", () => plain(row.dataset.said)));
    const keys = "Enter: row in the table; C: copy; arrows: other studies; Esc: close";
    card.replaceChildren(
      make("p", { className: "study" }, words(row.cells[0])), make("dl", {}, ...facts), line,
      make("p", { className: "keys" }, keys),
    );
  };

  /** Beside the pointer, or below the study where there is none; always within the window. */
  const place = (study, x) => {
    const at = study.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = card;
    const right = document.documentElement.clientWidth - wide - 8;
    let left = x === undefined ? at.left + 16 : x + 20;
    if (x !== undefined && left > right) left = x - 20 - wide;
    let top = x === undefined ? at.bottom + 6 : at.top - 8;
    if (x === undefined && top + high > innerHeight) top = at.top - high - 6;
    top = Math.max(8, Math.min(top, innerHeight - high - 8));
    card.style.left = `${Math.max(8, Math.min(left, right))}px`;
    card.style.top = `${top}px`;
  };

  const show = (study, x) => {
    clearTimeout(planned);
    if (shown === study) return;
    hide();
    [shown, shownAt] = [study, x];
    fill(study);
    card.hidden = false;
    place(study, x);
    study.classList.add("shown");
    study.setAttribute("aria-describedby", card.id);
  };

  const hide = () => {
    clearTimeout(planned);
    card.hidden = true;
    shown?.classList.remove("shown");
    shown?.removeAttribute("aria-describedby");
    shown = null;
  };

  const plan = (then, wait) => {
    clearTimeout(planned);
    planned = setTimeout(then, wait);
  };

  const answerToPointer = () => {
    // Moved by a hand: what scrolls by under a pointer that rests was not pointed at.
    document.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      const before = aimed;
      aimed = card.contains(event.target) ? card : event.target.closest(STUDY);
      if (aimed === before) return;
      if (aimed === card || (aimed && aimed === shown)) clearTimeout(planned);
      else if (aimed) plan(show.bind(null, aimed, event.clientX), shown ? 60 : 120);
      else if (shown) plan(hide, 250);
      else clearTimeout(planned);
    });
    document.addEventListener("click", (event) => {
      const study = event.target.closest(STUDY);
      // A finger can't hover: its first tap shows the card, which leads on.
      if (study && event.pointerType === "touch" && shown !== study) {
        event.preventDefault();
        show(study, event.clientX);
      } else if (study || !card.contains(event.target) || event.target.closest("a")) {
        if (study) wayBack(study);
        else if (shown && card.contains(event.target)) wayBack(shown);
        hide();
      }
    });
  };

  /** The row leads back to the figure from which its reader came. */
  const wayBack = (study) => {
    const back = rowOf(study).querySelector(".back");
    const figure = plain(study.closest("figure").querySelector("figcaption b").textContent).replace(/\.$/, "");
    back.href = `#${study.id}`;
    back.dataset.figure = figure;
    back.ariaLabel = `↑ ${figure}: ${words(back.closest("th"))}`;
  };

  const answerToKeys = (drawing) => {
    const studies = all("a[href]", drawing);
    // One stop for the Tab key in each figure; arrows lead on from there.
    const stop = (at) => studies.forEach((study, i) => study.setAttribute("tabindex", i === at ? 0 : -1));
    stop(0);
    drawing.addEventListener("focusin", (event) => {
      const study = event.target.closest("a[href]");
      stop(studies.indexOf(study));
      if (study.matches(":focus-visible")) show(study);
    });
    drawing.addEventListener("focusout", () => plan(hide, 100));
    drawing.addEventListener("keydown", (event) => {
      if (!isKey(event)) return;
      const study = event.target.closest("a[href]");
      const next = moved(event.key, studies.indexOf(study), studies.length);
      if (next !== undefined) {
        event.preventDefault();
        studies[next].focus();
      } else if (event.key.toLowerCase() === "c") {
        show(study);
        copy(plain(rowOf(study).dataset.said), card.querySelector(".copy"));
      }
    });
  };

  const showCards = () => {
    const drawings = all("figure svg").filter((drawing) => drawing.querySelector("a[href]"));
    if (drawings.length === 0) return;
    document.querySelector("main").append(card);
    drawings.forEach(answerToKeys);
    answerToPointer();
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
    const follow = () => {
      if (!shown) return;
      const { top, bottom } = shown.getBoundingClientRect();
      if (bottom < 0 || top > innerHeight) hide();
      else place(shown, shownAt);
    };
    window.addEventListener("scroll", follow, { passive: true });
  };

  all(".tabs").forEach(putInTabs);
  all("table").forEach(makeSortable);
  makeCopyable();
  showCards();
  followLinks();
}
