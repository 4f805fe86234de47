// One finding: a line that opens to what it rests on.
const badge = (f) => (f.suspected ? el("span", { class: "badge " + (f.grade === "strong" ? "strong-trace" : f.grade) }, word("suspected") + " · " + title("strength", f.grade)) : el("span", { class: "badge" }, title("state", f.state)));
// A rule is told by its title; a trace or a name by what was found.
const named = (fact) => (fact.kind === "partial_list" ? title("kind", fact.kind) : D.titles.rule[fact.rule] && /^\w+=/.test(fact.text || "") ? title("rule", fact.rule) : fact.text);
const deviceLink = (block, index, name) => el("button", { type: "button", class: "link strong", "data-device": block + "-" + index, onclick: (event) => { event.preventDefault(); go("d" + block + "-" + index); } }, name);
function findingLine(f, open) {
  const head = f.facts && f.facts[0];
  const node = el("details", { class: "finding" }, el("summary", {}, badge(f), open ? el("span", { class: "strong" }, cat(f.cat)) : deviceLink(f.block, f.index, f.device), el("span", { class: "headline" }, open ? title("verdict", f.verdict) : path(f.unit)),
    el("span", {}, open ? "" : cat(f.cat)), el("span", { class: "headline" }, head ? (f.suspected ? named(head) : f.product || named(head)) : f.product)));
  const show = () => { if (node.children.length === 1) node.append(evidence(f)); };
  node.addEventListener("toggle", () => { if (node.open) show(); });
  node.show = show;
  if (open) { node.open = true; show(); }
  return node;
}
function evidence(f) {
  const heads = ["kind", "text", "rule", "source", "weight"].map((key) => word(key));
  const cells = (fact) => [title("kind", fact.kind), fact.text, D.titles.rule[fact.rule] ? title("rule", fact.rule) + " · " + fact.rule : fact.rule || "", title("source", fact.source || null) + (fact.row === null ? "" : " · " + word("js_row", { n: fact.row })), fact.weight === null ? "—" : fact.weight.toFixed(2)];
  // Where only the list falls short, a whole one settles it, and nobody's ruling.
  const change = f.state === "undetermined" && f.grade === "none" && f.flags.includes("partial_list") ? "partial_list" : f.verdict;
  const more = [["js_decided_by", f.decided && D.titles.rule[f.decided] ? title("rule", f.decided) + " · " + f.decided : f.decided], ["js_innocent", D.titles.innocent[f.decided] ? title("innocent", f.decided) : null],
    ["js_change", D.titles.change[change] && D.titles.change[change][0] !== change ? title("change", change) : null], ["js_flags", f.flags.length ? f.flags.map((flag) => title("flag", flag)).join("; ") : null]].filter(([, value]) => value);
  return el("div", { class: "body" },
    factList([[word("product"), f.product || "—"], [word("verdict"), title("verdict", f.verdict) + " · " + word(f.official ? "js_official" : "js_provisional")], [word("confidence"), f.confidence === null ? "—" : f.confidence.toFixed(2)]]),
    f.facts === null ? note(word("evidence_elsewhere")) : f.facts.length ? el("table", { class: "stack evidence" }, el("thead", {}, el("tr", {}, ...heads.map((head, at) => el("th", { scope: "col", class: at === 4 ? "num" : "" }, head)))),
      el("tbody", {}, ...f.facts.map((fact) => el("tr", {}, ...cells(fact).map((said, at) => el("td", { "data-label": heads[at], class: at === 1 || at === 3 ? "raw" : at === 4 ? "num" : "" }, said)))))) : note(word("js_no_evidence")),
    more.length ? factList(more.map(([key, value]) => [word(key), value]), "words") : null,
    f.more ? note(word("js_more_evidence", { n: count(f.more) })) : null);
}
