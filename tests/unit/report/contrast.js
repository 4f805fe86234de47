// The texts that stand out too little from what is behind them, as WCAG 2 counts it: 4.5 to 1, or 3 to 1 where letters are large.
(() => {
  const parse = (text) => {
    const n = text.match(/[\d.]+/g).map(Number);
    return text.startsWith("color(") ? [...n.slice(0, 3).map((x) => x * 255), n[3] ?? 1] : [...n.slice(0, 3), n[3] ?? 1];
  };
  const part = (c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour[3] > 0.9) return colour;
    }
    return [255, 255, 255];
  };
  const weak = new Map(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility({ checkVisibilityCSS: true }) || node.closest("script,style,svg,.skip,:disabled")) continue;
    const style = getComputedStyle(node), tile = node.closest(".labels>span");
    const under = tile ? parse(getComputedStyle(document.querySelector(".tile." + tile.classList[0])).fill) : ground(node);
    const [a, b] = [light(parse(style.color)), light(under)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
    seen += 1;
    if (ratio < (large ? 3 : 4.5)) weak.set(node.className + ": " + style.color + " on " + under, ratio.toFixed(2));
  }
  return { seen, weak: [...weak].slice(0, 8) };
})()
