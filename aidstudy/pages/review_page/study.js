// What the figures rest on: the places of the page, their pairs, the devices and the year.
const studying = (() => {
  const by = (id) => document.getElementById(id), form = by("study");
  const study = JSON.parse(form.dataset.study), columns = JSON.parse(form.dataset.columns);
  const devices = JSON.parse(form.dataset.devices);
  const language = () => document.documentElement.dataset.language;
  const [proposed, notLooked] = JSON.parse(form.dataset.undecided), parts = ["recipients", "donors"];
  const name = (slug) => (study.recipients[slug] ?? study.donors[slug]).zh;
  const subjects = () => study.pairs.filter((one) => one.decision !== "rejected").map((one) => `${one.donor}>${one.recipient}`);
  let picked = null, inUse = () => null;
  const say = (key, ...values) => {
    by("ill").textContent = key ? phrase(key, ...values) : "";
  };
  const changed = (detail = true) => document.dispatchEvent(new CustomEvent("study", { detail }));
  const line = (template, title, into) => {
    const node = by(template).content.firstElementChild.cloneNode(true);
    node.querySelector("b").textContent = title;
    by(into).querySelector(":scope > div").append(node);
    for (const word of node.querySelectorAll(`[data-${language()}]`)) word.textContent = word.getAttribute(`data-${language()}`);
    for (const field of node.querySelectorAll("[data-label-en]")) field.setAttribute("aria-label", `${field.getAttribute(`data-label-${language()}`)} ${title}`);
    return Object.assign((key) => node.querySelector(`[name=${key}]`), { node });
  };

  const placeLine = (part, slug) => {
    const place = study[part][slug], field = line("line-place", place.zh, "places");
    field("kept").checked = true;
    for (const key of ["en", "short_en"]) {
      field(key).value = place[key];
      field(key).addEventListener("change", () => { place[key] = field(key).value.trim() || place[key]; changed(); });
    }
    field("kept").addEventListener("change", () => {
      const user = subjects().find((one) => one.split(">").includes(slug)) ?? inUse(slug);
      if (user) {
        field("kept").checked = true;
        say("named", user);
        return;
      }
      delete study[part][slug];
      study.pairs = study.pairs.filter((one) => one.donor !== slug && one.recipient !== slug);
      study.mechanisms = study.mechanisms.filter((one) => one.recipient !== slug);
      draw();
    });
  };
  const pairLine = (pair) => {
    const field = line("line-pair", `${name(pair.donor)} → ${name(pair.recipient)}`, "pairs");
    for (const key of ["decision", "level", "role"]) {
      field(key).value = pair[key];
      field(key).addEventListener("change", () => {
        const user = key === "decision" && field(key).value === "rejected" && inUse(`${pair.donor}>${pair.recipient}`);
        if (user) {
          field(key).value = pair[key];
          say("named", user);
          return;
        }
        say();
        pair[key] = field(key).value;
        changed();
      });
    }
  };
  const deviceLine = (row) => {
    const field = line("line-mechanism", `${name(row.recipient)} · ${devices[row.mechanism][language() === "zh" ? 1 : 0]}`, "mechanisms");
    field("present").value = row.note.startsWith(proposed) ? "open" : row.present;
    field("place").value = row.start && `${row.start}–${row.end}`;
    const read = () => {
      const found = field("place").value.match(/^\s*(\d+)\s*[–-]\s*(\d+)\s*$/) ?? ["", "", ""];
      [row.start, row.end] = field("present").value === "yes" ? found.slice(1) : ["", ""];
      row.present = field("present").value === "yes" ? "yes" : "not_mentioned";
      if (field("present").value === "open") row.note ||= notLooked;
      else if (row.note.startsWith(proposed)) row.note = "";
      changed();
    };
    for (const key of ["present", "place"]) field(key).addEventListener("change", read);
    const take = field.node.querySelector("button");
    take.addEventListener("mousedown", (event) => event.preventDefault());
    take.addEventListener("click", () => {
      if (!picked) { say("no_passage", name(row.recipient)); return; }
      field("place").value = picked.join("–");
      field("present").value = "yes";
      read();
    });
  };
  const draw = (isChange = true) => {
    for (const id of ["places", "pairs", "mechanisms"]) by(id).querySelector(":scope > div").replaceChildren();
    for (const part of parts) for (const slug of Object.keys(study[part])) placeLine(part, slug);
    study.pairs.filter((one) => name(one.donor) && name(one.recipient)).forEach(pairLine);
    study.mechanisms.forEach(deviceLine);
    for (const [key, part] of [["donor", "donors"], ["recipient", "recipients"]]) {
      by("pairs").querySelector(`p [name=${key}]`).replaceChildren(...Object.entries(study[part]).map(([slug, one]) => new Option(one.zh, slug)));
    }
    form.elements.year.value = study.year;
    say();
    changed(isChange);
  };
  const empty = (table) => Object.fromEntries(columns[table].map((key) => [key, ""]));
  by("add-place").addEventListener("click", () => {
    const [zh, part] = [form.elements.zh.value.trim(), form.elements.part.value];
    if (!zh || parts.some((one) => Object.values(study[one]).some((place) => place.zh === zh))) { say("place_name"); return; }
    const stem = part === "donors" ? "donor" : "county", called = part === "donors" ? "Donor" : "County";
    let number = 1;
    while (study[part][`${stem}${number}${study.suffix}`]) number += 1;
    const slug = `${stem}${number}${study.suffix}`;
    study[part][slug] = { zh, en: `${called} ${number}`, short_zh: zh, short_en: `${called} ${number}` };
    if (part === "recipients") {
      for (const mechanism of Object.keys(devices)) {
        study.mechanisms.push({ ...empty("mechanisms"), recipient: slug, mechanism, present: "not_mentioned", note: notLooked });
      }
    }
    form.elements.zh.value = "";
    draw();
  });
  by("add-pair").addEventListener("click", () => {
    const [donor, recipient] = ["donor", "recipient"].map((key) => by("pairs").querySelector(`p [name=${key}]`).value);
    if (!donor || !recipient || study.pairs.some((one) => one.donor === donor && one.recipient === recipient)) { say("pair_there"); return; }
    // Where the page prints the name for the first time; for one that it never prints, a passage.
    const place = study.donors[donor], found = marking.find(place.zh, -1, () => true) ?? picked;
    if (!found) { say("no_passage", place.zh); return; }
    const [start, end] = found.map(String);
    const same = study.pairs.find((one) => one.donor === donor);
    study.pairs.push({ ...empty("pairs"), donor, donor_zh: place.zh, donor_en: place.en, recipient, start, end, level: same?.level ?? "city", role: same?.role ?? "paired_government", decision: "accepted" });
    draw();
  });
  by("none-left").addEventListener("click", () => {
    for (const row of study.mechanisms) if (row.note.startsWith(proposed)) Object.assign(row, { present: "not_mentioned", note: "" });
    draw();
  });
  form.elements.year.addEventListener("change", () => { study.year = Number(form.elements.year.value) || study.year; changed(); });
  document.addEventListener("selectionchange", () => { picked = marking.selected() ?? picked; });
  document.addEventListener("words", () => draw(false));
  form.addEventListener("submit", (event) => event.preventDefault());

  const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const csv = (table, rows) => [columns[table], ...rows.map((row) => columns[table].map((key) => row[key]))].map((cells) => `${cells.map(quoted).join(",")}\n`).join("");
  const saved = (figures) => {
    const order = [...study.pairs].filter((one) => one.decision !== "rejected");
    const pairs = order.map((one) => {
      const note = one.decision === "accepted" && one.note.startsWith(proposed) ? "" : one.note;
      return { ...one, note, donor_en: study.donors[one.donor].en };
    });
    const { page, year, recipients } = study;
    // A giver in no pair is none.
    const donors = Object.fromEntries(Object.entries(study.donors).filter(([slug]) => order.some((one) => one.donor === slug)));
    return { page, year, recipients, donors, figures, pairs: csv("pairs", pairs), mechanisms: csv("mechanisms", study.mechanisms) };
  };
  return { draw, name, saved, study, subjects, uses: (told) => { inUse = told; } };
})();
