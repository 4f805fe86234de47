// Words, figures and elements. Texts enter the page as text nodes only: names in an inventory are hostile.
const D = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
let lang = D.lang;
const PAGE = 15;
const U = { id: 0, parent: 1, name: 2, tier: 3, devices: 4, inUse: 5, suspected: 6, points: 7, low: 8, high: 9, gradeLow: 10, gradeHigh: 11, cats: 12, bars: 13, accepted: 14 };
const C = { installed: 0, genuine: 1, bad: 2, open: 3, absent: 4, covered: 5, rate: 6, rateLow: 7, rateHigh: 8, cov: 9, covLow: 10, covHigh: 11, domestic: 12, ended: 13 };

const side = () => (lang === "zh" ? 0 : 1);
const word = (key, values) => {
  let text = D.words[lang][key] || key;
  for (const name in values || {}) text = text.split("{" + name + "}").join(values[name]);
  return text;
};
const title = (kind, code) => (code === null || code === undefined ? "—" : ((D.titles[kind] || {})[code] || [code, code])[side()]);
const unitName = (at) => D.units[at][U.name][side()];
const cat = (at) => (at < 0 || at >= D.cats.length ? "—" : D.cats[at][side()]);
const count = (n) => (n === null ? "—" : n.toLocaleString("en-US"));
const percent = (x) => (x === null ? "—" : (x * 100).toFixed(1) + "%");
const rateSpan = (a, b) => (a === null || b === null ? "—" : percent(a) === percent(b) ? percent(a) : (a * 100).toFixed(1) + "–" + percent(b));
const pointSpan = (a, b) => (a === null || b === null ? "—" : a.toFixed(1) === b.toFixed(1) ? a.toFixed(1) : a.toFixed(1) + "–" + b.toFixed(1));
const yesNo = (value) => (value === null ? "—" : typeof value === "boolean" ? word(value ? "yes" : "no") : count(value));
const grades = (unit) => [...new Set([unit[U.gradeLow], unit[U.gradeHigh]].filter(Boolean))];
const collator = { zh: new Intl.Collator("zh-CN", { numeric: true }), en: new Intl.Collator("en", { numeric: true }) };
const wordsOf = (text) => text.trim().toLowerCase().split(/\s+/).filter(Boolean);
const matches = (text, wanted) => { const held = text.toLowerCase(); return wordsOf(wanted).every((part) => held.includes(part)); };

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const name in attributes || {}) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), attributes[name]);
    else if (attributes[name] !== null) node.setAttribute(name, attributes[name]);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined).map((child) => (typeof child === "number" ? String(child) : child)));
  return node;
}
function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) if (attributes[name] !== null) node.setAttribute(name, attributes[name]);
  node.append(...children);
  return node;
}
const share = (x) => (x * 100).toFixed(2) + "%";
const bar = (parts, label, height) => svg("svg", { class: "bar", role: "img", "aria-label": label, width: "100%", height },
  ...[["track", 0, 1], ...parts].filter(([, , width]) => width > 0).map(([css, x, width]) => svg("rect", { class: css, x: share(x), width: share(width), height })));
const spanBar = (low, high, full, label, height) =>
  bar(low === null || high === null ? [] : [["solid", 0, low / full], ["open", low / full, (high - low) / full]], label, height || 8);
const barCell = (text, drawn) => el("div", { class: "cell-bar" }, el("span", {}, text), drawn);
const note = (text) => el("p", { class: "note" }, text);
const status = (text) => el("p", { class: "card note", role: "status" }, text);
const factList = (pairs, css) => el("dl", { class: "facts " + (css || "") }, ...pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
