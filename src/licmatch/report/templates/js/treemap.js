// Units as areas: as large as their devices, as dark as their share. The table below it says the same.
const SHOWN = 60, LEVELS = [0.5, 0.7, 0.8, 0.9];
let measure = "c0";
function measured(unit) {
  if (measure === "s") return unit[U.inUse] ? 1 - unit[U.suspected] / unit[U.inUse] : null;
  if (measure[0] === "b") return unit[U.bars][Number(measure.slice(1))][1];
  const c = unit[U.cats][Number(measure.slice(1))];
  return c ? c[C.rateLow] : null;
}
const said = (value) => (value === null ? "—" : measure === "s" ? percent(1 - value) : percent(value));
const level = (value) => (value === null ? "none" : LEVELS.filter((least) => value >= least).length);
const legendOf = (at) => {
  const ends = [0, ...LEVELS, 1], [low, high] = measure === "s" ? [1 - ends[at + 1], 1 - ends[at]] : [ends[at], ends[at + 1]];
  return Math.round(low * 100) + "–" + Math.round(high * 100) + "%";
};
function squarify(sizes, x, y, w, h) {
  // Bruls, Huizing and van Wijk: rows along the shorter side, each as long as its tiles grow squarer.
  const whole = sizes.reduce((sum, n) => sum + n, 0), out = [];
  const areas = sizes.map((n) => (n / whole) * w * h);
  for (let at = 0; at < areas.length;) {
    const along = Math.min(w, h);
    const worst = (row, sum) => Math.max((along * along * Math.max(...row)) / (sum * sum), (sum * sum) / (along * along * Math.min(...row)));
    let row = [areas[at]], sum = areas[at];
    while (at + row.length < areas.length) {
      const next = areas[at + row.length];
      if (worst([...row, next], sum + next) > worst(row, sum)) break;
      row.push(next); sum += next;
    }
    const deep = sum / along;
    let step = 0;
    for (const area of row) {
      const long = area / deep;
      out.push(w >= h ? [x, y + step, deep, long] : [x + step, y, long, deep]);
      step += long;
    }
    if (w >= h) { x += deep; w -= deep; } else { y += deep; h -= deep; }
    at += row.length;
  }
  return out;
}
// Departments of a city are called after it: on a small tile the city's name would be all that is read.
function shortName(at) {
  const name = unitName(at), parent = D.units[at][U.parent], lead = parent < 0 ? "" : unitName(parent);
  return lead && name.startsWith(lead) && name.length > lead.length + 1 ? name.slice(lead.length).trim() : name;
}
function treemap(units, redraw) {
  const held = units.filter((at) => D.units[at][U.devices] > 0).sort((a, b) => D.units[b][U.devices] - D.units[a][U.devices] || a - b);
  if (held.length < 2) return null;
  const shown = held.slice(0, SHOWN), rest = held.slice(SHOWN), W = 1000, H = 320;
  const more = rest.reduce((sum, at) => sum + D.units[at][U.devices], 0);
  const boxes = squarify([...shown.map((at) => D.units[at][U.devices]), ...(more ? [more] : [])], 0, 0, W, H);
  const tiles = shown.map((at, i) => {
    const unit = D.units[at], value = measured(unit), spoken = unitName(at) + ": " + said(value) + ", " + count(unit[U.devices]) + " " + word("devices");
    return tile(boxes[i], "l" + level(value), shortName(at), said(value), spoken, () => go("u" + at));
  });
  if (more) tiles.push(tile(boxes[shown.length], "lnone", word("map_rest", { n: count(rest.length) }), "", word("map_rest", { n: count(rest.length) }) + ": " + count(more) + " " + word("devices"), null));
  const options = [...D.bars.map((names, at) => ["b" + at, names[side()]]), ...D.cats.map((names, at) => ["c" + at, names[side()] + " · " + word("rate_low")]), ["s", word("suspected_devices")]];
  return el("figure", { class: "card map" },
    el("div", { class: "tools" }, el("span", { class: "strong" }, word("map_title")), choose(word("map_colour"), options, measure, (value) => { measure = value; redraw(); }),
      el("span", { class: "legend shown" }, ...[0, 1, 2, 3, 4].map((at) => el("span", {}, el("i", { class: "m" + at }), legendOf(at))))),
    el("div", { class: "map-box" }, svg("svg", { class: "treemap", viewBox: "0 0 " + W + " " + H, preserveAspectRatio: "none", role: "group", "aria-label": word("map_title") }, ...tiles.map(([shape]) => shape)),
    el("div", { class: "labels", "aria-hidden": "true" }, ...tiles.map(([, label]) => label))), el("figcaption", { class: "note" }, word("map_help")));
}
function tile([x, y, w, h], css, name, value, spoken, open) {
  const shape = svg("rect", { class: "tile " + css, x: x.toFixed(1), y: y.toFixed(1), width: w.toFixed(1), height: h.toFixed(1), role: open ? "link" : "img", tabindex: open ? "0" : null, "aria-label": spoken }, svg("title", {}, spoken));
  if (open) {
    shape.addEventListener("click", open);
    shape.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } });
  }
  // Labels are no part of the drawing: it stretches, letters must not.
  const label = el("span", { class: css, "data-w": w.toFixed(0) }, el("b", {}, name), value ? el("i", {}, value) : null);
  Object.assign(label.style, { left: share(x / 1000), top: share(y / 320), width: share(w / 1000), height: share(h / 320) });
  return [shape, label];
}
