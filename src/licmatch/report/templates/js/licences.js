// The licence position: pool by pool and unit by unit, never one set off against another.
const licences = document.getElementById("position");
const position = { key: null, down: true, page: 0, size: PAGE, text: "", at: tops.length === 1 ? tops[0] : -1 };
const lacking = { key: 3, down: true, page: 0, size: PAGE };
const FIGURES = ["required", "entitled", "usable", "used", "surplus", "shortfall", "free"];
const nothing = () => ({ ...Object.fromEntries(FIGURES.map((name) => [name, 0])), unlimited: false });
function addPosition(sum, held, row) {
  for (const name of FIGURES) sum[name] += held[name][row] || 0;
  sum.unlimited = sum.unlimited || !held.limited[row];
  return sum;
}
const seats = (row) => count(row.entitled) + (row.unlimited ? " + " + word("unlimited") : "");
function drawLicences() {
  if (!licences) return;
  filled(licences, async () => {
    const held = await table_("p"), whole = nothing(), pools = new Map(), units = new Map(), under = position.at < 0 ? tops : children[position.at];
    const of = (unit) => under.find((at) => within(unit, at));
    for (let row = 0; row < held.unit.length; row++) {
      if (!within(held.unit[row], position.at)) continue;
      addPosition(whole, held, row);
      const pool = held.pool[row], child = of(held.unit[row]);
      addPosition(pools.get(pool) || pools.set(pool, { pool, ...nothing() }).get(pool), held, row);
      if (child !== undefined) addPosition(units.get(child) || units.set(child, { unit: child, ...nothing() }).get(child), held, row);
    }
    const rows = [...pools.values()].sort((a, b) => b.shortfall - a.shortfall || b.required - a.required || a.pool - b.pool);
    const figures = [number(word("required"), (row) => row.required), number(word("entitled"), (row) => row.entitled, seats), number(word("usable"), (row) => row.usable), number(word("used"), (row) => row.used),
      number(word("surplus"), (row) => row.surplus), number(word("shortfall"), (row) => row.shortfall, (row) => el("span", { class: row.shortfall ? "alarm strong" : "" }, count(row.shortfall))), number(word("free_copies"), (row) => row.free)];
    const columns = [text(word("pool"), (row) => held.pools[row.pool][1], (row) => el("div", {}, el("span", { class: "strong" }, held.pools[row.pool][1]), el("span", { class: "sub" }, held.pools[row.pool][0]))), brief(word("category"), (row) => cat(held.pools[row.pool][2])), ...figures];
    const pooled = el("div", {}), united = el("div", {});
    const fill = () => table(pooled, columns, rows.filter((row) => matches(held.pools[row.pool].slice(0, 2).join(" "), position.text)), position, word("pool"));
    const step = (at) => el("button", { type: "button", class: "link strong", onclick: () => { position.at = at; position.page = 0; lacking.page = 0; drawLicences(); } }, unitName(at));
    licences.replaceChildren(
      crumbs((position.at < 0 ? [] : ways[position.at]).map((at) => (at === position.at ? el("span", { class: "strong", "aria-current": "page" }, unitName(at)) : step(at)))),
      el("dl", { class: "tiles", id: "position-tiles" }, ...FIGURES.map((name) => el("div", { class: "card" }, el("dt", {}, word(name === "free" ? "free_copies" : name)), el("dd", { class: name === "shortfall" && whole.shortfall ? "alarm" : "" }, name === "entitled" ? seats(whole) : count(whole[name]))))),
      el("h3", {}, word("by_pool")), el("div", { class: "tools" }, search(word("search_pools"), position, fill)), pooled,
      ...(units.size ? [el("h3", {}, word("by_unit")), united] : []));
    fill();
    if (units.size) table(united, [{ head: word("unit"), css: "first", value: (row) => unitName(row.unit), cell: (row) => step(row.unit) }, figures[0], figures[1], figures[5], figures[4], figures[6]], [...units.values()], lacking, word("by_unit"));
  });
}
