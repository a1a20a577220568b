/**
 * The service's own flowcharts (Mermaid text), read and laid out as one column: the steps in the file's order from top
 * to bottom, groups as boxes around theirs. Arrows to the next step are straight; what leads further on runs in a lane on
 * the right, what leads back in one on the left, one lane for each target. So it fits a narrow screen.
 */

/**
 * @typedef {{ id: string, name: string, what: string, path: string, state: string, handler: boolean, inner: Item[] | null }} Item
 * @typedef {{ from: string, to: string, on: string }} Edge `on`: "" for success, else as "failure", "timeout"
 */

/** @param {string} text @returns {{ items: Item[], edges: Edge[] }} */
export function readFlowchart(text) {
  /** @type {Item[]} */
  const items = [];
  /** @type {Edge[]} */
  const edges = [];
  /** @type {Map<string, Item>} */
  const byId = new Map();
  /** @type {Item[]} */
  const open = [];
  /** @param {string} id @param {string} label @param {Item[] | null} inner */
  const add = (id, label, inner) => {
    const around = open.at(-1);
    const [, name = "", what = ""] = /^(.*?)(?:: (.*))?$/s.exec(label) ?? [];
    const path = around ? `${around.path}/${name}` : name;
    const item = { id, name, what, path, state: "pending", handler: false, inner };
    (around?.inner ?? items).push(item);
    byId.set(id, item);
    return item;
  };
  for (const line of text.split("\n").map((each) => each.trim())) {
    const group = /^subgraph (\w+)\["([^"]*)"\]$/.exec(line);
    const node = /^(\w+)(?:\(\[|\[\/|\[\[|\{\{|\[|\()"([^"]*)"/.exec(line);
    const edge = /^(\w+) (?:-->|-\. ([\w ]+) \.->) (\w+)$/.exec(line);
    const shade = /^class ([\w,]+) (\w+)$/.exec(line);
    const [, one = "", other = "", third = ""] = group ?? node ?? edge ?? shade ?? [];
    if (group) open.push(add(one, plain(other), []));
    else if (line === "end") open.pop();
    else if (node) add(one, plain(other), null);
    else if (edge) edges.push({ from: one, to: third, on: other });
    else if (shade) {
      for (const item of one.split(",").flatMap((id) => byId.get(id) ?? [])) {
        if (other === "handler") item.handler = true;
        else item.state = other;
      }
    }
  }
  return { items, edges: edges.filter(({ from, to }) => byId.has(from) && byId.has(to)) };
}

/** Mermaid's entity codes, as `#40;`. @param {string} text */
function plain(text) {
  return text.replace(/#(\d{1,7});/g, (code, point) =>
    Number(point) <= 0x10ffff ? String.fromCodePoint(Number(point)) : code,
  );
}

const node = { width: 232, height: 44 };
const padding = 12;
const header = 34;
const gap = { joined: 22, apart: 10 };
const lane = { first: 14, next: 9 };
const margin = 4;

/**
 * @typedef {{ item: Item, inset: number, x: number, y: number, width: number, height: number, middle: number }} Box
 * @typedef {Omit<Box, "x">} Place
 * @typedef {Edge & { source: Place, target: Place, back: boolean }} Routed
 * @typedef {{ d: string, on: string, from: Item, to: Item }} Line
 */

/**
 * Where everything goes, in pixels.
 * @param {{ items: Item[], edges: Edge[] }} chart
 * @returns {{ width: number, height: number, boxes: Box[], lines: Line[] }}
 */
export function layOut({ items, edges }) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  /** Pairs of neighbours of which one leads to the other. @type {[Place, Place][]} */
  const nextTo = [];
  /** @param {Item} a @param {Item} b */
  const joined = (a, b) => edges.some(({ from, to }) => from === a.id && to === b.id);
  /** @param {readonly Item[]} list @returns {number} */
  const deepest = (list) => Math.max(0, ...list.map(({ inner }) => (inner ? 1 + deepest(inner) : 0)));
  const width = node.width + 2 * padding * deepest(items);

  /** @param {readonly Item[]} list @param {number} inset @param {number} top @returns {number} */
  const place = (list, inset, top) => {
    let y = top;
    /** @type {Place | null} */
    let before = null;
    for (const item of list) {
      const above = before;
      const straight = above !== null && joined(above.item, item);
      if (above !== null) y += straight ? gap.joined : gap.apart;
      const bottom = item.inner ? place(item.inner, inset + padding, y + header) + padding : y + node.height;
      const middle = y + (item.inner ? header / 2 : node.height / 2);
      before = { item, inset, y, height: bottom - y, width: width - 2 * inset, middle };
      places.set(item.id, before);
      if (above !== null && straight) nextTo.push([above, before]);
      y = bottom;
    }
    return y;
  };
  const bottom = place(items, 0, margin);

  const routed = edges.flatMap((edge) => {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (!from || !to || nextTo.some(([one, other]) => one === from && other === to)) return [];
    return [{ ...edge, source: from, target: to, back: to.y <= from.y }];
  });
  const right = lanesOf(routed.filter(({ back }) => !back));
  const left = lanesOf(routed.filter(({ back }) => back));
  /** @param {number} count */
  const gutter = (count) => (count === 0 ? margin : lane.first + count * lane.next);
  const x = gutter(left.count);
  /** @param {Place} spot @returns {Box} */
  const shifted = (spot) => ({ ...spot, x: x + spot.inset });

  const straight = nextTo.map(([above, below]) => {
    const [from, to] = [shifted(above), shifted(below)];
    // Where it goes on in any case, that it does so after success is what counts.
    const all = edges
      .filter((edge) => edge.from === from.item.id && edge.to === to.item.id)
      .map(({ on }) => on);
    const on = all.includes("") ? "" : (all[0] ?? "");
    return { d: `M${from.x + 20},${from.y + from.height}V${to.y - 1}`, on, from: from.item, to: to.item };
  });
  const around = [...right.edges, ...left.edges].map(
    ({ back, on, source, target, leaves, enters, lane: at }) => {
      const [from, to] = [shifted(source), shifted(target)];
      const side = back ? -1 : 1;
      const start = back ? from.x : from.x + from.width;
      const end = back ? to.x - 1 : to.x + to.width + 1;
      const turn = back ? x - lane.first - at * lane.next : x + width + lane.first + at * lane.next;
      return { d: bent(start, leaves, turn, end, enters, side), on, from: from.item, to: to.item };
    },
  );
  return {
    width: x + width + gutter(right.count),
    height: bottom + margin,
    boxes: [...places.values()].map(shifted).toSorted((a, b) => a.inset - b.inset),
    lines: [...straight, ...around],
  };
}

/** One lane for all that leads to the same step in the same way; short ones nearest to the steps. @param {readonly Routed[]} edges */
function lanesOf(edges) {
  const groups = Map.groupBy(edges, ({ to, on }) => `${to} ${on === ""}`);
  const spans = [...groups.values()].map((group) => {
    const ys = group.flatMap(({ source, target }) => [source.middle, target.middle]);
    return { group, top: Math.min(...ys), bottom: Math.max(...ys) };
  });
  /** @type {{ top: number, bottom: number }[][]} */
  const taken = [];
  /** @type {(Routed & { lane: number, enters: number, leaves: number })[]} */
  const placed = [];
  /** @type {Map<Place, number>} */
  const entered = new Map();
  /** @type {Map<Place, number>} */
  const left = new Map();
  for (const { group, top, bottom } of spans.toSorted((a, b) => a.bottom - a.top - (b.bottom - b.top))) {
    let at = 0;
    while (taken[at]?.some((other) => other.top <= bottom + 8 && top - 8 <= other.bottom)) at++;
    taken[at] = [...(taken[at] ?? []), { top, bottom }];
    const [first] = group;
    if (!first) continue;
    const { target } = first;
    const enters = target.middle - 5 + apart(entered, target);
    for (const edge of group) {
      placed.push({ ...edge, lane: at, enters, leaves: edge.source.middle + 5 + apart(left, edge.source) });
    }
  }
  return { edges: placed, count: taken.length };
}

/** So that the ends of several at the same step can be told from each other. @param {Map<Place, number>} counts @param {Place} spot */
function apart(counts, spot) {
  const count = counts.get(spot) ?? 0;
  counts.set(spot, count + 1);
  return [0, 6, -6][count % 3] ?? 0;
}

/** @param {number} start @param {number} leaves @param {number} turn @param {number} end @param {number} enters @param {number} side */
function bent(start, leaves, turn, end, enters, side) {
  const down = enters >= leaves ? 1 : -1;
  const radius = Math.min(5, Math.abs(enters - leaves) / 2);
  const [before, after] = [turn - side * radius, turn - side * radius];
  return `M${start},${leaves}H${before}Q${turn},${leaves} ${turn},${leaves + down * radius}V${enters - down * radius}Q${turn},${enters} ${after},${enters}H${end}`;
}
