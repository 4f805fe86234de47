// The tree, once: children of each unit, the way up, and which units lie within another.
const children = D.units.map(() => []);
D.units.forEach((unit, at) => { if (unit[U.parent] >= 0) children[unit[U.parent]].push(at); });
const tops = D.units.map((unit, at) => at).filter((at) => D.units[at][U.parent] < 0);
const ways = D.units.map((unit, at) => {
  const way = [];
  for (let up = at; up >= 0 && way.length < 64; up = D.units[up][U.parent]) way.unshift(up);
  return way;
});
const first = new Int32Array(D.units.length), last = new Int32Array(D.units.length);
{
  // By a stack of its own: a tree may be as deep as its table is long.
  let n = 0;
  const open = tops.slice().reverse().map((at) => [at, 0]);
  while (open.length) {
    const top = open[open.length - 1];
    if (top[1] === 0) first[top[0]] = n++;
    if (top[1] < children[top[0]].length) open.push([children[top[0]][top[1]++], 0]);
    else { last[top[0]] = n; open.pop(); }
    if (top[1] === 0 && children[top[0]].length === 0) continue;
  }
}
const within = (unit, at) => at < 0 || (unit >= 0 && unit < D.units.length && first[at] <= first[unit] && first[unit] < last[at]);
const path = (at) => (at < 0 || at >= D.units.length ? "—" : ways[at].slice(ways[at].length > 1 ? 1 : 0).map((up) => unitName(up)).join(" / "));
const above = (at) => ways[at].slice(1, -1).map((up) => unitName(up)).join(" / ");
