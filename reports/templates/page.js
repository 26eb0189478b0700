"use strict";
// The view lives in the address after #: lang, theme, sort, find, entry, other, status, family, q; w
// (the weights in percent) and band (seconds of full and of no marks).
(() => {
  const root = document.documentElement;
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  root.classList.add("js");

  const read = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  let state = read();

  function keep(changes) {
    for (const [name, value] of Object.entries(changes)) {
      if (value) state.set(name, value); else state.delete(name);
    }
    history.replaceState(null, "", "#" + state);
    show();
  }

  // --- language: English stands in the page, Chinese beside it in data-zh ---
  const ATTRIBUTES = ["title", "placeholder", "aria-label"];

  function speak(language) {
    if (root.lang === language) return;
    root.lang = language;
    translate(language, document);
  }

  function translate(language, inside) {
    for (const element of all("[data-zh]", inside)) {
      element.dataset.en ??= element.textContent;
      element.textContent = element.dataset[language];
    }
    for (const name of ATTRIBUTES) {
      for (const element of all(`[data-zh-${name}]`, inside)) {
        const english = `data-en-${name}`;
        if (!element.hasAttribute(english)) element.setAttribute(english, element.getAttribute(name));
        element.setAttribute(name, element.getAttribute(`data-${language}-${name}`));
      }
    }
  }

  const wanted = () => state.get("lang") || (navigator.language.startsWith("zh") ? "zh" : "en");

  // --- light or dark: as the system has it, until the button says otherwise ---
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const usual = () => dark.matches ? "dark" : "light";
  const theme = () => ["light", "dark"].includes(state.get("theme")) ? state.get("theme") : usual();

  function paint() {
    root.dataset.theme = theme();
    for (const word of one("#theme").children) word.hidden = word.dataset.to === theme();
  }

  one("#theme").onclick = () => {
    const other = theme() === "dark" ? "light" : "dark";
    keep({ theme: other === usual() ? "" : other });
  };
  dark.addEventListener("change", paint);

  // --- a page beside this one opens as this one is read ---
  const beside = all('a[href$=".html"]');

  function lead() {
    const kept = ["lang", "theme"].filter((name) => state.get(name)).map((name) => [name, state.get(name)]);
    for (const link of beside) link.hash = new URLSearchParams(kept);
  }

  // --- what scrolls sideways can be reached by keyboard ---
  const scrollers = all(".scroll");

  function reach() {
    for (const scroller of scrollers) {
      if (scroller.scrollWidth > scroller.clientWidth) scroller.tabIndex = 0;
      else scroller.removeAttribute("tabindex");
    }
  }

  // --- tables: sort by a column, find a row ---
  const tables = all("table.sortable").map((table, at) => {
    const body = table.tBodies[0];
    return { table, body, name: table.dataset.table ?? `${at}`, rows: [...body.rows], heads: [...table.tHead.rows[0].cells] };
  });

  for (const { name, heads } of tables) {
    for (const head of heads.filter((cell) => cell.dataset.key)) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.onclick = () => keep({ sort: next(name, head) });
      head.append(button);
    }
  }

  // A first click sorts words and costs upwards, scores downwards; a second turns it; a third ends it.
  function next(table, head) {
    const key = head.dataset.key;
    const upwards = head.closest("[data-up]") || !head.classList.contains("num");
    const turns = upwards ? ["up", "down"] : ["down", "up"];
    const [was, now, way] = (state.get("sort") || "").split(":");
    if (was !== table || now !== key) return `${table}:${key}:${turns[0]}`;
    return way === turns[0] ? `${table}:${key}:${turns[1]}` : "";
  }

  // A cell says what it sorts by, or else shows it; of "1,234.5 [1,200, 1,300]" that is the first number.
  function value(row, column, head) {
    const cell = row.cells[column];
    const text = cell.dataset.v ?? (head.classList.contains("num") ? number(cell.textContent) : cell.textContent.trim());
    return text === "" ? null : text;
  }

  function number(text) {
    return /[−-]?\d[\d,]*(\.\d+)?(e[−+-]?\d+)?/.exec(text)?.[0].replaceAll(",", "").replaceAll("−", "-") ?? "";
  }

  function compare(left, right) {
    const a = Number(left), b = Number(right);
    return Number.isNaN(a) || Number.isNaN(b) ? left.localeCompare(right, root.lang) : a - b;
  }

  function sort({ table, body, name, rows, heads }) {
    const [wantedTable, key, way] = (state.get("sort") || "").split(":");
    const column = wantedTable === name ? heads.findIndex((cell) => cell.dataset.key === key) : -1;
    heads.forEach((cell) => cell.removeAttribute("aria-sort"));
    table.toggleAttribute("data-sorted", column >= 0);
    let order = rows;
    if (column >= 0) {
      heads[column].setAttribute("aria-sort", way === "down" ? "descending" : "ascending");
      const sign = way === "down" ? -1 : 1;
      const by = (row) => value(row, column, heads[column]);
      const known = rows.filter((row) => by(row) !== null);
      known.sort((a, b) => sign * compare(by(a), by(b)));
      order = [...known, ...rows.filter((row) => by(row) === null)];
    }
    body.append(...order);
  }

  const find = one("#find");
  if (find) find.oninput = () => keep({ find: find.value });

  function filterRows() {
    const text = fold(state.get("find") || "");
    for (const { rows } of tables) {
      for (const row of rows) row.hidden = !fold(row.dataset.name ?? text).includes(text);
    }
    if (find && find.value !== (state.get("find") || "")) find.value = state.get("find") || "";
  }

  // --- answers: each question's lie in a noscript, which a browser that runs this leaves unread;
  // so thousands of them cost nothing until they are opened ---
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const form = one("#filters");
  const questions = all("#questions > .q");
  const folded = new Map();

  const SIGNS = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };
  const source = (question) => question.querySelector("noscript")?.textContent ?? "";

  function text(question) {
    if (!folded.has(question)) {
      const plain = source(question).replace(/<[^>]*>/g, " ").replace(/&(?:amp|lt|gt|#34|#39);/g, (sign) => SIGNS[sign]);
      const shown = [...question.children].filter((child) => child.tagName !== "NOSCRIPT");
      folded.set(question, fold([...shown.map((child) => child.textContent), plain].join(" ")));
    }
    return folded.get(question);
  }

  function unfold(question) {
    const hidden = question.querySelector("noscript");
    if (!hidden) return;
    text(question);
    hidden.outerHTML = hidden.textContent;
    if (root.lang === "zh") translate("zh", question);
    choose(question);
    cancelAnimationFrame(marking);
    marking = requestAnimationFrame(() => mark(searched()));
  }

  // Right, half right, or nothing earned: what is no flip is no difference.
  const worth = (letter) => "rp".includes(letter) ? letter : "w";

  function fits(question, { status, family, entry, other, q }) {
    const letters = question.dataset.s;
    if (family && question.dataset.f !== family) return false;
    if (other >= 0 && !differs(letters, entry, other)) return false;
    if (status === "split" && new Set(letters).size < 2) return false;
    if (status && status !== "split") {
      const seen = entry >= 0 ? letters[entry] : letters;
      if (!seen.includes(status[0])) return false;
    }
    return !q || text(question).includes(q);
  }

  // Whether two entries fared differently; without a first, any entry from the second.
  function differs(letters, entry, other) {
    const firsts = entry >= 0 ? [letters[entry]] : [...letters];
    return firsts.some((letter) => worth(letter) !== worth(letters[other]));
  }

  const searched = () => fold(state.get("q") || "").trim();
  const at = (name) => form.elements[name] ? form.elements[name].selectedIndex - 1 : -1;
  let marking;

  function choose(inside) {
    const chosen = [at("entry"), at("other")];
    for (const row of all("tr", inside)) row.classList.toggle("chosen", chosen.includes(row.sectionRowIndex));
  }

  function filterAnswers() {
    if (!form) return;
    for (const field of form.querySelectorAll("[name]")) {
      const now = state.get(field.name) || "";
      if (field.value !== now) field.value = now;
    }
    const q = searched();
    const wish = { status: state.get("status"), family: state.get("family"), entry: at("entry"), other: at("other"), q };
    let shown = 0;
    for (const question of questions) {
      question.hidden = !fits(question, wish);
      shown += !question.hidden;
    }
    choose(one("#questions"));
    const output = form.querySelector("output");
    const sentence = root.lang === "zh" ? output.dataset.ofZh : output.dataset.ofEn;
    output.textContent = sentence.replace("{shown}", shown).replace("{all}", questions.length);
    one("#nothing").hidden = shown > 0;
    mark(q);
  }

  // Marks what was searched for, without touching the text itself.
  function mark(q) {
    if (!window.Highlight || !CSS.highlights) return;
    CSS.highlights.delete("found");
    if (!q) return;
    const ranges = [];
    const kept = ({ parentNode }) => parentNode.tagName === "NOSCRIPT" ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
    const walker = document.createTreeWalker(one("#questions"), NodeFilter.SHOW_TEXT, kept);
    while (walker.nextNode() && ranges.length < 2000) {
      const node = walker.currentNode;
      const at = node.data.toLowerCase().indexOf(q);
      if (at >= 0) ranges.push(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + q.length }));
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  if (form) {
    let waiting;
    form.onsubmit = (event) => event.preventDefault();
    form.onreset = (event) => {
      event.preventDefault();
      keep({ entry: "", other: "", status: "", family: "", q: "" });
    };
    form.oninput = (event) => {
      clearTimeout(waiting);
      const { name, value } = event.target;
      waiting = setTimeout(() => keep({ [name]: value }), name === "q" ? 120 : 0);
    };
    one("#questions").addEventListener("toggle", (event) => {
      if (event.target.open && event.target.matches(".q")) unfold(event.target);
    }, true);
    one("#open").onclick = () => {
      const shown = questions.filter((question) => !question.hidden);
      const open = shown.some((question) => !question.open);
      shown.forEach((question) => { question.open = open; });
    };
  }

  // --- your weights ---
  const sliders = one("#weights .sliders");
  const weighing = sliders && scores.read(one("#weights script").textContent);
  const ranges = sliders ? all("input", sliders) : [];
  const weighedRows = all("#weights tbody tr");
  const decimals = (x, n) => (x - Math.floor(x) === 0.25 ? x - 0.05 : x).toFixed(n);  // as Python rounds
  const points = (x) => decimals(Number(x.toFixed(2)), 1);
  const places = ([best, worst]) => best === worst ? `${best}` : `${best}–${worst}`;

  // The numbers of one kind of slider as the address gives them, or as the profile has them.
  function chosen(name, own) {
    const found = (state.get(name) || "").split(",").map(Number);
    const fits = own && found.length === own.length && found.every((v) => v >= 0 && v < 1e9);
    return fits && state.get(name) ? found : own;
  }

  function weigh() {
    if (!sliders) return;
    const weights = chosen("w", weighing.weights.map((w) => 100 * w)), band = chosen("band", weighing.band);
    const whole = weights.reduce((a, b) => a + b, 0);
    const told = [...weights.map((w) => whole > 0 ? `${Math.round(100 * w / whole)}%` : "0%"),
      ...(band || []).map((t) => `${Number(t.toPrecision(3))} s`)];
    ranges.forEach((range, i) => {
      const value = i < weights.length ? weights[i] : Math.log10(band[i - weights.length]);
      if (range !== document.activeElement) range.value = value;
      range.previousElementSibling.textContent = told[i];
      range.setAttribute("aria-valuetext", told[i]);
    });
    const own = Boolean(state.get("w") || state.get("band"));
    one("#weights .whose > b").hidden = !own;
    one("#weights .whose > span").hidden = own;
    const found = scores.score(weighing, weights, band);
    if (found) fill(found);
  }

  function fill(found) {
    const order = found.map((_, i) => i).sort((a, b) => found[b].value - found[a].value || a - b);
    order.forEach((i, place) => {
      const [number, rank, , score, moved] = weighedRows[i].cells;
      const { value, low, high, rank: open } = found[i];
      number.textContent = place + 1;
      rank.firstChild.textContent = open ? places(open) : "–";
      score.firstChild.textContent = points(value);
      score.lastChild.textContent = `[${points(low)}, ${points(high)}]`;
      moved.textContent = place < i ? `▲ ${i - place}` : place > i ? `▼ ${place - i}` : "=";
    });
    weighedRows[0].parentElement.append(...order.map((i) => weighedRows[i]));
  }

  if (sliders) {
    // While a slider moves only this table follows; the address and the rest when it rests.
    const take = () => {
      const value = ({ name, valueAsNumber: v }) => name === "w" ? Number(v.toFixed(1)) : Number((10 ** v).toPrecision(2));
      for (const name of ["w", "band"]) {
        const values = ranges.filter((range) => range.name === name);
        if (values.includes(document.activeElement)) state.set(name, values.map(value).join(","));
      }
    };
    sliders.oninput = (event) => { event.target.focus(); take(); weigh(); };
    sliders.onchange = () => keep({});
    sliders.onsubmit = (event) => event.preventDefault();
    sliders.onreset = (event) => { event.preventDefault(); keep({ w: "", band: "" }); };
  }

  one("#language").onclick = () => keep({ lang: root.lang === "zh" ? "en" : "zh" });

  function show() {
    speak(wanted());
    paint();
    lead();
    tables.forEach(sort);
    filterRows();
    filterAnswers();
    weigh();
  }

  window.addEventListener("hashchange", () => { if (location.hash.includes("=") || !location.hash) { state = read(); show(); } });
  window.addEventListener("resize", reach);
  show();
  reach();
})();
