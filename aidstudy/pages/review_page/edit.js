
(() => {
  const by = (id) => document.getElementById(id);
  const form = by("row"), fields = form.elements, wrong = by("wrong"), left = by("left");
  const told = (name) => JSON.parse(form.dataset[name]);
  const columns = told("columns"), typed = told("typed"), measures = told("measures");
  const language = () => document.documentElement.dataset.language;
  const say = (node, key, ...values) => {
    node.textContent = key ? phrase(key, ...values) : "";
    node.dataset.said = key ? JSON.stringify([key, ...values]) : "";
  };

  // A proposal is a row whose note begins with this word, here and in the table.
  const { proposed } = form.dataset;
  let rows = [...document.querySelectorAll("#tab-figures tr[data-raw]")].map((tr) => {
    const cells = JSON.parse(tr.dataset.raw);
    const before = Object.fromEntries(columns.map((name, place) => [name, cells[place]]));
    return { tr, before, now: { ...before }, decision: tr.dataset.decision };
  });
  const byRow = new Map(rows.map((row) => [row.tr, row]));
  const byId = new Map(rows.map((row) => [row.before.figure_id, row]));
  const kind = (row) => row.tr.dataset.kind;
  const cellOf = (row, name) => row.tr.querySelector(`[data-column="${name}"]`);
  const refresh = () => document.dispatchEvent(new Event("filter"));
  let here = null, unsaved = false;

  // Each change can be undone: what a row was before it.
  const past = [];
  const snapshot = (row) => ({ row, now: { ...row.now }, decision: row.decision });
  const same = (a, b) => JSON.stringify([a.now, a.decision]) === JSON.stringify([b.now, b.decision]);
  const restore = ({ row, now, decision }) => {
    Object.assign(row.now, now);
    row.decision = decision;
  };
  const keep = (change) => {
    past.push(change);
    by("undo").disabled = false;
    unsaved = true;
  };

  const fill = () => {
    const { now, before, added } = here;
    const shown = (name) => cellOf(here, name).textContent;
    say(by("row-name"), shown("cue") ? "name_cue" : "name", [now.figure_id, now.printed].join(" · "), shown("cue"));
    const read = ["kind", "value", "unit", "allowed", "bound"].map(shown);
    by("row-read").textContent = [`${now.start}–${now.end}`, ...read].filter(Boolean).join(" · ");
    for (const option of fields.measure.options) {
      option.hidden = option.disabled = !measures[kind(here)].includes(option.value);
    }
    for (const option of fields.subject.options) {
      const county = option.value.replace(/^.*>/, "").replace(/-p[0-9]+$/, "");
      option.hidden = option.disabled = option.value ? county !== now.article : now.article !== "page";
    }
    fields.counted.closest("label").hidden = kind(here) !== "count";
    for (const name of typed) if (name !== "donor") fields[name].value = now[name];
    const givers = now.donor.split(" ");
    for (const box of form.querySelectorAll("[name=donor]")) {
      box.checked = givers.includes(box.value);
      box.closest("label").hidden = ![...fields.subject.options].some((o) => o.value === `${box.value}>${now.article}`);
    }
    by("givers").hidden = now.article === "page";
    fields.article.disabled = !form.dataset.free;
    for (const radio of form.querySelectorAll("[name=decision]")) {
      radio.checked = radio.value === here.decision;
      // What a person has written is no proposal again.
      if (radio.value === "open") radio.disabled = !added && !before.note.startsWith(proposed);
    }
    say(wrong);
  };

  const show = (row) => {
    const { tr, now, decision } = row;
    tr.dataset.decision = decision;
    const cell = (name) => cellOf(row, name);
    const copy = (node, option) => {
      for (const one of ["en", "zh"]) node.setAttribute(`data-${one}`, option.getAttribute(`data-${one}`));
      node.textContent = option.getAttribute(`data-${language()}`);
    };
    copy(cell("measure"), [...fields.measure.options].find((option) => option.value === now.measure));
    copy(cell("decision"), form.querySelector(`[name=decision][value=${decision}] + span`));
    // A rule is exact because its measure says so.
    row.bounds ??= [tr.dataset.bound, cell("allowed").textContent];
    const rule = now.measure === "rule_ratio";
    tr.dataset.bound = rule ? "exact" : row.bounds[0];
    code(cell("bound"), "bound", tr.dataset.bound);
    cell("allowed").textContent = rule ? "" : row.bounds[1];
    for (const name of typed) if (cell(name) && name !== "measure") cell(name).textContent = now[name];
    if (kind(row) === "count") cell("unit").textContent = now.counted;
    count();
  };
  const count = () => say(left, "left", rows.filter((row) => row.decision === "open").length, rows.length);

  const overlapped = (start, end, except) => rows.find(
    (row) => row !== except && row.decision !== "rejected" && Number(row.now.start) < end && Number(row.now.end) > start,
  );

  // A sum that only the results of a pair take, and what would make it one of theirs.
  const idle = ({ now, asked }) => {
    if (asked || now.part_of || now.same_as || !told("steps").includes(now.measure) || now.article === "page") return null;
    const pairs = studying.subjects().filter((one) => one.endsWith(`>${now.article}`));
    const isProject = now.subject.startsWith(`${now.article}-p`);
    if (pairs.length && !isProject && !pairs.includes(now.subject)) return ["idle", pairs.map((one) => one.split(">").map(studying.name).join("→")).join(", ")];
    const year = String(studying.study.year);
    return now.measure === "commitment" && now.period !== year ? ["idle_year", year] : null;
  };

  // What stands in the way of accepting a row: the key of a message, and what goes into it.
  const fault = (row) => {
    const { now } = row;
    const other = overlapped(Number(now.start), Number(now.end), row);
    if (other) return ["overlaps", other.now.figure_id];
    if (kind(byId.get(now.figure_id)) === "count" && (!/^[a-z]+([ -][a-z]+)*$/.test(now.counted) || now.counted === form.dataset.thing)) {
      return ["counted"];
    }
    if (now.article !== "page" && !now.subject) return ["subject"];
    if (kind(byId.get(now.figure_id)) === "money" && now.measure === "other" && !now.note) return ["note"];
    const label = now.label_en.split(" ").filter(Boolean);
    if (!label.length || label.length > 8) return ["label_en"];
    const point = "[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?";
    if (now.period && !new RegExp(`^${point}(/${point})?$`).test(now.period)) return ["period"];
    for (const name of ["same_as", "part_of"]) {
      if (!now[name]) continue;
      const other = byId.get(now[name]), self = byId.get(now.figure_id);
      const fits = other && other !== self && other.decision !== "rejected" && other.now.article === now.article && kind(other) === kind(self);
      if (!fits || (name === "same_as" && Number(other.now.start) > Number(now.start))) return [name];
    }
    return null;
  };

  const decide = (decision) => {
    const { now, before } = here;
    const was = snapshot(here);
    if (decision === here.decision && decision !== "accepted") return true;
    if (decision === "open") {
      const other = overlapped(Number(now.start), Number(now.end), here);
      if (other) { fill(); say(wrong, "overlaps", other.now.figure_id); return false; }
    }
    if (decision === "rejected") {
      const user = rows.find((row) => [row.now.same_as, row.now.part_of].includes(now.figure_id));
      const stays = !form.dataset.free ? ["kept"] : user ? ["named", user.now.figure_id] : null;
      if (stays) { fill(); say(wrong, ...stays); return false; }
    }
    if (decision === "accepted") {
      // What the rules wrote goes; what a person added stays.
      if (now.note === before.note) now.note = now.note.startsWith(proposed) ? "" : now.note;
      else if (now.note.startsWith(proposed)) now.note = now.note.slice(proposed.length);
      now.label_en = now.label_en.replace(/^Draft: ./, (start) => start.slice(-1).toUpperCase());
      const doubt = fault(here) ? null : idle(here), found = fault(here) ?? doubt;
      if (found) {
        // Accepted a second time, it stands as it is.
        if (doubt) here.asked = true;
        const focused = document.activeElement;
        restore(was);
        fill();
        say(wrong, ...found);
        if (fields[found[0]]?.focus && focused !== fields[found[0]]) fields[found[0]].focus();
        return false;
      }
    } else if (decision === "open") {
      now.note = before.note;
    }
    here.decision = decision;
    if (!same(was, here)) keep(was);
    show(here);
    fill();
    refresh();
    return true;
  };

  const change = (event) => {
    const name = event.target.name;
    if (name === "decision") { decide(event.target.value); return; }
    if (!typed.includes(name)) return;
    const boxes = [...form.querySelectorAll("[name=donor]:checked")].map((box) => box.value);
    const value = name === "donor" ? boxes.join(" ") : fields[name].value.trim().replace(/\s+/g, " ");
    if (value === here.now[name]) return;
    keep(snapshot(here));
    here.now[name] = value;
    if (name === "article") {
      const pairs = studying.subjects().filter((one) => one.endsWith(`>${value}`));
      here.now.subject = value === "page" ? "" : pairs.length === 1 ? pairs[0] : value;
      here.now.donor = here.now.donor && pairs.length === 1 ? pairs[0].split(">")[0] : "";
      fill();
    }
    show(here);
    if (name === "measure") refresh();
    const found = here.decision === "accepted" ? fault(here) : null;
    // An accepted row that no longer holds must be mended before the table is saved.
    say(wrong, ...(found ?? []));
  };

  const go = (row) => {
    if (!row) return;
    row.tr.querySelector("a").focus({ preventScroll: true });
    row.tr.scrollIntoView({ block: "center" });
  };
  const step = (by, fits = () => true) => {
    const place = rows.indexOf(here), count = rows.length;
    for (let n = 1; n <= count; n += 1) {
      const row = rows[(place + by * n + count * n) % count];
      if (!row.tr.hidden && fits(row)) return row;
    }
    return null;
  };
  const open = (row) => row.decision === "open";

  // Numbers count up in the order of the page.
  const numbered = (kept) => {
    const numbers = {}, ids = {};
    for (const { now } of kept) {
      numbers[now.article] = (numbers[now.article] ?? 0) + 1;
      ids[now.figure_id] = `${now.article}-${String(numbers[now.article]).padStart(3, "0")}`;
    }
    return ids;
  };
  const csv = () => {
    const kept = rows.filter((row) => row.decision !== "rejected");
    const ids = numbered(kept);
    const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const line = (cells) => `${cells.map(quoted).join(",")}\n`;
    const told = kept.map(({ now, decision }) => {
      const open = decision === "open" && !now.note.startsWith(proposed);
      const named = { figure_id: ids[now.figure_id], same_as: ids[now.same_as] ?? "", part_of: ids[now.part_of] ?? "" };
      if (open) named.note = proposed + now.note;
      return line(columns.map((name) => named[name] ?? now[name]));
    });
    return line(columns) + told.join("");
  };
  // What a row may name, as the places and pairs are now.
  const offer = ({ detail: isChange }) => {
    const { recipients, donors } = studying.study;
    const options = (select, choices) => {
      const chosen = select.value;
      select.replaceChildren(...choices.map(([value, en, zh]) => {
        const option = new Option(language() === "zh" ? zh : en, value);
        [option.dataset.en, option.dataset.zh] = [en, zh];
        return option;
      }));
      select.value = chosen;
    };
    const counties = Object.entries(recipients).map(([slug, { en, zh }]) => [slug, `${en} ${zh}`, zh]);
    const pairs = studying.subjects().map((one) => {
      const [giver, taker] = one.split(">").map((slug) => donors[slug] ?? recipients[slug]);
      return [one, `${giver.en} → ${taker.en}, ${giver.zh}→${taker.zh}`, `${giver.zh}→${taker.zh}`];
    });
    const articles = [...counties, ["page", ...told("page")]];
    options(fields.article, articles);
    options(place.article, articles);
    options(fields.subject, [["", "", ""], ...counties, ...pairs, ...told("projects")]);
    by("givers").querySelector("div").replaceChildren(...Object.entries(donors).map(([slug, { en, zh }]) => {
      const label = document.createElement("label"), box = document.createElement("input");
      Object.assign(box, { type: "checkbox", name: "donor", value: slug });
      label.append(box, ` ${language() === "zh" ? zh : `${en} ${zh}`}`);
      return label;
    }));
    unsaved ||= isChange;
    const said = wrong.dataset.said;
    if (here) fill();
    if (said) say(wrong, ...JSON.parse(said));
  };
  const save = (name, content) => {
    for (const row of rows) {
      const undecided = row.added && row.decision === "open" && ["undecided", row.now.figure_id];
      const found = undecided || (row.decision === "accepted" && fault(row));
      if (found) { go(row); say(wrong, ...found); return; }
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content()], { type: "text/plain" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    unsaved = false;
    say(wrong, name === "figures.csv" ? "saved" : "saved_all");
  };

  // A figure that the draft missed: its place, what is read there, and its row.
  const adding = by("place"), place = adding.elements, misplaced = by("misplaced"), pick = by("pick");
  const table = document.querySelector("#tab-figures tbody"), page = by("page");
  const given = (name) => JSON.parse(adding.dataset[name]);
  const readings = given("readings"), codes = given("codes"), signs = given("signs"), named = given("named");
  const numeral = new RegExp(`[${given("numerals")}]`);
  const word = (column, value) => codes[column][value]?.[language() === "zh" ? 1 : 0] ?? value;
  // Function declarations, as they are used above.
  function code(node, column, value) {
    const told = codes[column][value] ?? [value, value];
    node.dataset.en = told[0];
    node.dataset.zh = told[1];
    node.textContent = word(column, value);
  }
  let ways = [], newest = 0, picked = null;

  const span = () => [Number(place.start.value), Number(place.end.value)];
  const readingsOf = (printed) => {
    const found = readings[printed] ?? [];
    if (!numeral.test(printed) || printed.length > 60) return found;
    const other = named.filter((one) => found.every((way) => way[0] !== one));
    // Where it is no number of anything, a person says what else it is.
    const first = found.length ? found : [null];
    return [...first, ...other.map((one) => [one, printed, "", "", "exact", { kind_hint: one }])];
  };
  const reading = (way) => {
    if (!way) return "–";
    const [kind, value, unit, allowed, bound] = way;
    return [word("kind", kind), value, word("unit", unit), allowed, word("bound", bound)].filter(Boolean).join(" · ");
  };
  const chosen = () => ways[place.reading.selectedIndex];
  const articleAt = (start) => {
    const own = rows.filter((row) => row.now.article !== "page");
    const above = own.findLast((row) => Number(row.now.start) <= start) ?? own[0];
    return above?.now.article ?? place.article.options[0].value;
  };
  // What stands in the way of adding what the form says.
  const misfit = () => {
    const [start, end] = span();
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= marking.size())) return ["unplaced"];
    const other = overlapped(start, end);
    if (other) return ["overlaps", other.now.figure_id];
    return chosen() ? null : ["not_read"];
  };
  // The place that the form says, with the words around it, and how it can be read.
  const look = () => {
    marking.scan();
    const [start, end] = span(), around = by("around");
    ways = [];
    around.replaceChildren();
    const fits = start >= 0 && start < end && end <= marking.size();
    marking.point(fits ? [start, end] : null);
    if (fits) {
      const mark = document.createElement("mark");
      mark.textContent = marking.slice(start, end);
      around.append(marking.slice(Math.max(0, start - 12), start), mark, marking.slice(end, end + 12));
      const printed = marking.plain(mark.textContent);
      ways = mark.textContent.length < 200 ? readingsOf(printed) : [];
    }
    place.reading.replaceChildren(...ways.map((way) => new Option(reading(way))));
    say(misplaced, ...(misfit() ?? []));
  };
  const locate = (found) => {
    [place.start.value, place.end.value] = found;
    place.article.value = articleAt(found[0]);
    look();
  };
  const start = (found) => {
    adding.hidden = false;
    form.hidden = true;
    pick.hidden = true;
    place.find.value = "";
    marking.scan();
    place.start.max = place.end.max = marking.size();
    if (found) locate(found);
    else {
      place.start.value = place.end.value = "";
      look();
      say(misplaced);
    }
    (found && chosen() ? place.reading : found ? place.end : place.find).focus();
  };
  const leave = () => {
    adding.hidden = true;
    form.hidden = false;
    marking.point(null);
    picked = null;
  };
  const search = () => {
    const from = place.start.value === "" ? -1 : Number(place.start.value);
    const found = marking.find(place.find.value, from, ([first, last]) => !overlapped(first, last));
    if (found) locate(found);
    else say(misplaced, place.find.value.trim() ? "not_found" : "unplaced");
  };

  // Marks that lie below a new one give way to it: unread digits, and figures that are left out.
  const cover = (mark, [from, to]) => {
    const below = [...page.querySelectorAll("a.mark")].map((one) => ({ one, span: marking.spanOf(one) }));
    const covered = below.filter((one) => one.span[0] < to && one.span[1] > from);
    for (const one of covered) {
      marking.unwrap(one.one);
      one.links = [...document.querySelectorAll(`#tables tbody a[href="#${one.one.id}"]`)];
      for (const link of one.links) link.hash = `#${mark.id}`;
    }
    marking.wrap(mark, from, to);
    return () => {
      marking.unwrap(mark);
      for (const one of covered) {
        marking.wrap(one.one, ...one.span);
        for (const link of one.links) link.hash = `#${one.one.id}`;
      }
    };
  };
  const rowOf = ([from, to], printed, [kindRead, value, unit, allowed, bound, hints], article) => {
    newest += 1;
    const id = `new-${newest}`;
    const cells = { ...Object.fromEntries(columns.map((name) => [name, ""])), ...hints };
    Object.assign(cells, { figure_id: id, article, start: String(from), end: String(to), printed, measure: "other" });
    if (measures[kindRead].length === 1) [cells.measure] = measures[kindRead];
    const tr = by("new-row").content.firstElementChild.cloneNode(true);
    tr.id = `fn${newest}`;
    Object.assign(tr.dataset, { kind: kindRead, bound, start: from, decision: "open" });
    const link = tr.querySelector("a"), mark = document.createElement("a");
    link.textContent = id;
    link.hash = `#mn${newest}`;
    mark.id = `mn${newest}`;
    mark.hash = mark.href = `#${tr.id}`;
    [mark.className, mark.dataset.sign] = [`mark ${signs[kindRead][0]}`, signs[kindRead][1]];
    const row = { tr, before: { ...cells }, now: cells, decision: "open", added: true };
    const cell = (name) => cellOf(row, name);
    [cell("printed").textContent, cell("value").textContent, cell("allowed").textContent] = [printed, value, allowed];
    for (const [name, read] of [["kind", kindRead], ["unit", unit], ["bound", bound]]) code(cell(name), name, read);
    return { row, mark };
  };
  const add = () => {
    marking.scan();
    const found = misfit();
    if (found) { say(misplaced, ...found); return; }
    const there = span(), article = place.article.value;
    const printed = marking.plain(marking.slice(...there));
    const { row, mark } = rowOf(there, printed, chosen(), article);
    const behind = rows.findIndex((one) => Number(one.now.start) > there[0]);
    const all = behind < 0 ? [...rows, row] : rows.toSpliced(behind, 0, row);
    const ids = numbered(all.filter((one) => one.decision !== "rejected"));
    if (!form.dataset.free && all.some((one) => !one.added && ids[one.now.figure_id] && ids[one.now.figure_id] !== one.now.figure_id)) {
      say(misplaced, "numbered");
      return;
    }
    const uncover = cover(mark, there);
    rows = all;
    byRow.set(row.tr, row);
    byId.set(row.now.figure_id, row);
    table.insertBefore(row.tr, [...table.rows].find((tr) => Number(tr.dataset.start) > there[0]) ?? null);
    keep({ row, remove: uncover });
    here = row;
    leave();
    by("row-fields").hidden = false;
    show(row);
    refresh();
    go(row);
    fill();
    say(wrong, "added", row.now.figure_id);
    fields.measure.focus();
  };
  const undo = () => {
    const change = past.pop();
    if (!change) return;
    by("undo").disabled = !past.length;
    unsaved = true;
    const { row, remove } = change;
    if (remove) {
      const place = rows.indexOf(row);
      remove();
      row.tr.remove();
      rows = rows.filter((one) => one !== row);
      byRow.delete(row.tr);
      byId.delete(row.now.figure_id);
      here = rows[Math.max(0, place - 1)] ?? null;
    } else {
      restore(change);
      show(row);
      here = row;
    }
    refresh();
    count();
    by("row-fields").hidden = !here;
    if (here) {
      const focused = document.activeElement;
      go(here);
      fill();
      if (form.contains(focused)) focused.focus({ preventScroll: true });
    } else {
      say(by("row-name"));
      by("row-read").textContent = "";
    }
    say(wrong, remove ? "removed" : "undone", row.now.figure_id);
  };

  document.addEventListener("selectionchange", () => {
    picked = marking.selected();
    pick.hidden = !picked || !adding.hidden;
    if (pick.hidden) return;
    const box = [...getSelection().getRangeAt(0).getClientRects()].at(-1), size = pick.getBoundingClientRect();
    if (!box) return;
    pick.style.top = `${Math.min(innerHeight - size.height - 4, box.bottom + 6)}px`;
    pick.style.left = `${Math.max(4, Math.min(box.left, innerWidth - size.width - 4))}px`;
  });
  // The digits that the reader left, or a figure left out, when they are the current place.
  const current = () => {
    const mark = page.querySelector("a.mark.current:is(.unread, .out)");
    return mark ? marking.spanOf(mark) : null;
  };
  for (const button of [pick, by("add")]) {
    // What is selected stays so while the button is pressed.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => start(picked ?? current()));
  }
  by("find-next").addEventListener("click", search);
  place.find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search();
  });
  for (const name of ["start", "end"]) {
    place[name].addEventListener("input", () => {
      if (name === "start" && place.start.value !== "") place.article.value = articleAt(Number(place.start.value));
      look();
    });
  }
  place.reading.addEventListener("change", () => say(misplaced, ...(misfit() ?? [])));
  adding.addEventListener("submit", (event) => { event.preventDefault(); add(); });
  const cancel = () => { leave(); by("add").focus(); };
  by("cancel").addEventListener("click", cancel);
  adding.addEventListener("keydown", (event) => { if (event.key === "Escape") cancel(); });
  by("undo").addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.target.matches("input[type=text], input[type=number]") || !adding.hidden) return;
    event.preventDefault();
    undo();
  });

  document.addEventListener("row", ({ detail: tr }) => {
    const row = byRow.get(tr);
    if (!row || row === here) return;
    here = row;
    fill();
  });
  document.addEventListener("words", () => {
    for (const node of [wrong, left, misplaced, by("row-name")]) if (node.dataset.said) say(node, ...JSON.parse(node.dataset.said));
    ways.forEach((way, index) => { place.reading.options[index].textContent = reading(way); });
  });
  form.addEventListener("change", change);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (document.activeElement.matches("input")) change({ target: document.activeElement });
    if (!here || !decide("accepted")) return;
    const next = step(1, open);
    go(next);
    if (next) form.querySelector("[name=decision][value=open]").focus({ preventScroll: true });
  });
  by("previous").addEventListener("click", () => go(step(-1)));
  by("next").addEventListener("click", () => go(step(1)));
  by("next-open").addEventListener("click", () => go(step(1, open)));
  by("save").addEventListener("click", () => save("figures.csv", csv));
  by("save-all").addEventListener("click", () => save("review.json", () => JSON.stringify(studying.saved(csv()), null, 1)));
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  studying.uses((what) => rows.find(({ now, decision }) => {
    const [giver, taker] = what.split(">"), givers = now.donor.split(" ");
    const named = [now.article, now.subject, ...now.subject.split(">"), ...givers].includes(what);
    return decision !== "rejected" && (named || (now.article === taker && givers.includes(giver)));
  })?.now.figure_id);
  document.addEventListener("study", offer);
  studying.draw(false);
  form.hidden = false;
  by("undo").disabled = true;
  by("row-fields").hidden = !rows.length;
  count();
  if (rows.length) {
    here = rows.find(open) ?? rows[0];
    fill();
  }
  refresh();
})();
