
// Places of the page: between what a browser holds and the code points of the raw text.
const marking = (() => {
  const text = document.querySelector("#page .text");
  let nodes = [], signs = [];

  // What a repair puts in is no part of the raw text; a sign shown by its number is one sign.
  const scan = () => {
    nodes = [];
    signs = [];
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode, unseen = node.parentElement.closest(".unseen");
      if (!node.data || node.parentElement.closest(".now")) continue;
      nodes.push({ node, unseen, start: signs.length });
      if (unseen) signs.push(String.fromCodePoint(parseInt(node.data.slice(3, -1), 16)));
      else for (const sign of node.data) signs.push(sign);
    }
  };
  const size = () => signs.length;
  const length = (string) => [...string].length;
  const units = (node, count) => [...node.data].slice(0, count).join("").length;
  const endOf = (index) => (index + 1 < nodes.length ? nodes[index + 1].start : signs.length);

  // The column `printed` of the codebook, sign by sign; what is typed may have signs of its own.
  const plainly = JSON.parse(document.getElementById("place").dataset.plain);
  const plain = (string) => [...string].map((sign) => plainly[sign] ?? sign).join("").replace(/\s/g, "").normalize("NFKC");
  const slice = (start, end) => signs.slice(start, end).join("");
  const trimmed = (start, end) => {
    while (start < end && !plain(signs[start])) start += 1;
    while (start < end && !plain(signs[end - 1])) end -= 1;
    return [start, end];
  };

  // One end of a selection; in a repair it is that of the repair, or of the sign that was repaired.
  const raw = (container, offset, late) => {
    const index = nodes.findIndex(({ node }) => node === container);
    if (index >= 0) {
      const { node, unseen, start } = nodes[index];
      return unseen ? start + Number(late && offset > 0) : start + length(node.data.slice(0, offset));
    }
    const now = (container.nodeType === Node.TEXT_NODE ? container.parentElement : container).closest(".now");
    if (now && container.nodeType === Node.TEXT_NODE) {
      const was = nodes.filter(({ node }) => now.parentElement.contains(node));
      if (!was.length) return null;
      const start = was[0].start, end = endOf(nodes.indexOf(was.at(-1)));
      const inside = length(container.data.slice(0, offset)), all = length(container.data);
      if (all === end - start) return start + inside;
      return inside === 0 || (inside < all && !late) ? start : end;
    }
    const edge = document.createRange();
    edge.setStart(container, offset);
    const behind = nodes.find(({ node }) => edge.comparePoint(node, 0) >= 0);
    return behind ? behind.start : signs.length;
  };
  // The raw place of what is selected in the text; nothing where that is none.
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0).cloneRange();
    if (!range.intersectsNode(text)) return null;
    if (!text.contains(range.startContainer)) range.setStart(text, 0);
    if (!text.contains(range.endContainer)) range.setEnd(text, text.childNodes.length);
    scan();
    const ends = [raw(range.startContainer, range.startOffset, false), raw(range.endContainer, range.endOffset, true)];
    const [start, end] = trimmed(ends[0], ends[1]);
    return start < end ? [start, end] : null;
  };

  // A browser begins no selection on a link, and the marks are links.
  const caret = ({ clientX, clientY }) => {
    const found = document.caretPositionFromPoint?.(clientX, clientY);
    if (found) return [found.offsetNode, found.offset];
    const range = document.caretRangeFromPoint?.(clientX, clientY);
    return range ? [range.startContainer, range.startOffset] : null;
  };
  let from = null;
  text.addEventListener("mousedown", (event) => {
    from = event.button === 0 && event.target.closest("a.mark") ? caret(event) : null;
  });
  document.addEventListener("mousemove", (event) => {
    if (!(event.buttons & 1)) from = null;
    const to = from && caret(event);
    if (to && text.contains(to[0])) getSelection().setBaseAndExtent(...from, ...to);
  });
  text.addEventListener("dragstart", (event) => event.preventDefault());

  const at = (place, late) => {
    const index = nodes.findLastIndex((one) => (late ? one.start < place : one.start <= place));
    const one = nodes[Math.max(0, index)];
    return { ...one, inside: one.unseen ? (late ? one.node.data.length : 0) : units(one.node, place - one.start) };
  };
  const range = (start, end) => {
    scan();
    const first = at(start, false), last = at(end, true), found = document.createRange();
    found.setStart(first.node, first.inside);
    found.setEnd(last.node, last.inside);
    return found;
  };
  const spanOf = (mark) => {
    scan();
    const inside = nodes.map(({ node }, index) => [node, index]).filter(([node]) => mark.contains(node));
    return inside.length ? [nodes[inside[0][1]].start, endOf(inside.at(-1)[1])] : [0, 0];
  };

  // Makes a place an edge between children of the text, and gives the child behind it.
  const cut = (place) => {
    scan();
    if (place >= signs.length) return null;
    const { node, inside } = at(place, false);
    let child = node;
    while (child.parentNode !== text) child = child.parentNode;
    if (child === node) return inside ? node.splitText(inside) : node;
    if (!inside && nodes.find((one) => child.contains(one.node)).node === node) return child;
    const tail = document.createRange();
    tail.setStart(node, inside);
    tail.setEndAfter(child);
    const part = tail.extractContents().firstChild;
    part.removeAttribute("id");
    child.after(part);
    return part;
  };
  const wrap = (mark, start, end) => {
    cut(start);
    const behind = cut(end), first = cut(start), inside = [];
    for (let node = first; node !== behind; node = node.nextSibling) inside.push(node);
    text.insertBefore(mark, first);
    mark.append(...inside);
  };
  const unwrap = (mark) => mark.replaceWith(...mark.childNodes);

  // Where a print stands from a place on, then from the start; white space and width aside.
  const find = (printed, from, fits) => {
    scan();
    const wanted = plain(printed), places = [];
    if (!wanted) return null;
    let all = "";
    signs.forEach((sign, place) => {
      const told = plain(sign);
      for (let unit = 0; unit < told.length; unit += 1) places.push(place);
      all += told;
    });
    const found = [];
    for (let here = all.indexOf(wanted); here >= 0; here = all.indexOf(wanted, here + 1)) {
      found.push([places[here], places[here + wanted.length - 1] + 1]);
    }
    const free = found.filter(fits);
    return free.find(([start]) => start > from) ?? free[0] ?? found[0] ?? null;
  };

  // A place shown for a while, without a change of the text.
  const highlights = window.CSS?.highlights;
  const point = (place) => {
    highlights?.delete("place");
    if (!place) return;
    const there = range(...place), pane = document.getElementById("page");
    if (highlights) highlights.set("place", new Highlight(there));
    const box = there.getBoundingClientRect(), frame = pane.getBoundingClientRect();
    if (box.top < frame.top || box.bottom > frame.bottom) pane.scrollTop += box.top - frame.top - frame.height / 2;
  };

  return { find, plain, point, range, scan, selected, size, slice, spanOf, unwrap, wrap };
})();
