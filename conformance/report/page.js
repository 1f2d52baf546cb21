"use strict";
(function () {
  const rows = Array.from(document.querySelectorAll("tr[data-verdict]"));
  const groups = Array.from(document.querySelectorAll("details.group"));
  const search = document.getElementById("search");
  const strength = document.getElementById("strength");
  const boxes = Array.from(document.querySelectorAll("#filters input[type=checkbox]"));
  const shown = document.getElementById("shown");

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !verdicts.has(row.dataset.verdict) ||
        (strength.value !== "" && row.dataset.strength !== strength.value) ||
        !words.every((word) => text.includes(word));
      count += row.hidden ? 0 : 1;
    }
    for (const group of groups)
      group.hidden = group.querySelector("tr[data-verdict]:not([hidden])") === null;
    shown.textContent = count + " of " + rows.length + " clauses";
  }

  for (const input of [search, strength, ...boxes])
    input.addEventListener("input", apply);
  document.getElementById("filters").hidden = false;
  apply();

  function reveal() {
    const row = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (row && row.closest("details"))
      row.closest("details").open = true;
    if (row)
      row.scrollIntoView({ block: "center" });
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  window.addEventListener("beforeprint", () => {
    for (const group of groups)
      group.open = true;
  });
})();
