// What the page carries packed: segments of base64 and deflate, read when they are needed. packed.py and device_blocks.py write them.
const canRead = typeof DecompressionStream === "function";
const reading = new Map();
const breathe = () => new Promise((go) => setTimeout(go));

function parts(name) {
  if (!reading.has(name)) reading.set(name, inflate(name));
  return reading.get(name);
}
async function inflate(name) {
  const node = document.getElementById("s-" + name);
  if (!node || !canRead) return null;
  const bytes = Uint8Array.from(atob(node.textContent), (letter) => letter.charCodeAt(0));
  const whole = new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
  const sizes = new DataView(whole.buffer), cut = [];
  for (let at = 0; at < whole.length;) { const size = sizes.getUint32(at, true); cut.push(whole.subarray(at + 4, at + 4 + size)); at += 4 + size; }
  return cut;
}
const json = (part) => JSON.parse(new TextDecoder().decode(part));
function column(part) {
  const width = part[0], n = (part.length - 1) / width, out = new Uint32Array(n);
  for (let plane = 0, by = 1; plane < width; plane++, by *= 256) for (let i = 0, at = 1 + plane * n; i < n; i++, at++) out[i] += part[at] * by;
  return out;
}
function steps(part) {
  const out = column(part);
  for (let i = 0, now = 0; i < out.length; i++) { now += out[i] % 2 ? -(out[i] + 1) / 2 : out[i] / 2; out[i] = now; }
  return out;
}
// One promise a name: whoever asks second waits for the first.
const made = new Map();
function once(name, make) { if (!made.has(name)) made.set(name, make()); return made.get(name); }
const table_ = (name) => once(name, async () => { const held = await parts(name); return held && json(held[0]); });

const KINDS = 4;
const J = { kind: 0, verdict: 1, state: 2, grade: 3, confidence: 4, official: 5, decided: 6, flags: 7 };
const shared = () => table_("g");
const common = () => table_("t");
const devicesOf = (block) => once(block + "-d", async () => { const held = await parts(block + "-d"); return held && { names: json(held[0]), unit: steps(held[1]) }; });
const findingsOf = (block, kind) => once(block + "-f" + kind, async () => {
  const held = await parts(block + "-f" + kind);
  return held && { device: steps(held[0]), cat: column(held[1]), judgement: column(held[2]), product: column(held[3]) };
});
const evidenceOf = (block, kind) => once(block + "-e" + kind, async () => {
  const held = await parts(block + "-e" + kind);
  if (!held) return null;
  const own = json(held[0]), n = column(held[1]), start = new Uint32Array(n.length + 1);
  for (let i = 0; i < n.length; i++) start[i + 1] = start[i] + n[i];
  return { pieces: own.pieces, sources: own.sources, start, more: column(held[2]), piece: column(held[3]), source: column(held[4]), row: steps(held[5]) };
});

// A finding is told by block, kind and place. `facts` is null where this page does not carry its evidence.
async function finding(block, kind, i) {
  const [all, here, devices, evidence, every] = await Promise.all([shared(), findingsOf(block, kind), devicesOf(block), evidenceOf(block, kind), common()]);
  const judged = all.judgements[here.judgement[i]], device = here.device[i];
  let facts = null;
  if (evidence && every) {
    facts = [];
    for (let at = evidence.start[i]; at < evidence.start[i + 1]; at++) {
      const [sort, rule, text, weight] = evidence.piece[at] < every.pieces.length ? every.pieces[evidence.piece[at]] : evidence.pieces[evidence.piece[at] - every.pieces.length];
      const source = evidence.source[at] < every.sources.length ? every.sources[evidence.source[at]] : evidence.sources[evidence.source[at] - every.sources.length];
      facts.push({ kind: sort, rule, text, weight, source, row: evidence.row[at] ? evidence.row[at] - 1 : null });
    }
  }
  return {
    block, index: device, device: devices.names[device], unit: devices.unit[device] < D.units.length ? devices.unit[device] : -1, cat: here.cat[i], kind, suspected: kind === 0,
    verdict: judged[J.verdict], state: judged[J.state], grade: judged[J.grade], confidence: judged[J.confidence], official: judged[J.official], decided: judged[J.decided],
    flags: judged[J.flags], product: all.products[here.product[i]], facts, more: evidence ? evidence.more[i] : 0,
  };
}

// All findings of some kinds in the order in which they are listed: by judgement, then by unit and device.
const listing = (kinds) => once("list" + kinds.join(""), async () => {
  const keys = [];
  let n = 0;
  for (let block = 0; block < D.blocks.n; block++) {
    for (const kind of kinds) {
      const here = await findingsOf(block, kind);
      if (!here) continue;
      for (let i = 0; i < here.judgement.length; i++) keys.push(here.judgement[i] * 4294967296 + n++);
    }
    if (block % 4 === 3) await breathe();
  }
  const order = Float64Array.from(keys).sort(), list = { block: new Uint16Array(n), kind: new Uint8Array(n), i: new Uint32Array(n), length: n };
  const place = new Uint32Array(n);
  for (let at = 0; at < n; at++) place[order[at] % 4294967296] = at;
  n = 0;
  for (let block = 0; block < D.blocks.n; block++) for (const kind of kinds) {
    const here = await findingsOf(block, kind);
    if (here) for (let i = 0; i < here.judgement.length; i++) { const at = place[n++]; list.block[at] = block; list.kind[at] = kind; list.i[at] = i; }
  }
  return list;
});
