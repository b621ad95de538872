// Who works here, and their work as a file: a zip with a folder of their name, as a teacher grades it.
const at = id => document.getElementById(id);
const say = text => { at("said").textContent = text; };
const person = () => at("name").value.normalize("NFC").replace(/[\\/:*?"<>|.\s]+/g, " ").trim();
const storage = name => "aidstudy work of " + name;
const settings = name => "aidstudy settings of " + name;
const known = () => JSON.parse(localStorage.getItem("aidstudy-names") || "[]");

function remember(name) {
  localStorage.setItem("aidstudy-names", JSON.stringify([...new Set([name, ...known()])]));
  sessionStorage.setItem("aidstudy-name", name);
}
function needed() {
  if (at("name").reportValidity() && person()) return person();
  say("Type your name first.");
  return "";
}

at("start").addEventListener("submit", async event => {
  event.preventDefault();
  const name = needed();
  if (!name) return;
  if (known().length && !known().includes(name)
    && !confirm(`No work of ${name} in this browser yet (there is work of: ${known().join(", ")}). `
      + "Capitals and blanks count. Start anew under this name?")) return;
  try {
    // Here, and whole: JupyterLite adds one store after the other, and two tabs that do so at the
    // same time for a new name lose the notebook of one of them.
    (await opened(storage(name), FILES)).close();
    (await opened(settings(name), ["settings"])).close();
  } catch (error) {
    return say(`This browser keeps no work (${error.message}); a private window may be the reason.`);
  }
  remember(name);
  const wanted = new URLSearchParams(location.search).get("notebook") || FIRST;
  const lab = "lab/index.html?path=" + encodeURIComponent(wanted);
  // A tab of its own: from inside JupyterLab the browser's Back button does not lead here.
  if (!window.open(lab, "_blank")) return location.assign(lab);
  say("The notebooks are open in another tab. Keep this one: here you save what you did.");
});

// --- the storage of JupyterLite: one record a file, its path the key ------------------------------

const FILES = ["files", "counters", "checkpoints"];

function opened(name, stores, version) {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(name, version);
    asked.onupgradeneeded = () => {
      for (const store of stores)
        if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store);
    };
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
      const base = asked.result;
      if (stores.every(store => base.objectStoreNames.contains(store))) return done(base);
      const next = base.version + 1;
      base.close();
      opened(name, stores, next).then(done, failed);
    };
  });
}
const finished = asked => new Promise((done, failed) => {
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

async function records(name) {
  const base = await opened(storage(name), FILES);
  const all = await finished(base.transaction("files").objectStore("files").getAll());
  base.close();
  return all.filter(one => one && one.type !== "directory");
}
async function put(name, files) {
  const base = await opened(storage(name), FILES), now = new Date().toISOString();
  const store = base.transaction("files", "readwrite").objectStore("files");
  const writes = files.flatMap(({ path, bytes }) => {
    const text = new TextDecoder().decode(bytes), notebook = path.endsWith(".ipynb");
    const common = { created: now, last_modified: now, writable: true, mimetype: null };
    const parents = path.split("/").slice(0, -1).map((_, i, all) => all.slice(0, i + 1).join("/"));
    const folders = parents.map(one => store.put({ ...common, name: one.split("/").pop(), path: one,
      type: "directory", format: "json", size: 0, content: null }, one));
    return [...folders, store.put({ ...common, name: path.split("/").pop(), path, size: bytes.length,
      type: notebook ? "notebook" : "file", format: notebook ? "json" : "text",
      content: notebook ? JSON.parse(text) : text }, path)];
  });
  await Promise.all(writes.map(finished));
  base.close();
}
function bytesOf(record) {
  if (record.format === "base64")
    return Uint8Array.from(atob(record.content), letter => letter.charCodeAt(0));
  const text = typeof record.content === "string"
    ? record.content : JSON.stringify(record.content, null, 1) + "\n";
  return new TextEncoder().encode(text);
}

// --- zip: written without compression, read with or without ---------------------------------------

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc32 = bytes =>
  ~bytes.reduce((sum, byte) => CRC[(sum ^ byte) & 255] ^ (sum >>> 8), -1) >>> 0;

function numbers(...pairs) {
  const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [, size]) => sum + size, 0)));
  let place = 0;
  for (const [value, size] of pairs) {
    size === 2 ? view.setUint16(place, value, true) : view.setUint32(place, value, true);
    place += size;
  }
  return new Uint8Array(view.buffer);
}
function zipped(files) {
  const parts = [], listing = [];
  let place = 0;
  for (const { path, bytes } of files) {
    const name = new TextEncoder().encode(path);
    // Version, names in UTF-8, stored, 1 January 2013; then checksum and sizes.
    const told = [[20, 2], [0x800, 2], [0, 2], [0, 2], [0x4221, 2], [crc32(bytes), 4],
      [bytes.length, 4], [bytes.length, 4], [name.length, 2], [0, 2]];
    parts.push(numbers([0x04034b50, 4], ...told), name, bytes);
    listing.push(numbers([0x02014b50, 4], [20, 2], ...told, [0, 2], [0, 2], [0, 2], [0, 4],
      [place, 4]), name);
    place += 30 + name.length + bytes.length;
  }
  const size = listing.reduce((sum, one) => sum + one.length, 0);
  const end = numbers([0x06054b50, 4], [0, 4], [files.length, 2], [files.length, 2], [size, 4],
    [place, 4], [0, 2]);
  return new Blob([...parts, ...listing, end], { type: "application/zip" });
}
async function unzipped(buffer) {
  const view = new DataView(buffer), files = [];
  let end = buffer.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error("not a file of saved work");
  let place = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const packed = view.getUint16(place + 10, true), size = view.getUint32(place + 20, true);
    const length = view.getUint16(place + 28, true), at = view.getUint32(place + 42, true);
    const path = new TextDecoder().decode(new Uint8Array(buffer, place + 46, length));
    const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    const raw = new Uint8Array(buffer, start, size);
    if (!path.endsWith("/")) {
      const plain = packed ? await new Response(new Blob([raw]).stream().pipeThrough(
        new DecompressionStream("deflate-raw"))).arrayBuffer() : raw;
      files.push({ path, bytes: new Uint8Array(plain) });
    }
    place += 46 + length + view.getUint16(place + 30, true) + view.getUint16(place + 32, true);
  }
  return files;
}

// --- the buttons ----------------------------------------------------------------------------------

at("save").addEventListener("click", async () => {
  const name = needed();
  if (!name) return;
  const files = (await records(name)).map(one => ({ path: `${name}/${one.path}`, bytes: bytesOf(one) }));
  if (!files.length) return say(`No work of ${name} in this browser yet.`);
  const link = Object.assign(document.createElement("a"),
    { href: URL.createObjectURL(zipped(files)), download: `${name}.zip` });
  link.click();
  URL.revokeObjectURL(link.href);
  say(`Saved ${files.length} files of ${name} as ${name}.zip.`);
});
at("score").addEventListener("click", async () => {
  const name = needed();
  if (!name) return;
  const files = (await records(name)).filter(one => one.path.startsWith(".aidstudy/score/"));
  const tried = files.flatMap(one => Object.entries(JSON.parse(new TextDecoder().decode(bytesOf(one)))));
  const listed = right => tried.filter(([, row]) => !!row.right === right).map(([id]) => id).sort();
  say(`${name} – right: ${listed(true).join(", ") || "none yet"}; `
    + `tried, not right yet: ${listed(false).join(", ") || "none"}.`);
});
at("load").addEventListener("click", () => at("file").click());
at("file").addEventListener("change", async () => {
  try {
    const files = await unzipped(await at("file").files[0].arrayBuffer());
    const name = files[0].path.split("/")[0];
    const own = files.filter(one => one.path.startsWith(name + "/"));
    if ((await records(name)).length
      && !confirm(`This browser has work of ${name}; replace what the file holds as well?`)) return;
    await put(name, own.map(({ path, bytes }) => ({ path: path.slice(name.length + 1), bytes })));
    remember(name);
    at("name").value = name;
    say(`Loaded ${own.length} files of ${name}. Choose Start.`);
  } catch (error) {
    say(`This file cannot be loaded: ${error.message}. Choose a file that Save my work gave.`);
  } finally {
    at("file").value = "";
  }
});
at("forget").addEventListener("click", () => {
  const name = needed();
  if (!name || !confirm(`Remove all work of ${name} from this browser? Save it first to keep it.`)) return;
  indexedDB.deleteDatabase(storage(name));
  localStorage.setItem("aidstudy-names", JSON.stringify(known().filter(one => one !== name)));
  sessionStorage.removeItem("aidstudy-name");
  say(`The work of ${name} is removed.`);
});

at("names").append(...known().map(name => Object.assign(document.createElement("option"), { value: name })));
at("name").value = sessionStorage.getItem("aidstudy-name") || "";
