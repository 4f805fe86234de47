// One table for all: sortable heads, pages, cards on a narrow screen.
function table(host, columns, rows, state, label) {
  const sorted = state.key === null ? rows : rows.map((row) => [columns[state.key].value(row), row]).sort(([x], [y]) => {
    if (x === null || y === null) return (x === null) - (y === null);
    const order = typeof x === "string" ? collator[lang].compare(x, y) : x - y;
    return state.down ? -order : order;
  }).map(([, row]) => row);
  state.page = Math.min(state.page, Math.max(0, Math.ceil(sorted.length / state.size) - 1));
  const start = state.page * state.size;
  const again = (change) => { Object.assign(state, change); table(host, columns, rows, state, label); };
  const sort = (at) => { again({ key: at, down: state.key === at ? !state.down : !!columns[at].down, page: 0 }); host.querySelectorAll("th")[at].firstChild.focus(); };
  const head = el("tr", {}, ...columns.map((column, at) =>
    el("th", { scope: "col", class: column.css || "", "aria-sort": state.key === at ? (state.down ? "descending" : "ascending") : null },
      column.value ? el("button", { type: "button", onclick: () => sort(at) }, column.head) : column.head)));
  const body = sorted.slice(start, start + state.size).map((row) => el("tr", {}, ...columns.map((column) => el("td", { class: column.css || "", "data-label": column.head }, column.cell(row)))));
  host.replaceChildren(
    rows.length ? el("div", { class: "card flush" }, el("table", { class: "stack", "aria-label": label }, el("thead", {}, head), el("tbody", {}, ...body))) : el("p", { class: "card" }, word("js_none")),
    pager(state, sorted.length, (step) => again({ page: state.page + step })));
}
function pager(state, n, turn) {
  const end = Math.max(0, Math.ceil(n / state.size) - 1);
  const step = (by, text) => { const button = el("button", { type: "button", onclick: () => turn(by) }, text); button.disabled = state.page + by < 0 || state.page + by > end; return button; };
  return el("div", { class: "pager" },
    n ? el("span", { class: "note", role: "status" }, word("js_shown", { a: count(state.page * state.size + 1), b: count(Math.min(n, (state.page + 1) * state.size)), n: count(n) })) : null,
    end ? step(-1, word("js_previous")) : null, end ? step(1, word("js_next")) : null);
}
function search(label, state, fill) {
  let wait = 0;
  const input = el("input", { type: "search", placeholder: label, "aria-label": label, oninput: () => { clearTimeout(wait); wait = setTimeout(() => { state.text = input.value; state.page = 0; fill(); }, 120); } });
  input.value = state.text;
  return input;
}
function choose(label, options, current, set) {
  const box = el("select", { "aria-label": label, onchange: () => set(box.value) }, ...options.map(([value, text]) => el("option", { value }, text)));
  box.value = current;
  return box;
}
const text = (head, value, cell) => ({ head, value, cell: cell || value });
const brief = (head, value, cell) => ({ ...text(head, value, cell), css: "nowrap" });
const number = (head, value, cell) => ({ head, css: "num", down: true, value, cell: cell || ((row) => count(value(row))) });
const unitLink = (at, name) => el("button", { type: "button", class: "link strong", "data-unit": at, onclick: () => go("u" + at) }, name);
const unitColumns = (withPath) => [
  { head: word("unit"), css: "first", value: (at) => unitName(at), cell: (at) => el("div", {}, unitLink(at, unitName(at)), withPath && above(at) ? el("span", { class: "sub" }, above(at)) : null) },
  number(word("devices"), (at) => D.units[at][U.devices]),
  { head: word("points"), value: (at) => D.units[at][U.low], cell: (at) => { const unit = D.units[at], said = pointSpan(unit[U.low], unit[U.high]); return barCell([said, grades(unit).join("–")].filter(Boolean).join(" · "), spanBar(unit[U.low], unit[U.high], 100, said)); } },
  ...D.bars.map((names, of) => ({ head: names[side()], value: (at) => D.units[at][U.bars][of][1], cell: (at) => { const [, low, high] = D.units[at][U.bars][of], said = rateSpan(low, high); return barCell(said, spanBar(low, high, 1, names[side()] + " " + said)); } })),
  ...D.cats.map((names, of) => ({ head: names[side()], value: (at) => D.units[at][U.cats][of][C.rateLow], cell: (at) => { const c = D.units[at][U.cats][of], said = rateSpan(c[C.rateLow], c[C.rateHigh]); return barCell(said, spanBar(c[C.rateLow], c[C.rateHigh], 1, names[side()] + " " + said)); } })),
  number(word("suspected"), (at) => D.units[at][U.suspected]),
];
// A part that needs packed data: says so while it reads, and where this browser cannot.
async function filled(host, make) {
  if (!canRead) { host.replaceChildren(el("p", { class: "banner warn", role: "note" }, word("old_browser"))); return; }
  const wait = setTimeout(() => host.replaceChildren(status(word("reading"))), 150);
  try { await make(); } finally { clearTimeout(wait); }
}
