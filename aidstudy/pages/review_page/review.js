"use strict";
// What is said while the page is used, in the language that is shown.
const phrase = (key, ...values) => {
  const said = JSON.parse(document.body.dataset.said)[document.documentElement.dataset.language];
  return said[key].replace(/\{(\d)\}/g, (_, place) => values[place]);
};
(() => {
  const root = document.documentElement;
  const by = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const page = by("page"), tables = by("tables"), details = by("details");
  // Rows and marks may be added while the page is open.
  let marks = [], figures = [], places = new Map();
  const gather = () => {
    marks = all("a.mark", page);
    figures = all("#tab-figures tbody tr");
    places = new Map(all("#tables tbody tr").map((row) => [row, by(row.querySelector("a").hash.slice(1))]));
  };
  const rowOf = (mark) => by(mark.hash.slice(1));

  // Words: both languages stand in the attributes.
  const say = (language) => {
    root.lang = language === "zh" ? "zh-Hans" : "en-GB";
    root.dataset.language = language;
    for (const node of all(`[data-${language}]`)) node.textContent = node.getAttribute(`data-${language}`);
    for (const node of all("[data-label-en]")) {
      node.setAttribute("aria-label", node.getAttribute(`data-label-${language}`));
    }
    count();
    document.dispatchEvent(new Event("words"));
  };

  // Filters.
  const shown = () => figures.filter((row) => !row.hidden);
  const count = () => {
    by("count").textContent = phrase("shown", shown().length, figures.length);
  };
  const boxes = all("#filters input");
  const filter = () => {
    gather();
    const unwanted = boxes.filter((box) => !box.checked);
    for (const row of figures) row.hidden = unwanted.some((box) => row.dataset[box.name] === box.value);
    for (const box of boxes) {
      const number = figures.filter((row) => row.dataset[box.name] === box.value).length;
      const label = box.closest("label"), shown = label.querySelector(".n");
      label.hidden = !number && box.name !== "decision";
      if (shown) shown.textContent = `(${number})`;
    }
    for (const sign of all(".legend [data-kind]")) {
      sign.hidden = !figures.some((row) => row.dataset.kind === sign.dataset.kind);
    }
    for (const number of all(".n[data-of=figures]")) number.textContent = `(${figures.length})`;
    if (by("no-figures")) by("no-figures").hidden = figures.length > 0;
    const seen = new Set(shown().map((row) => places.get(row)));
    for (const mark of marks) {
      if (mark.classList.contains("unread")) continue;
      mark.classList.toggle("off", !seen.has(mark));
      mark.classList.toggle("out", rowOf(mark).dataset.decision === "rejected");
    }
    rove();
    count();
  };
  by("filters").addEventListener("change", filter);
  document.addEventListener("filter", filter);
  for (const button of all("[data-all]")) {
    button.addEventListener("click", () => {
      for (const box of boxes) if (box.name === button.dataset.all) box.checked = button.value === "all";
      filter();
    });
  }

  // The claims that are ticked, as the command that takes them into the relations.
  const ticks = all("#tab-claims input");
  const chosen = () => {
    const numbers = ticks.filter((box) => box.checked).map((box) => box.value);
    by("accepting").textContent = numbers.length ? phrase("accept", numbers.length, numbers.join(",")) : "";
  };
  for (const box of ticks) box.addEventListener("change", chosen);
  if (ticks.length) document.addEventListener("words", chosen);

  // Which table is shown.
  const tabs = all("section.tab");
  const chooser = document.createElement("div");
  chooser.id = "chooser";
  chooser.setAttribute("role", "radiogroup");
  for (const name of ["en", "zh"]) chooser.setAttribute(`data-label-${name}`, tables.getAttribute(`data-label-${name}`));
  const choose = (tab) => {
    for (const other of tabs) other.hidden = other !== tab;
    by(`choose-${tab.id}`).checked = true;
    rove();
  };
  for (const tab of tabs) {
    const label = document.createElement("label"), radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "tab", id: `choose-${tab.id}` });
    radio.addEventListener("change", () => choose(tab));
    label.append(radio, " ", ...[...tab.querySelector("h2").childNodes].map((node) => node.cloneNode(true)));
    chooser.append(label);
    tab.querySelector("h2").hidden = true;
  }
  tables.prepend(chooser);

  // One stop of the Tab key for the page, one for the table; arrows move inside.
  const links = () => all("tbody tr:not([hidden]) th a", tabs.find((tab) => !tab.hidden));
  const stops = () => [marks.filter((mark) => !mark.classList.contains("off")), links()];
  const rove = () => {
    for (const link of all("#tables tbody a, a.mark")) link.tabIndex = -1;
    for (const group of stops()) {
      const current = group.find((link) => link.classList.contains("current") || link.closest("tr.current"));
      if (group.length) (current ?? group[0]).tabIndex = 0;
    }
  };
  const move = (event, group, back, on) => {
    const at = group.indexOf(document.activeElement);
    const to = { [back]: at - 1, [on]: at + 1, Home: 0, End: group.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const link = group[Math.min(group.length - 1, Math.max(0, to))];
    link.scrollIntoView({ block: "center" });
    link.focus({ preventScroll: true });
  };
  page.addEventListener("keydown", (event) => move(event, stops()[0], "ArrowLeft", "ArrowRight"));
  tables.addEventListener("keydown", (event) => {
    if (event.target.closest("tbody")) move(event, stops()[1], "ArrowUp", "ArrowDown");
  });

  // The row and the place that belong together.
  const current = (row, mark) => {
    for (const node of all(".current")) node.classList.remove("current");
    row?.classList.add("current");
    mark?.classList.add("current");
    rove();
    document.dispatchEvent(new CustomEvent("row", { detail: row }));
  };
  const centre = (pane, node) => {
    const box = node.getBoundingClientRect(), frame = pane.getBoundingClientRect();
    pane.scrollTop += box.top - frame.top - (frame.height - box.height) / 2;
  };
  document.addEventListener("focusin", (event) => {
    leader = null;
    const mark = event.target.closest("a.mark"), row = event.target.closest("#tables tbody tr");
    if (mark) {
      const tab = rowOf(mark).closest(".tab");
      current(rowOf(mark), mark);
      mark.scrollIntoView({ block: "nearest" });
      show(mark, rowOf(mark));
      if (!tab.hidden) centre(tables, rowOf(mark));
    } else if (row) {
      const place = places.get(row);
      current(row, place.matches(".mark") ? place : place.closest(".mark"));
      if (!place.closest(".mark.off")) centre(page, place);
      hide();
    } else {
      hide();
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.mark, #tables tbody a");
    if (!link) {
      // Anywhere in a row: the row becomes the current one.
      const row = event.target.closest("#tables tbody tr");
      if (row && getSelection().isCollapsed) row.querySelector("a").focus({ preventScroll: true });
      return;
    }
    event.preventDefault();
    const mark = link.matches(".mark");
    // The end of a selection made with the mouse is no click on what lies below.
    if (mark && event.detail && !getSelection().isCollapsed) return;
    const row = mark ? rowOf(link) : link.closest("tr");
    if (mark) {
      if (link.classList.contains("off")) return;
      choose(row.closest(".tab"));
      row.querySelector("a").focus({ preventScroll: true });
      centre(tables, row);
      return;
    }
    const place = places.get(row);
    const target = place.closest(".mark") ?? place;
    if (row.closest("#tab-repairs") && view.value === "printed") {
      view.value = "marked";
      view.dispatchEvent(new Event("change"));
    }
    if (!target.matches(".mark")) target.tabIndex = -1;
    centre(page, place);
    target.focus({ preventScroll: true });
  });

  // Details: the cells of the row, copied as text.
  let waiting = 0, open = null;
  const show = (mark, row) => {
    clearTimeout(waiting);
    const names = all("thead th", row.closest("table")), list = document.createElement("dl");
    [...row.cells].forEach((cell, index) => {
      if (!cell.textContent.trim()) return;
      const name = document.createElement("dt"), value = document.createElement("dd");
      name.textContent = names[index].textContent;
      value.lang = cell.lang;
      value.append(...[...cell.cloneNode(true).childNodes]);
      for (const link of all("a", value)) link.replaceWith(link.textContent);
      list.append(name, value);
    });
    details.replaceChildren(list);
    details.hidden = false;
    open?.removeAttribute("aria-describedby");
    open = mark;
    mark.setAttribute("aria-describedby", "details");
    place();
  };
  const place = () => {
    const frame = page.getBoundingClientRect();
    const box = open.getClientRects()[0], size = details.getBoundingClientRect();
    if (box.bottom < frame.top || box.top > frame.bottom) return hide();
    const below = box.bottom + 6 + size.height <= innerHeight;
    details.style.top = `${Math.max(4, below ? box.bottom + 6 : box.top - size.height - 6)}px`;
    details.style.left = `${Math.max(4, Math.min(box.left, innerWidth - size.width - 4))}px`;
  };
  const hide = () => {
    clearTimeout(waiting);
    details.hidden = true;
    open?.removeAttribute("aria-describedby");
    open = null;
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(hide, 250);
  };
  page.addEventListener("pointerover", (event) => {
    const mark = event.target.closest("a.mark");
    if (mark && event.pointerType === "mouse" && !mark.classList.contains("off")) show(mark, rowOf(mark));
  });
  page.addEventListener("pointerout", (event) => {
    if (event.target.closest("a.mark")) later();
  });
  details.addEventListener("pointerenter", () => clearTimeout(waiting));
  details.addEventListener("pointerleave", later);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  // The two panes scroll together; the one that is used leads.
  let leader = null;
  const top = (node) => node.getBoundingClientRect().top;
  const first = (nodes, line) => {
    let low = 0, high = nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (top(nodes[middle]) < line) low = middle + 1; else high = middle;
    }
    return nodes[Math.min(low, nodes.length - 1)];
  };
  const follow = () => {
    const tab = tabs.find((one) => !one.hidden);
    const rows = all("tbody tr:not([hidden])", tab);
    if (!rows.length || !leader) return;
    const other = leader === page ? tables : page;
    const room = leader.scrollHeight - leader.clientHeight;
    if (leader.scrollTop <= 1) { other.scrollTop = 0; return; }
    if (leader.scrollTop >= room - 1) { other.scrollTop = other.scrollHeight; return; }
    const head = tab.querySelector("thead").offsetHeight + chooser.offsetHeight;
    const edge = (pane) => top(pane) + (pane === tables ? head : 0);
    const from = leader === page ? first(rows.map((row) => places.get(row)), edge(page)) : first(rows, edge(tables));
    const to = leader === page ? rows.find((row) => places.get(row) === from) : places.get(from);
    other.scrollTop += top(to) - edge(other) - (top(from) - edge(leader));
  };
  for (const pane of [page, tables]) {
    for (const sign of ["pointerdown", "wheel", "touchstart", "keydown"]) {
      pane.addEventListener(sign, () => { leader = pane; }, { passive: true, capture: true });
    }
    let asked = false;
    pane.addEventListener("scroll", () => {
      if (open && pane === page) place();
      if (pane !== leader || asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; follow(); });
    }, { passive: true });
  }

  const language = by("language"), theme = by("theme"), view = by("view");
  language.addEventListener("change", () => say(language.value));
  theme.addEventListener("change", () => { root.dataset.theme = theme.value; });
  view.addEventListener("change", () => { root.dataset.view = view.value; });
  by("controls").hidden = false;
  language.value = root.dataset.language;
  choose(tabs[0]);
  filter();
  say(root.dataset.language);
})();
