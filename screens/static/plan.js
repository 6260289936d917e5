// The plan of a floor, drawn as SVG from the hall's own data: what stands where, the way to walk, 您在这里.

import { SIGNS } from "./plan_signs.js";

const NS = "http://www.w3.org/2000/svg";
const METRE = 20; // user units
const SIGN = 1.7; // metres, side of a sign
const WINDOW = [3.4, 2.2]; // metres
const FIRST = 22; // letters of the first language, user units
const SECOND = 15;

/** @typedef {{level: number, x: number, y: number}} Point */

/**
 * @param {object} plan of the guide: floors, spots, ways
 * @param {number} level which floor
 * @param {object} [marks]
 * @param {Point[]} [marks.route] over all floors
 * @param {string} [marks.here] the spot where this screen stands
 * @param {object} [marks.hereSaid] 您在这里, in both languages
 * @param {Set<number> | null} [marks.open] windows where somebody sits; null where nobody has said
 * @param {object} [marks.closedSaid] what a window says where nobody sits
 * @param {number} [marks.target] the window that the way leads to
 * @returns {SVGElement}
 */
export function drawPlan(plan, level, marks = {}) {
  const floor = plan.floors.find((each) => each.level === level);
  const [width, depth] = [floor.width * METRE, floor.depth * METRE];
  const spots = plan.spots.filter((spot) => spot.level === level);
  const svg = shape("svg", { viewBox: `0 0 ${width} ${depth}`, class: "plan", role: "img" });
  svg.append(label("title", floor.name), shape("rect", { class: "ground", x: 2, y: 2, width: width - 4, height: depth - 4, rx: 10 }));
  svg.append(...waysOf(plan, spots), ...routeOf(marks.route ?? [], level));
  for (const spot of spots) svg.append(...drawSpot(spot, marks, [width, depth]));
  const here = spots.find((spot) => spot.code === marks.here);
  if (here) svg.append(hereMark(here, marks.hereSaid, width));
  return svg;
}

/** The floors that a way touches, in the order of walking. @param {Point[]} route */
export const levelsOf = (route) => [...new Set(route.map((point) => point.level))];

function waysOf(plan, spots) {
  const known = new Map(spots.map((spot) => [spot.code, spot]));
  const here = plan.ways.filter((way) => way.ends.every((code) => known.has(code)));
  return here.map((way) => {
    const [one, other] = way.ends.map((code) => at(known.get(code)));
    const className = way.steps ? "way steps" : "way";
    return shape("line", { class: className, x1: one[0], y1: one[1], x2: other[0], y2: other[1] });
  });
}

/** One line for each stay on this floor, with an arrow at its end. */
function routeOf(route, level) {
  const stays = [];
  for (const [index, point] of route.entries()) {
    if (point.level !== level) continue;
    if (route[index - 1]?.level !== level) stays.push([]);
    stays.at(-1).push(at(point));
  }
  return stays.filter((stay) => stay.length > 1).flatMap((stay) => {
    const points = stay.map((each) => each.join()).join(" ");
    const [before, end] = stay.slice(-2);
    const turned = (Math.atan2(end[1] - before[1], end[0] - before[0]) * 180) / Math.PI;
    return [
      shape("polyline", { class: "route-case", points }),
      shape("polyline", { class: "route", points }),
      shape("path", { class: "route-end", d: "M-16 -15L12 0L-16 15z", transform: `translate(${end}) rotate(${turned})` }),
    ];
  });
}

function drawSpot(spot, marks, [width, depth]) {
  if (spot.kind === "window") return [windowBox(spot, marks, width)];
  if (spot.kind === "zone") return [labels(spot.name, at(spot), "zone", width)];
  if (!(spot.kind in SIGNS)) return [];
  const [x, y] = at(spot);
  const side = SIGN * METRE;
  const group = shape("g", { class: `spot ${spot.kind}` });
  group.append(shape("rect", { x: x - side / 2, y: y - side / 2, width: side, height: side, rx: 6 }));
  const scale = side / 24;
  group.append(shape("path", { class: "sign", d: SIGNS[spot.kind], transform: `translate(${x - side / 2} ${y - side / 2}) scale(${scale})` }));
  const below = y + side / 2 + FIRST * 0.95;
  const fits = below + SECOND * 1.3 < depth;
  group.append(labels(spot.name, [x, fits ? below : y - side / 2 - SECOND * 1.6], "name", width));
  return [group];
}

function windowBox(spot, marks, width) {
  const closed = marks.open && !marks.open.has(spot.window);
  const [x, y] = at(spot);
  const [wide, high] = WINDOW.map((each) => each * METRE);
  const className = ["spot", "window", closed ? "closed" : "", marks.target === spot.window ? "target" : ""].join(" ");
  const group = shape("g", { class: className });
  group.dataset.window = spot.window;
  group.append(shape("rect", { x: x - wide / 2, y: y - high / 2, width: wide, height: high, rx: 6 }));
  const number = shape("text", { class: "number", x, y: y + 12 });
  number.textContent = spot.window;
  group.append(number);
  if (closed && marks.closedSaid) group.append(labels(marks.closedSaid, [x, y - high / 2 - SECOND * 1.6], "name", width));
  return group;
}

function hereMark(spot, said, width) {
  const [x, y] = at(spot);
  const group = shape("g", { class: "here" });
  group.append(shape("path", { d: `M${x} ${y - 14}c-22 -25 -20 -52 0 -52s22 27 0 52z` }), shape("circle", { cx: x, cy: y - 46, r: 7 }));
  if (said) {
    const half = sizeOf(said, [FIRST, SECOND]) / 2 + 24;
    group.append(labels(said, [x + half > width ? x - half : x + half, y - 46], "here-name", width));
  }
  return group;
}

/** Both languages, one below the other, kept inside of the plan. */
function labels(text, [x, y], className, width) {
  const group = shape("g", { class: className });
  const sizes = className === "zone" ? [FIRST * 1.5, SECOND * 1.4] : [FIRST, SECOND];
  const half = sizeOf(text, sizes) / 2 + 4;
  const inside = Math.min(Math.max(x, half), width - half);
  for (const [index, language] of ["zh-CN", "en"].entries()) {
    if (index && text.en === text["zh-CN"]) continue;
    const line = shape("text", { x: inside, y: y + index * sizes[1] * 1.15, lang: language, class: index ? "second" : "first" });
    line.textContent = text[language];
    group.append(line);
  }
  return group;
}

const sizeOf = (text, [first, second]) => Math.max(long(text["zh-CN"]) * first, long(text.en) * second);

/** Width in letters: an English one is about half as wide. */
const long = (text) => [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) < 0x2e80 ? 0.58 : 1), 0);

const at = ({ x, y }) => [x * METRE, y * METRE];

function label(tag, text) {
  const element = shape(tag, {});
  element.textContent = `${text["zh-CN"]} ${text.en}`;
  return element;
}

function shape(tag, properties) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  return element;
}
