"use strict";
// Finds symbols by part of their name. `SYMBOLS` is a list of [page, name, anchors]; everything stays in the browser.
(() => {
  const input = document.getElementById("search-box");
  const list = document.getElementById("search-results");
  const root = document.body.dataset.root;
  const most = 50;
  let all = null;
  let chosen = -1;

  const entries = () => {
    if (all === null) {
      all = [];
      for (const [page, name, anchors] of SYMBOLS) {
        all.push([name, page]);
        for (const anchor of anchors ? anchors.split(" ") : []) {
          all.push([`${name}.${anchor}`, `${page}#${anchor}`]);
        }
      }
    }
    return all;
  };

  // Whole last names first, then beginnings of last names, then anything; shorter names first.
  const rank = (name, wanted) => {
    const lower = name.toLowerCase();
    const last = lower.slice(lower.lastIndexOf(".") + 1);
    if (last === wanted || lower === wanted) return 0;
    if (last.startsWith(wanted)) return 1;
    return lower.includes(wanted) ? 2 : -1;
  };

  const show = () => {
    const wanted = input.value.trim().toLowerCase();
    const hits = [];
    if (wanted) {
      for (const [name, place] of entries()) {
        const found = rank(name, wanted);
        if (found >= 0) hits.push([found, name, place]);
      }
      hits.sort((a, b) => a[0] - b[0] || a[1].length - b[1].length || (a[1] < b[1] ? -1 : 1));
    }
    list.replaceChildren(...hits.slice(0, most).map(([, name, place]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.textContent = name;
      link.href = root + place.split("#").map((part) => part.split("/").map(encodeURIComponent).join("/")).join("#");
      item.append(link);
      return item;
    }));
    chosen = -1;
    list.hidden = hits.length === 0;
  };

  const choose = (step) => {
    const items = [...list.children];
    if (items.length === 0) return;
    items[chosen]?.classList.remove("chosen");
    chosen = (chosen + step + items.length) % items.length;
    items[chosen].classList.add("chosen");
    items[chosen].scrollIntoView({ block: "nearest" });
  };

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Enter") (list.children[Math.max(chosen, 0)]?.firstChild)?.click();
    else if (event.key === "Escape") { input.value = ""; show(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });
})();
