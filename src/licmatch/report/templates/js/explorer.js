// Drill-down: city, county, unit, device, and what a finding rests on.
const explorer = document.getElementById("explorer");
let here = tops.length === 1 ? tops[0] : -1, device = null;
const LONG = innerWidth < 820 ? PAGE : 50;
const below = { key: null, down: false, page: 0, size: LONG };
const computers = { key: null, down: false, page: 0, size: LONG, text: "" };
function go(place) {
  if (location.hash === "#" + place) fromHash(); else location.hash = place;
  document.getElementById("units").scrollIntoView();
}
function fromHash() {
  const unit = /^#u(\d+)$/.exec(location.hash), one = /^#d(\d+)-(\d+)$/.exec(location.hash);
  if (unit && Number(unit[1]) < D.units.length) { here = Number(unit[1]); device = null; Object.assign(below, { page: 0, key: null }); Object.assign(computers, { page: 0, key: null, text: "" }); drawExplorer(); arrive(); }
  else if (one && Number(one[1]) < D.blocks.n) { device = [Number(one[1]), Number(one[2])]; drawDevice().then(arrive); }
}
// Who came by the keyboard goes on from here, not from the top of the page.
const arrive = () => { const at = explorer.querySelector("[aria-current]"); if (at) { at.tabIndex = -1; at.focus({ preventScroll: true }); } };
const crumbs = (names) => el("div", { class: "crumbs" }, ...names.flatMap((node, depth) => [depth ? el("i", { "aria-hidden": "true" }, "›") : null, node]));
function drawExplorer() {
  if (device) { drawDevice(); return; }
  explorer.dataset.at = here;
  const under = here < 0 ? tops : children[here], list = el("div", {}), own = el("div", { id: "computers" });
  const owns = here >= 0 && D.blocks.of[here] >= 0;
  explorer.replaceChildren(
    crumbs((here < 0 ? [] : ways[here]).map((at) => (at === here ? el("span", { class: "strong", "aria-current": "page" }, unitName(at)) : unitLink(at, unitName(at))))),
    ...[here >= 0 ? unitCard(here) : null, under.length ? treemap(under, drawExplorer) : null, under.length ? el("h3", {}, word("js_children") + " (" + count(under.length) + ")") : null, under.length ? list : null,
      owns ? el("h3", {}, word(under.length ? "own_devices" : "devices_here")) : null, owns ? own : null].filter(Boolean));
  if (under.length) table(list, unitColumns(false), under, below, word("js_children"));
  if (owns) filled(own, () => drawComputers(own, here));
  labelTiles();
}
function unitCard(at) {
  const unit = D.units[at], points = pointSpan(unit[U.low], unit[U.high]), found = el("div", {});
  filled(found, () => drawFound(found, at));
  return el("div", { class: "card long" },
    el("div", { class: "unit-head" }, el("h3", {}, unitName(at)), el("span", { class: "badge" }, title("tier", unit[U.tier])), el("span", { class: "note" }, unit[U.id])),
    factList([[word("points"), [points, grades(unit).map((code) => code + " " + title("grade", code)).join(" – ")].filter(Boolean).join(" · ")], [word("devices"), count(unit[U.devices])], [word("in_use"), count(unit[U.inUse])], [word("suspected_devices"), count(unit[U.suspected])],
      ...D.bars.map((names, of) => [names[side()], rateSpan(unit[U.bars][of][1], unit[U.bars][of][2])]), ...(unit[U.accepted] ? [[word("accepted"), yesNo(unit[U.accepted][0])]] : [])]),
    spanBar(unit[U.low], unit[U.high], 100, word("points") + " " + points, 12),
    el("div", { class: "unit-cats" }, ...D.cats.map((names, of) => {
      const c = unit[U.cats][of], rate = rateSpan(c[C.rateLow], c[C.rateHigh]), coverage = rateSpan(c[C.covLow], c[C.covHigh]);
      const counts = ["genuine", "undetermined", "not_genuine", "absent"].map((key, k) => word(key) + " " + count([c[C.genuine], c[C.open], c[C.bad], c[C.absent]][k])).join(" · ");
      return el("div", {}, el("h4", {}, names[side()]),
        el("p", {}, el("span", {}, word("by_copy")), el("b", {}, rate)), spanBar(c[C.rateLow], c[C.rateHigh], 1, word("by_copy") + " " + rate),
        el("p", {}, el("span", {}, word("by_machine")), el("b", {}, coverage)), spanBar(c[C.covLow], c[C.covHigh], 1, word("by_machine") + " " + coverage), note(counts));
    })), found,
    D.parts.position ? el("div", { class: "row" }, el("button", { type: "button", onclick: () => { position.at = at; position.page = 0; drawLicences(); document.getElementById("licences").scrollIntoView(); } }, word("licences_here"))) : null);
}
async function drawFound(host, at) {
  if (!D.blocks.n) { host.replaceChildren(note(word("sums_only"))); return; }
  const list = await listing([0]), some = [];
  let n = 0;
  for (let i = 0; i < list.length; i++) {
    const devices = await devicesOf(list.block[i]), f = await findingsOf(list.block[i], 0);
    if (within(devices.unit[f.device[list.i[i]]], at)) { n++; if (some.length < 5) some.push(i); }
    if (i % 4000 === 3999) await breathe();
  }
  const lines = await Promise.all(some.map((i) => finding(list.block[i], 0, list.i[i])));
  host.replaceChildren(el("h4", {}, word("js_findings_here") + " (" + count(n) + ")"), ...(n ? lines.map((f) => findingLine(f)) : [note(word("js_no_findings_here"))]),
    ...(n > 5 ? [el("div", { class: "row" }, el("button", { type: "button", onclick: () => { filter.within = at; filter.page = 0; drawFindings(); document.getElementById("suspects").scrollIntoView(); } }, word("js_all_findings_here", { n: count(n) })))] : []));
}
// A row a device: the worst judgement of each category.
async function deviceRows(block, wanted) {
  const devices = await devicesOf(block), rows = new Map();
  if (!devices) return [];
  devices.unit.forEach((unit, index) => { if (unit === wanted) rows.set(index, { block, index, name: devices.names[index], cats: D.cats.map(() => null), kind: KINDS }); });
  for (let kind = 0; kind < KINDS; kind++) {
    const held = await findingsOf(block, kind);
    if (held) held.device.forEach((index, i) => {
      const row = rows.get(index);
      if (row) { row.cats[held.cat[i]] = held.judgement[i]; row.kind = Math.min(row.kind, kind); }
    });
  }
  return [...rows.values()];
}
async function drawComputers(host, at) {
  const rows = await deviceRows(D.blocks.of[at], at), all = await shared(), list = el("div", {});
  const verdict = (judged) => (judged === null || judged === undefined ? "—" : title("verdict", all.judgements[judged][J.verdict]));
  const columns = [
    { head: word("device"), css: "first", value: (row) => row.name, cell: (row) => deviceLink(row.block, row.index, row.name) },
    ...D.cats.map((names, of) => ({ head: names[side()], value: (row) => (row.cats[of] === null ? null : row.cats[of]), cell: (row) => el("span", { class: row.cats[of] !== null && all.judgements[row.cats[of]][J.kind] === 0 ? "alarm" : "" }, verdict(row.cats[of])) })),
  ];
  const fill = () => table(list, columns, rows.filter((row) => matches(row.name, computers.text)), computers, word("device"));
  host.replaceChildren(el("div", { class: "tools" }, search(word("search_devices"), computers, fill)), list);
  if (computers.key === null) rows.sort((a, b) => a.kind - b.kind || a.index - b.index);
  fill();
}
function drawDevice() {
  const host = el("div", {});
  explorer.dataset.at = "";
  explorer.replaceChildren(host);
  return filled(host, async () => {
    const [block, index] = device, devices = await devicesOf(block), found = [];
    if (!devices || index >= devices.names.length) { device = null; drawExplorer(); return; }
    for (let kind = 0; kind < KINDS; kind++) {
      const held = await findingsOf(block, kind);
      if (held) for (let i = 0; i < held.device.length; i++) if (held.device[i] === index) found.push(await finding(block, kind, i));
    }
    if (!device || device[0] !== block || device[1] !== index) return;
    found.sort((a, b) => a.cat - b.cat);
    const unit = devices.unit[index], name = devices.names[index];
    host.replaceChildren(
      crumbs([...(unit < D.units.length ? ways[unit] : []).map((at) => unitLink(at, unitName(at))), el("span", { class: "strong", "aria-current": "page" }, name)]),
      el("div", { class: "card long", id: "device" }, el("div", { class: "unit-head" }, el("h3", {}, name), el("span", { class: "note" }, unit < D.units.length ? path(unit) : "")), ...found.map((f) => findingLine(f, true)),
        D.blocks.kept.length < 8 ? note(word("page_capped")) : null));
  });
}
