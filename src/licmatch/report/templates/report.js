// The page's own script: drill-down, ranking, findings and unknown names, drawn from the embedded data.
// Texts enter the page as text nodes only: names in an inventory are hostile.
(function () {
  "use strict";
  const D = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  let lang = D.lang;
  const PAGE = 15;
  const U = { id: 0, parent: 1, name: 2, tier: 3, devices: 4, inUse: 5, suspected: 6, points: 7, low: 8, high: 9, gradeLow: 10, gradeHigh: 11, cats: 12 };
  const C = { installed: 0, genuine: 1, bad: 2, open: 3, absent: 4, covered: 5, rate: 6, rateLow: 7, rateHigh: 8, cov: 9, covLow: 10, covHigh: 11 };
  const F = { device: 0, unit: 1, cat: 2, verdict: 3, state: 4, grade: 5, confidence: 6, official: 7, suspected: 8, product: 9, evidence: 10, more: 11, decided: 12, flags: 13 };
  const N = { name: 0, publisher: 1, version: 2, status: 3, cat: 4, rows: 5, devices: 6, open: 7 };

  const side = () => (lang === "zh" ? 0 : 1);
  const word = (key, values) => {
    let text = D.words[lang][key] || key;
    for (const name in values || {}) text = text.split("{" + name + "}").join(values[name]);
    return text;
  };
  const title = (kind, code) => (code === null ? "—" : ((D.titles[kind] || {})[code] || [code, code])[side()]);
  const unitName = (at) => D.units[at][U.name][side()];
  const cat = (at) => (at < 0 ? "—" : D.cats[at][side()]);
  const count = (n) => (n === null ? "—" : n.toLocaleString("en-US"));
  const percent = (x) => (x === null ? "—" : (x * 100).toFixed(1) + "%");
  const rateSpan = (a, b) => (a === null || b === null ? "—" : percent(a) === percent(b) ? percent(a) : (a * 100).toFixed(1) + "–" + percent(b));
  const pointSpan = (a, b) => (a === null || b === null ? "—" : a.toFixed(1) === b.toFixed(1) ? a.toFixed(1) : a.toFixed(1) + "–" + b.toFixed(1));

  const grades = (unit) => [...new Set([unit[U.gradeLow], unit[U.gradeHigh]].filter(Boolean))];

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const name in attributes || {}) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), attributes[name]);
      else if (attributes[name] !== null) node.setAttribute(name, attributes[name]);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined).map((child) => (typeof child === "number" ? String(child) : child)));
    return node;
  }
  function bar(parts, label, height) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    for (const [name, value] of [["class", "bar"], ["role", "img"], ["aria-label", label], ["width", "100%"], ["height", height]]) svg.setAttribute(name, value);
    for (const [css, x, width] of [["track", 0, 1], ...parts]) {
      if (!(width > 0)) continue;
      const rect = document.createElementNS(space, "rect");
      rect.setAttribute("class", css);
      rect.setAttribute("x", (x * 100).toFixed(2) + "%");
      rect.setAttribute("width", (width * 100).toFixed(2) + "%");
      rect.setAttribute("height", height);
      svg.append(rect);
    }
    return svg;
  }
  const spanBar = (low, high, full, label, height) =>
    bar(low === null || high === null ? [] : [["solid", 0, low / full], ["open", low / full, (high - low) / full]], label, height || 8);
  function shareBar(counts, label, height) {
    const whole = counts.reduce((sum, [, n]) => sum + n, 0) || 1;
    let at = 0;
    return bar(counts.map(([css, n]) => { const part = [css, at, n / whole]; at += n / whole; return part; }), label, height || 8);
  }
  const barCell = (text, drawn) => el("div", { class: "cell-bar" }, el("span", {}, text), drawn);

  // The tree, once: children of each unit, the way up, and how many listed findings lie within.
  const children = D.units.map(() => []);
  D.units.forEach((unit, at) => { if (unit[U.parent] >= 0) children[unit[U.parent]].push(at); });
  const tops = D.units.map((unit, at) => at).filter((at) => D.units[at][U.parent] < 0);
  function upward(at) {
    const way = [];
    for (let up = at; up >= 0 && way.length < 64; up = D.units[up][U.parent]) way.unshift(up);
    return way;
  }
  const ways = D.units.map((unit, at) => upward(at));
  const path = (at) => (at < 0 ? "—" : ways[at].slice(ways[at].length > 1 ? 1 : 0).map((up) => unitName(up)).join(" / "));
  const above = (at) => ways[at].slice(1, -1).map((up) => unitName(up)).join(" / ");
  const within = (finding, at) => at < 0 || (finding[F.unit] >= 0 && ways[finding[F.unit]].includes(at));

  // One table for all: sortable heads, pages, cards on a narrow screen.
  function table(host, columns, rows, state, label) {
    const sorted = state.key === null ? rows : rows.slice().sort((a, b) => {
      const value = columns[state.key].value, x = value(a), y = value(b);
      if (x === null || y === null) return (x === null) - (y === null);
      const order = typeof x === "string" ? x.localeCompare(y, lang === "zh" ? "zh-CN" : "en") : x - y;
      return state.down ? -order : order;
    });
    const last = Math.max(0, Math.ceil(sorted.length / state.size) - 1);
    state.page = Math.min(state.page, last);
    const start = state.page * state.size, page = sorted.slice(start, start + state.size);
    const again = (change) => { Object.assign(state, change); table(host, columns, rows, state, label); };
    const head = el("tr", {}, ...columns.map((column, at) =>
      el("th", { scope: "col", class: column.css || "", "aria-sort": state.key === at ? (state.down ? "descending" : "ascending") : null },
        column.value ? el("button", { type: "button", onclick: () => { again({ key: at, down: state.key === at ? !state.down : !!column.down, page: 0 }); host.querySelectorAll("th button")[at].focus(); } }, column.head) : column.head)));
    const body = page.map((row) => el("tr", {}, ...columns.map((column) => el("td", { class: column.css || "", "data-label": column.head }, column.cell(row)))));
    host.replaceChildren(
      rows.length ? el("div", { class: "card flush" }, el("table", { class: "stack", "aria-label": label }, el("thead", {}, head), el("tbody", {}, ...body))) : el("p", { class: "card" }, word("js_none")),
      pager(state, sorted.length, (step) => again({ page: state.page + step })));
  }
  function pager(state, n, turn) {
    const last = Math.max(0, Math.ceil(n / state.size) - 1);
    const step = (by, text) => { const button = el("button", { type: "button", onclick: () => turn(by) }, text); button.disabled = state.page + by < 0 || state.page + by > last; return button; };
    return el("div", { class: "pager" },
      n ? el("span", { class: "note", role: "status" }, word("js_shown", { a: count(state.page * state.size + 1), b: count(Math.min(n, (state.page + 1) * state.size)), n: count(n) })) : null,
      last ? step(-1, word("js_previous")) : null, last ? step(1, word("js_next")) : null);
  }
  const unitColumns = (withPath) => [
    { head: word("unit"), css: "first", value: (at) => unitName(at), cell: (at) => el("div", {}, unitLink(at, unitName(at)), withPath && above(at) ? el("span", { class: "sub" }, above(at)) : null) },
    { head: word("devices"), css: "num", down: true, value: (at) => D.units[at][U.devices], cell: (at) => count(D.units[at][U.devices]) },
    { head: word("points"), value: (at) => D.units[at][U.low], cell: (at) => { const unit = D.units[at], text = pointSpan(unit[U.low], unit[U.high]); return barCell(text + " · " + grades(unit).join("–"), spanBar(unit[U.low], unit[U.high], 100, text)); } },
    ...D.cats.map((names, of) => ({ head: names[side()], value: (at) => D.units[at][U.cats][of][C.rateLow], cell: (at) => { const c = D.units[at][U.cats][of], text = rateSpan(c[C.rateLow], c[C.rateHigh]); return barCell(text, spanBar(c[C.rateLow], c[C.rateHigh], 1, names[side()] + " " + text)); } })),
    { head: word("suspected"), css: "num", down: true, value: (at) => D.units[at][U.suspected], cell: (at) => count(D.units[at][U.suspected]) },
  ];
  const unitLink = (at, text) => el("button", { type: "button", class: "link strong", "data-unit": at, onclick: () => go(at) }, text);

  // Drill-down.
  const explorer = document.getElementById("explorer");
  let here = tops.length === 1 ? tops[0] : -1;
  const below = { key: null, down: false, page: 0, size: 50 };
  function go(at) { if (location.hash === "#u" + at) { here = at; drawExplorer(); } else location.hash = "u" + at; document.getElementById("units").scrollIntoView(); }
  function drawExplorer() {
    const under = here < 0 ? tops : children[here];
    const list = el("div", {}), parts = [];
    parts.push(el("div", { class: "crumbs" }, ...(here < 0 ? [] : ways[here]).flatMap((at, depth) =>
      [depth ? el("i", { "aria-hidden": "true" }, "›") : null, at === here ? el("span", { class: "strong", "aria-current": "page" }, unitName(at)) : unitLink(at, unitName(at))])));
    if (here >= 0) parts.push(unitCard(here));
    if (under.length) parts.push(el("h3", {}, word("js_children"), " (" + count(under.length) + ")"), list);
    explorer.replaceChildren(...parts);
    if (under.length) table(list, unitColumns(false), under, below, word("js_children"));
  }
  function unitCard(at) {
    const unit = D.units[at], points = pointSpan(unit[U.low], unit[U.high]);
    const found = D.findings.filter((finding) => finding[F.suspected] && within(finding, at));
    const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
    return el("div", { class: "card long" },
      el("div", { class: "unit-head" }, el("h3", {}, unitName(at)), el("span", { class: "badge" }, title("tier", unit[U.tier])), el("span", { class: "note" }, unit[U.id])),
      el("dl", { class: "facts" }, fact(word("points"), points + " · " + grades(unit).map((code) => code + " " + title("grade", code)).join(" – ")), fact(word("devices"), count(unit[U.devices])),
        fact(word("in_use"), count(unit[U.inUse])), fact(word("suspected_devices"), count(unit[U.suspected]))),
      spanBar(unit[U.low], unit[U.high], 100, word("points") + " " + points, 12),
      el("div", { class: "unit-cats" }, ...D.cats.map((names, of) => {
        const c = unit[U.cats][of], rate = rateSpan(c[C.rateLow], c[C.rateHigh]), coverage = rateSpan(c[C.covLow], c[C.covHigh]);
        const counts = ["genuine", "undetermined", "not_genuine", "absent"].map((key, k) => word(key) + " " + count([c[C.genuine], c[C.open], c[C.bad], c[C.absent]][k])).join(" · ");
        return el("div", {}, el("h4", {}, names[side()]),
          el("p", {}, el("span", {}, word("by_copy")), el("b", {}, rate)), spanBar(c[C.rateLow], c[C.rateHigh], 1, word("by_copy") + " " + rate),
          el("p", {}, el("span", {}, word("by_machine")), el("b", {}, coverage)), spanBar(c[C.covLow], c[C.covHigh], 1, word("by_machine") + " " + coverage),
          el("p", { class: "note" }, counts));
      })),
      el("h4", {}, word("js_findings_here") + " (" + count(found.length) + ")"),
      ...(found.length ? found.slice(0, 5).map(finding) : [el("p", { class: "note" }, word("js_no_findings_here"))]),
      found.length > 5 ? el("button", { type: "button", onclick: () => { filter.within = at; filter.page = 0; drawFindings(); document.getElementById("suspects").scrollIntoView(); } }, word("js_all_findings_here", { n: count(found.length) })) : null);
  }

  // Ranking of units that have no units below them.
  const ranking = document.getElementById("ranking");
  const rank = { key: 2, down: false, page: 0, size: PAGE, text: "" };
  const leaves = D.units.map((unit, at) => at).filter((at) => !children[at].length && D.units[at][U.devices] > 0);
  function drawRanking() {
    const list = el("div", {});
    ranking.replaceChildren(el("div", { class: "tools" }, search(word("js_search"), rank, () => fill())), list);
    const fill = () => table(list, unitColumns(true), leaves.filter((at) => matches(path(at) + " " + D.units[at][U.id], rank.text)), rank, word("unit"));
    fill();
  }
  function search(label, state, fill) {
    const input = el("input", { type: "search", placeholder: label, "aria-label": label, oninput: () => { state.text = input.value; state.page = 0; fill(); } });
    input.value = state.text;
    return input;
  }
  const matches = (text, wanted) => wanted.trim().toLowerCase().split(/\s+/).every((part) => text.toLowerCase().includes(part));

  // Findings, each with its evidence folded in.
  const suspects = document.getElementById("suspects");
  const filter = { text: "", cat: -1, grade: "", all: false, within: -1, page: 0, size: PAGE };
  const haystack = D.findings.map((f) => [f[F.device], f[F.unit] < 0 ? "" : path(f[F.unit]), f[F.product], ...f[F.evidence].flatMap((fact) => [fact[1], fact[2]])].join(" "));
  function drawFindings() {
    if (!suspects) return;
    const list = el("div", {});
    const fill = () => {
      const found = D.findings.filter((f, at) => (filter.all || f[F.suspected]) && (filter.cat < 0 || f[F.cat] === filter.cat) && (!filter.grade || f[F.grade] === filter.grade) && within(f, filter.within) && matches(haystack[at], filter.text));
      filter.page = Math.min(filter.page, Math.max(0, Math.ceil(found.length / filter.size) - 1));
      const start = filter.page * filter.size;
      list.replaceChildren(found.length ? el("div", { class: "card flush long" }, ...found.slice(start, start + filter.size).map(finding)) : el("p", { class: "card" }, word("js_none")),
        pager(filter, found.length, (step) => { filter.page += step; fill(); }));
    };
    const choose = (label, options, current, set) => {
      const box = el("select", { "aria-label": label, onchange: () => { set(box.value); filter.page = 0; fill(); } }, ...options.map(([value, text]) => el("option", { value }, text)));
      box.value = current;
      return box;
    };
    suspects.replaceChildren(el("div", { class: "tools" },
      search(word("js_search_findings"), filter, fill),
      choose(word("category"), [["-1", word("js_all_categories")], ...D.cats.map((names, at) => [String(at), names[side()]])], String(filter.cat), (value) => { filter.cat = Number(value); }),
      choose(word("evidence"), [["", word("js_all_levels")], ...["conclusive", "strong", "indication"].filter((code) => D.titles.strength[code]).map((code) => [code, title("strength", code)])], filter.grade, (value) => { filter.grade = value; }),
      choose(word("verdict"), [["", word("js_suspected_only")], ["1", word("js_all_listed")]], filter.all ? "1" : "", (value) => { filter.all = value === "1"; }),
      filter.within >= 0 ? el("span", { class: "note" }, word("js_within", { name: unitName(filter.within) }), " ", el("button", { type: "button", class: "link", onclick: () => { filter.within = -1; drawFindings(); } }, word("js_clear"))) : null), list);
    fill();
  }
  const badge = (f) => (f[F.suspected] ? el("span", { class: "badge " + (f[F.grade] === "strong" ? "strong-trace" : f[F.grade]) }, word("suspected") + " · " + title("strength", f[F.grade])) : el("span", { class: "badge" }, title("state", f[F.state])));
  // A rule is told by its title; a trace or a name by what was found.
  const named = (fact) => (D.titles.rule[fact[2]] && /^\w+=/.test(fact[1] || "") ? title("rule", fact[2]) : fact[1]);
  function finding(f) {
    const first = f[F.evidence][0];
    const node = el("details", { class: "finding" }, el("summary", {}, badge(f), el("span", { class: "strong" }, f[F.device]), el("span", { class: "headline" }, path(f[F.unit])), el("span", {}, cat(f[F.cat])),
      el("span", { class: "headline" }, first ? (f[F.suspected] ? named(first) : f[F.product] || named(first)) : f[F.product])));
    node.addEventListener("toggle", () => { if (node.open && node.children.length === 1) node.append(evidence(f)); });
    return node;
  }
  function evidence(f) {
    const heads = ["kind", "text", "rule", "source", "weight"].map((key) => word(key));
    const cells = (fact) => [title("kind", fact[0]), fact[1], D.titles.rule[fact[2]] ? title("rule", fact[2]) + " · " + fact[2] : fact[2], title("source", fact[3] || null) + (fact[4] === null ? "" : " · " + word("js_row", { n: fact[4] })), fact[5] === null ? "—" : fact[5].toFixed(2)];
    const said = [["js_decided_by", f[F.decided] && D.titles.rule[f[F.decided]] ? title("rule", f[F.decided]) + " · " + f[F.decided] : f[F.decided]], ["js_innocent", D.titles.innocent[f[F.decided]] ? title("innocent", f[F.decided]) : null],
      ["js_change", D.titles.change[f[F.verdict]] && D.titles.change[f[F.verdict]][0] !== f[F.verdict] ? title("change", f[F.verdict]) : null], ["js_flags", f[F.flags].length ? f[F.flags].map((flag) => title("flag", flag)).join("; ") : null]].filter(([, value]) => value);
    return el("div", { class: "body" },
      el("dl", { class: "facts" }, ...[["product", f[F.product] || "—"], ["verdict", title("verdict", f[F.verdict]) + " · " + (f[F.official] ? word("js_official") : word("js_provisional"))], ["confidence", f[F.confidence] === null ? "—" : f[F.confidence].toFixed(2)]].map(([key, value]) => el("div", {}, el("dt", {}, word(key)), el("dd", {}, value)))),
      f[F.evidence].length ? el("table", { class: "stack" }, el("thead", {}, el("tr", {}, ...heads.map((head, at) => el("th", { scope: "col", class: at === 4 ? "num" : "" }, head)))),
        el("tbody", {}, ...f[F.evidence].map((fact) => el("tr", {}, ...cells(fact).map((text, at) => el("td", { "data-label": heads[at], class: at === 1 || at === 3 ? "raw" : at === 4 ? "num" : "" }, text)))))) : el("p", { class: "note" }, word("js_no_evidence")),
      said.length ? el("dl", { class: "facts words" }, ...said.map(([key, value]) => el("div", {}, el("dt", {}, word(key)), el("dd", {}, value)))) : null,
      f[F.more] ? el("p", { class: "note" }, word("js_more_evidence", { n: count(f[F.more]) })) : null);
  }

  // Unknown names.
  const queue = document.getElementById("queue");
  const names = { key: null, down: true, page: 0, size: PAGE, text: "" };
  function drawUnknown() {
    if (!queue) return;
    const list = el("div", {});
    const columns = [
      { head: word("name"), value: (n) => n[N.name], cell: (n) => el("div", {}, el("span", { class: "strong" }, n[N.name]), el("span", { class: "sub" }, [n[N.publisher], n[N.version]].filter(Boolean).join(" · "))) },
      { head: word("status"), value: (n) => n[N.status], cell: (n) => title("status", n[N.status]) },
      { head: word("category"), value: (n) => cat(n[N.cat]), cell: (n) => cat(n[N.cat]) },
      { head: word("devices"), css: "num", down: true, value: (n) => n[N.devices], cell: (n) => count(n[N.devices]) },
      { head: word("rows"), css: "num", down: true, value: (n) => n[N.rows], cell: (n) => count(n[N.rows]) },
      { head: word("interval_open"), css: "num", down: true, value: (n) => n[N.open], cell: (n) => (n[N.open] ? (n[N.open] * 100).toFixed(2) + "%" : "—") },
    ];
    const fill = () => table(list, columns, D.unknown.filter((n) => matches(n[N.name] + " " + n[N.publisher], names.text)), names, word("name"));
    queue.replaceChildren(el("div", { class: "tools" }, search(word("js_search_unknown"), names, fill)), list);
    fill();
  }

  // Language, colours, print.
  function draw() {
    root.lang = lang === "zh" ? "zh-CN" : "en";
    root.dataset.lang = lang;
    document.title = word("title") + (tops.length === 1 ? " · " + unitName(tops[0]) : "");
    document.getElementById("switch-theme").setAttribute("aria-label", word("theme_label"));
    document.getElementById("switch-language").setAttribute("aria-label", word("lang_label") + ": " + (lang === "zh" ? "English" : "中文"));
    drawExplorer(); drawRanking(); drawFindings(); drawUnknown();
    for (const plain of document.querySelectorAll("table.plain.stack")) {
      const heads = [...plain.querySelectorAll("thead th")].map((th) => (th.querySelector("." + lang) || th).textContent);
      for (const row of plain.tBodies[0].rows) [...row.cells].forEach((cell, at) => cell.setAttribute("data-label", heads[at]));
    }
  }
  document.getElementById("switch-language").addEventListener("click", () => { lang = lang === "zh" ? "en" : "zh"; draw(); });
  document.getElementById("switch-theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.getElementById("print").addEventListener("click", () => window.print());
  addEventListener("hashchange", fromHash);
  addEventListener("beforeprint", () => { for (const node of document.querySelectorAll("details")) node.open = true; for (const node of document.querySelectorAll("details.finding")) if (node.children.length === 1) node.dispatchEvent(new Event("toggle")); });
  function fromHash() {
    const wanted = /^#u(\d+)$/.exec(location.hash);
    if (wanted && Number(wanted[1]) < D.units.length) { here = Number(wanted[1]); below.page = 0; below.key = null; drawExplorer(); }
  }
  draw(); fromHash();
})();
