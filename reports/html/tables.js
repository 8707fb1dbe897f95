"use strict";
// A filter box over each long table: rows without the words are hidden.
(() => {
  for (const table of document.querySelectorAll("table[data-filter]")) {
    const rows = Array.from(table.tBodies[0].rows);
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const label = document.createElement("label");
    label.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    const count = document.createElement("span");
    count.className = "muted";
    count.setAttribute("role", "status");
    label.append("Filter rows", input, count);

    const apply = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((word) => texts[i].includes(word));
        if (!row.hidden) shown++;
      });
      count.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
    };
    let timer = 0;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(apply, 120);
    });
    const scroll = table.closest(".scroll");
    scroll.parentNode.insertBefore(label, scroll);
  }
})();
