// Ranking of units that have no units below them, and the list of findings.
const ranking = document.getElementById("ranking");
const rank = { key: 2, down: false, page: 0, size: PAGE, text: "" };
const leaves = D.units.map((unit, at) => at).filter((at) => !children[at].length && D.units[at][U.devices] > 0);
function drawRanking() {
  const list = el("div", {});
  const fill = () => table(list, unitColumns(true), leaves.filter((at) => matches(path(at) + " " + D.units[at][U.id], rank.text)), rank, word("unit"));
  ranking.replaceChildren(el("div", { class: "tools" }, search(word("js_search"), rank, fill)), list);
  fill();
}

const suspects = document.getElementById("suspects");
const filter = { text: "", cat: -1, grade: "", kinds: "0", within: -1, page: 0, size: PAGE, turn: 0 };
// The findings that fit, as places in the listing. It works in slices, and a newer question ends an older one.
async function fitting(turn, say) {
  const list = await listing([...filter.kinds].map(Number)), all = await shared(), out = [], parts_ = wordsOf(filter.text);
  const has = (held) => { const low = held.map((said) => (said || "").toLowerCase()); return parts_.map((part) => low.map((said) => said.includes(part))); };
  const every = parts_.length ? await common() : null;
  const inProducts = has(all.products), inPieces = every ? has(every.pieces.map((piece) => piece[2] + " " + piece[1])) : [];
  const inUnits = has(D.units.map((unit, at) => path(at)));
  const own = new Map();
  let block = null, f = null, e = null, at = -1;
  for (let i = 0; i < list.length; i++) {
    if (i % 5000 === 4999) { await breathe(); if (turn !== filter.turn) return null; say(i / list.length); }
    const key = list.block[i] * KINDS + list.kind[i];
    if (key !== at) {
      at = key;
      f = await findingsOf(list.block[i], list.kind[i]);
      block = await devicesOf(list.block[i]);
      e = parts_.length ? await evidenceOf(list.block[i], list.kind[i]) : null;
      if (e && !own.has(key)) own.set(key, has(e.pieces.map((piece) => piece[2] + " " + piece[1])));
    }
    const n = list.i[i], judged = all.judgements[f.judgement[n]], unit = block.unit[f.device[n]];
    if ((filter.cat >= 0 && f.cat[n] !== filter.cat) || (filter.grade && judged[J.grade] !== filter.grade) || !within(unit, filter.within)) continue;
    let fits = true;
    for (let p = 0; p < parts_.length && fits; p++) {
      fits = inProducts[p][f.product[n]] || (unit < D.units.length && inUnits[p][unit]) || block.names[f.device[n]].toLowerCase().includes(parts_[p]);
      if (!fits && e) for (let a = e.start[n]; a < e.start[n + 1] && !fits; a++) fits = e.piece[a] < every.pieces.length ? inPieces[p][e.piece[a]] : own.get(key)[p][e.piece[a] - every.pieces.length];
    }
    if (fits) out.push(i);
  }
  return { list, out };
}
function drawFindings() {
  if (!suspects) return;
  const list = el("div", {}), said = el("span", { class: "note", role: "status" });
  let found = null;
  const page = async () => {
    filter.page = Math.min(filter.page, Math.max(0, Math.ceil(found.out.length / filter.size) - 1));
    const at = filter.page, start = at * filter.size, turn = filter.turn;
    const lines = await Promise.all(found.out.slice(start, start + filter.size).map((i) => finding(found.list.block[i], found.list.kind[i], found.list.i[i])));
    if (turn !== filter.turn || at !== filter.page) return;
    list.replaceChildren(lines.length ? el("div", { class: "card flush long" }, ...lines.map((f) => findingLine(f))) : el("p", { class: "card" }, word("js_none")),
      pager(filter, found.out.length, (step) => { filter.page += step; page(); }));
  };
  const fill = () => filled(list, async () => {
    const turn = ++filter.turn;
    const fit = await fitting(turn, (done) => { said.textContent = word("searching", { n: Math.round(done * 100) }); });
    if (!fit || turn !== filter.turn) return;
    said.textContent = "";
    found = fit;
    await page();
  });
  const pick = (name, turn) => (value) => { filter[name] = turn(value); filter.page = 0; fill(); };
  const held = [["0", "js_suspected_only"], ["012", "js_all_listed"], ["0123", "all_findings"]].filter(([kinds]) => [...kinds].every((kind) => D.blocks.kept.includes("f" + kind)));
  suspects.replaceChildren(el("div", { class: "tools" },
    search(word("js_search_findings"), filter, fill),
    choose(word("category"), [["-1", word("js_all_categories")], ...D.cats.map((names, at) => [String(at), names[side()]])], String(filter.cat), pick("cat", Number)),
    choose(word("evidence"), [["", word("js_all_levels")], ...["conclusive", "strong", "indication"].filter((code) => D.titles.strength[code]).map((code) => [code, title("strength", code)])], filter.grade, pick("grade", String)),
    choose(word("verdict"), held.map(([kinds, key]) => [kinds, word(key)]), filter.kinds, pick("kinds", String)), said,
    filter.within >= 0 ? el("span", { class: "note" }, word("js_within", { name: unitName(filter.within) }), " ", el("button", { type: "button", class: "link", onclick: () => { filter.within = -1; drawFindings(); } }, word("js_clear"))) : null), list);
  fill();
}
