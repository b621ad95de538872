
(() => {
  const by = (id) => document.getElementById(id);
  const form = by("row"), fields = form.elements, wrong = by("wrong"), left = by("left");
  const told = (name) => JSON.parse(form.dataset[name]);
  const columns = told("columns"), typed = told("typed"), measures = told("measures");
  const language = () => document.documentElement.dataset.language;
  const words = {
    left: { en: (n, of) => `${n} of ${of} rows still to be decided`, zh: (n, of) => `${of} 行中尚有 ${n} 行待定` },
    saved: {
      en: () => "Saved as figures.csv. Put it into data/raw of the study, then: aidstudy --study FOLDER check",
      zh: () => "已保存为 figures.csv。请放入该研究的 data/raw，再运行：aidstudy --study FOLDER check",
    },
    counted: {
      en: () => "Name the thing counted: small English letters, singular.",
      zh: () => "请写明所计之物：英文小写，单数。",
    },
    note: {
      en: () => "Say in the note what is paid or earned: no measure of money fits.",
      zh: () => "没有合适的金额指标时，请在备注中写明所付或所得为何。",
    },
    period: { en: () => "Write the period as 2012, 2012-06 or 2012/2016.", zh: () => "时期请写成 2012、2012-06 或 2012/2016。" },
    label_en: { en: () => "Write a label of one to eight words.", zh: () => "请写一至八个词的说明。" },
    subject: { en: () => "Choose a subject.", zh: () => "请选择对象。" },
    same_as: {
      en: () => "Same as: name an earlier figure of this report and kind.",
      zh: () => "“同于”须为本篇中前面的同类数字。",
    },
    part_of: { en: () => "Part of: name another figure of this report and kind.", zh: () => "“属于”须为本篇中另一同类数字。" },
    name: {
      en: (name, cue) => name + (cue && ` · cue: ${cue}`),
      zh: (name, cue) => name + (cue && ` · 线索词：${cue}`),
    },
    named: {
      en: (id) => `${id} refers to this row; change that first.`,
      zh: (id) => `${id} 引用了本行，请先改那一行。`,
    },
    kept: {
      en: () => "Other tables of the study name figures by number, so rows cannot be left out here.",
      zh: () => "本研究的其他表按编号引用数字，因此不能在此舍去行。",
    },
  };
  const say = (node, key, ...values) => {
    node.textContent = key ? words[key][language()](...values) : "";
    node.dataset.said = key ? JSON.stringify([key, ...values]) : "";
  };

  // A proposal is a row whose note begins with this word, here and in the table.
  const proposed = "draft, ";
  const rows = [...document.querySelectorAll("#tab-figures tr[data-raw]")].map((tr) => {
    const cells = JSON.parse(tr.dataset.raw);
    const before = Object.fromEntries(columns.map((name, place) => [name, cells[place]]));
    return { tr, before, now: { ...before }, decision: tr.dataset.decision };
  });
  const byRow = new Map(rows.map((row) => [row.tr, row]));
  const byId = new Map(rows.map((row) => [row.before.figure_id, row]));
  const kind = (row) => row.tr.dataset.kind;
  let here = null, unsaved = false;

  const fill = () => {
    const { now, before } = here;
    const shown = (name) => here.tr.querySelector(`[data-column="${name}"]`).textContent;
    const cue = shown("cue");
    say(by("row-name"), "name", [now.figure_id, now.printed].join(" · "), cue);
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
    for (const radio of form.querySelectorAll("[name=decision]")) {
      radio.checked = radio.value === here.decision;
      // What a person has written is no proposal again.
      if (radio.value === "open") radio.disabled = !before.note.startsWith(proposed);
    }
    say(wrong);
  };

  const show = (row) => {
    const { tr, now, decision } = row;
    tr.dataset.decision = decision;
    const cell = (name) => tr.querySelector(`[data-column="${name}"]`);
    const copy = (node, option) => {
      for (const one of ["en", "zh"]) node.setAttribute(`data-${one}`, option.getAttribute(`data-${one}`));
      node.textContent = option.getAttribute(`data-${language()}`);
    };
    copy(cell("measure"), [...fields.measure.options].find((option) => option.value === now.measure));
    copy(cell("decision"), form.querySelector(`[name=decision][value=${decision}] + span`));
    for (const name of typed) if (cell(name) && name !== "measure") cell(name).textContent = now[name];
    if (kind(row) === "count") cell("unit").textContent = now.counted;
    count();
  };
  const count = () => say(left, "left", rows.filter((row) => row.decision === "open").length, rows.length);

  // What stands in the way of accepting a row: the key of a message, and what goes into it.
  const fault = ({ now }) => {
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
      const found = fault(here);
      if (found) {
        const focused = document.activeElement;
        fill();
        say(wrong, ...found);
        if (fields[found[0]]?.focus && focused !== fields[found[0]]) fields[found[0]].focus();
        if (here.decision !== "accepted") now.note ||= before.note;
        return false;
      }
    } else if (decision === "open") {
      now.note = before.note;
    }
    here.decision = decision;
    unsaved = true;
    show(here);
    fill();
    document.dispatchEvent(new Event("filter"));
    return true;
  };

  const change = (event) => {
    const name = event.target.name;
    if (name === "decision") { decide(event.target.value); return; }
    if (!typed.includes(name)) return;
    const boxes = [...form.querySelectorAll("[name=donor]:checked")].map((box) => box.value);
    here.now[name] = name === "donor" ? boxes.join(" ") : fields[name].value.trim().replace(/\s+/g, " ");
    unsaved = true;
    show(here);
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

  const csv = () => {
    const kept = rows.filter((row) => row.decision !== "rejected");
    const numbers = {}, ids = {};
    for (const { now } of kept) {
      numbers[now.article] = (numbers[now.article] ?? 0) + 1;
      ids[now.figure_id] = `${now.article}-${String(numbers[now.article]).padStart(3, "0")}`;
    }
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
  const save = () => {
    for (const row of rows) {
      const found = row.decision === "accepted" && fault(row);
      if (found) { go(row); say(wrong, ...found); return; }
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = "figures.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    unsaved = false;
    say(wrong, "saved");
  };

  document.addEventListener("row", ({ detail: tr }) => {
    const row = byRow.get(tr);
    if (!row || row === here) return;
    here = row;
    fill();
  });
  document.addEventListener("words", () => {
    for (const node of [wrong, left, by("row-name")]) if (node.dataset.said) say(node, ...JSON.parse(node.dataset.said));
  });
  form.addEventListener("change", change);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (document.activeElement.matches("input")) change({ target: document.activeElement });
    if (!decide("accepted")) return;
    const next = step(1, open);
    go(next);
    if (next) form.querySelector("[name=decision][value=open]").focus({ preventScroll: true });
  });
  by("previous").addEventListener("click", () => go(step(-1)));
  by("next").addEventListener("click", () => go(step(1)));
  by("next-open").addEventListener("click", () => go(step(1, open)));
  by("save").addEventListener("click", save);
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  if (rows.length) {
    form.hidden = false;
    here = rows.find(open) ?? rows[0];
    fill();
    count();
  }
})();
