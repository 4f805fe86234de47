// Language, colours, print, and the first drawing: what stands at the top first, long lists once they come near.
const later = new Map([["licences", drawLicences], ["findings", drawFindings], ["unknown", drawUnknown], ["rulings", drawRulings], ["campaign", drawBoard]]);
const drawn = new Set();
function near(id) { drawn.add(id); later.get(id)(); }
function labelTiles() {
  for (const label of document.querySelectorAll(".labels>span")) { const box = label.getBoundingClientRect(); label.classList.toggle("tight", box.width < 58 || box.height < 34); label.classList.toggle("none", box.width < 30 || box.height < 17); label.style.setProperty("--lines", Math.max(1, Math.floor((box.height - 8) / 17) - 1)); }
}
function draw() {
  root.lang = lang === "zh" ? "zh-CN" : "en";
  root.dataset.lang = lang;
  document.title = word("title") + (tops.length === 1 ? " · " + unitName(tops[0]) : "");
  document.querySelector("nav").setAttribute("aria-label", word("contents"));
  document.getElementById("switch-theme").setAttribute("aria-label", word("theme_label"));
  document.getElementById("switch-language").setAttribute("aria-label", word("lang_label") + ": " + (lang === "zh" ? "English" : "中文"));
  drawExplorer(); drawRanking();
  for (const id of drawn) later.get(id)();
  for (const node of document.querySelectorAll("[data-zh]")) node.setAttribute("aria-label", node.getAttribute("data-" + lang));
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
addEventListener("resize", labelTiles);
addEventListener("beforeprint", () => { for (const node of document.querySelectorAll("details")) { if (node.show) node.show(); node.open = true; } });
// The packed data stands behind this script, so that the page can be read before all of it has arrived.
addEventListener("DOMContentLoaded", () => {
  draw(); fromHash();
  const watch = new IntersectionObserver((seen) => { for (const one of seen) if (one.isIntersecting) { watch.unobserve(one.target); near(one.target.id); } }, { rootMargin: "600px" });
  for (const id of later.keys()) { const section = document.getElementById(id); if (section) watch.observe(section); }
  // A printed page shows what nobody scrolled to.
  const rest = () => { for (const id of later.keys()) if (!drawn.has(id) && document.getElementById(id)) near(id); root.dataset.ready = ""; };
  (window.requestIdleCallback || setTimeout)(rest, { timeout: 1500 });
});
