// The report: its language, and the filters and the order of the table of questions.

const root = document.documentElement;
document.getElementById("language").addEventListener("click", () => {
  root.lang = root.lang === "zh" ? "en" : "zh";
});

const filters = document.getElementById("filters");
if (filters) {
  const body = document.querySelector("#rows tbody");
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, row.cells[0].textContent.toLowerCase()]));

  const filter = () => {
    const wanted = new FormData(filters);
    const text = wanted.get("text").toLowerCase();
    const kinds = [wanted.get("failed") && "failed", wanted.get("answerable"), wanted.get("refused")];
    let shown = 0;
    for (const row of rows) {
      const own = row.dataset.kinds.split(" ");
      row.hidden =
        !texts.get(row).includes(text) || !kinds.every((kind) => !kind || own.includes(kind));
      shown += !row.hidden;
    }
    document.getElementById("count").value = `${shown} / ${rows.length}`;
  };
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filter();

  // A click on a head sorts by its column, another one the other way; what isn't known comes last.
  document.querySelectorAll("#rows thead th").forEach((head, column) => {
    const value = (row) => (column ? row.cells[column].dataset.value : rows.indexOf(row)) ?? NaN;
    head.tabIndex = 0;
    const sort = () => {
      const up = head.ariaSort !== "ascending";
      document.querySelectorAll("#rows thead th").forEach((each) => (each.ariaSort = null));
      head.ariaSort = up ? "ascending" : "descending";
      const sign = up ? 1 : -1;
      const order = (one, other) =>
        Number.isNaN(one) - Number.isNaN(other) || sign * (one - other) || 0;
      body.append(...[...rows].sort((a, b) => order(Number(value(a)), Number(value(b)))));
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => event.key === "Enter" && sort());
  });
}
