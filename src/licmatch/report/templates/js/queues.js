// Unknown names, what waits for a ruling, and the campaign's milestones.
const N = { name: 0, publisher: 1, version: 2, status: 3, cat: 4, rows: 5, devices: 6, open: 7 };
const queue = document.getElementById("queue"), rulings = document.getElementById("rulings-queue"), board = document.getElementById("board");
const names = { key: null, down: true, page: 0, size: PAGE, text: "" }, waiting = { key: null, down: true, page: 0, size: PAGE, text: "" };
const milestones = { key: null, down: false, page: 0, size: PAGE, text: "", status: "" };
const held_open = (x) => (x ? (x * 100).toFixed(2) + "%" : "—");
function drawUnknown() {
  if (!queue) return;
  filled(queue, async () => {
    const rows = await table_("u"), list = el("div", {});
    const columns = [
      text(word("name"), (n) => n[N.name], (n) => el("div", {}, el("span", { class: "strong" }, n[N.name]), el("span", { class: "sub" }, [n[N.publisher], n[N.version]].filter(Boolean).join(" · ")))),
      brief(word("status"), (n) => title("status", n[N.status])), brief(word("category"), (n) => cat(n[N.cat])),
      number(word("devices"), (n) => n[N.devices]), number(word("rows"), (n) => n[N.rows]),
      number(word("interval_open"), (n) => n[N.open], (n) => held_open(n[N.open])),
    ];
    const fill = () => table(list, columns, rows.filter((n) => matches(n[N.name] + " " + n[N.publisher], names.text)), names, word("name"));
    queue.replaceChildren(el("div", { class: "tools" }, search(word("js_search_unknown"), names, fill)), list);
    fill();
  });
}
function drawRulings() {
  if (!rulings) return;
  filled(rulings, async () => {
    const rows = await table_("q"), list = el("div", {});
    const columns = [
      number(word("rank"), (row) => row.rank),
      text(word("product"), (row) => row.product || "—", (row) => el("div", {}, el("span", { class: "strong" }, row.product || "—"), el("span", { class: "sub" }, [cat(row.cat), row.grade === "none" ? "" : title("strength", row.grade)].filter(Boolean).join(" · ")))),
      brief(word("verdict"), (row) => title("verdict", row.verdict)),
      text(word("rule"), (row) => row.rules.join("; "), (row) => el("div", {}, ...row.rules.slice(0, 3).map((rule) => el("div", {}, D.titles.rule[rule] ? title("rule", rule) : "", el("span", { class: "sub" }, rule))), row.rules.length > 3 ? el("span", { class: "sub" }, "+" + (row.rules.length - 3)) : row.rules.length ? null : "—")),
      number(word("devices"), (row) => row.devices), number(word("units"), (row) => row.units),
      number(word("interval_open"), (row) => row.open, (row) => held_open(row.open)),
    ];
    columns[0].down = false;
    const fill = () => table(list, columns, rows.filter((row) => matches([row.product, ...row.rules, row.evidence].join(" "), waiting.text)), waiting, word("rulings_title"));
    rulings.replaceChildren(el("div", { class: "tools" }, search(word("search_rulings"), waiting, fill)), list);
    fill();
  });
}
function drawBoard() {
  if (!board) return;
  filled(board, async () => {
    const rows = await table_("b"), list = el("div", {}), codes = [...new Set(rows.map((row) => row.status))].sort();
    const columns = [
      text(word("unit"), (row) => row.unit), text(word("milestone"), (row) => row.title[side()]), brief(word("due"), (row) => row.due),
      text(word("status"), (row) => row.status, (row) => el("div", {}, el("span", { class: "badge st-" + row.status }, title("board", row.status)), row.days_late > 0 ? el("span", { class: "sub alarm" }, word("days_late", { n: row.days_late })) : null)),
      brief(word("done_on"), (row) => row.done_on || null, (row) => row.done_on || "—"), text(word("blocked_by"), (row) => row.blocked_by[side()] || null, (row) => row.blocked_by[side()] || "—"), text(word("who"), (row) => row.who || null, (row) => row.who || "—"),
    ];
    const fill = () => table(list, columns, rows.filter((row) => (!milestones.status || row.status === milestones.status) && matches([row.unit, ...row.title, row.who].join(" "), milestones.text)), milestones, word("board_title"));
    board.replaceChildren(el("div", { class: "tools" }, search(word("search_board"), milestones, fill),
      choose(word("status"), [["", word("all_statuses")], ...codes.map((code) => [code, title("board", code)])], milestones.status, (value) => { milestones.status = value; milestones.page = 0; fill(); })), list);
    fill();
  });
}
