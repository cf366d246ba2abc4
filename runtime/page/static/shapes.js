// The 52 shapes: how each arrives now, and how it is read.
import { attempt, button, calmly, card, h, head, meter, setText, slider, text, toggle } from "./dom.js";
import { icon as draw } from "./icons.js";

export const id = "shapes", label = "Shapes", icon = "sliders";

const TITLES = { lids: "Lids", gaze: "Gaze", brows: "Brows", cheeks: "Cheeks and nose", mouth: "Jaw and mouth", tongue: "Tongue" };
const USUAL = { low: 0, high: 1, power: 1, on: true };

export function build(app) {
  const search = text({ label: "Find a shape", placeholder: "smile, blink, brow …" });
  const rows = new Map(), groups = new Map();
  for (const [region, names] of Object.entries(app.model.REGIONS)) {
    const box = card(TITLES[region] ?? region, h("div", { class: "shapes" }, names.map(name => rows.set(name, shape(app, name)).get(name).root)));
    groups.set(box, names);
  }
  search.input.addEventListener("input", () => {
    const words = search.value.toLowerCase();
    for (const [name, row] of rows) row.root.hidden = !name.toLowerCase().includes(words);
    for (const [box, names] of groups) box.hidden = names.every(name => rows.get(name).root.hidden);
  });
  const reset = button("All as they come", { kind: "quiet", onclick: () => attempt(() => app.ask("shape.reset"), "All shapes are as they come.") });
  const root = h("div", {}, head("Shapes", "What arrives now. Open one to change its range and curve."), h("div", { class: "row" }, h("div", { class: "grow" }, search.root), reset), [...groups.keys()]);
  return {
    root,
    state(state) { const curves = app.model.curves(state); for (const [name, row] of rows) row.state(curves[name]); },
    live(live) { for (const [name, row] of rows) row.live(live.weights?.[name] ?? 0, live.raw?.[name]); },
  };
}

function shape(app, name) {
  const bar = meter(name), number = h("output", { "aria-hidden": "true" }, "0");
  const root = h("details", { class: "shape" }, h("summary", {}, h("span", { class: "name" }, name), bar.root, number, draw("next")));
  const write = calmly(value => setText(number, value < 0.005 ? "0" : value.toFixed(2)));
  let now = USUAL, body = null;
  const say = values => app.slide("shape.curve", { name, ...now, ...values }, `curve-${name}`).catch(error => attempt(() => Promise.reject(error)));
  const openUp = () => {
    const low = slider({ label: "Nothing up to", min: 0, max: 0.95, value: now.low, onchange: v => say({ low: v, high: Math.max(now.high, v + 0.02) }) });
    const high = slider({ label: "All from", min: 0.05, max: 2, value: now.high, onchange: v => say({ high: v, low: Math.min(now.low, v - 0.02) }) });
    const power = slider({ label: "Bend", help: "Less than 1 comes early, more comes late", min: 0.25, max: 4, step: 0.02, value: now.power, scale: "log", onchange: v => say({ power: v }) });
    const on = toggle({ label: "Used", onchange: v => say({ on: v }) });
    const curve = drawing();
    const away = button("As it comes", { kind: "quiet", small: true, onclick: () => say(USUAL) });
    root.append(h("div", { class: "body" }, curve.root, h("div", { class: "list" }, low.root, high.root, power.root, on.root, h("div", { class: "row" }, away))));
    return { set: value => { low.set(value.low); high.set(value.high); power.set(value.power); on.set(value.on); curve.set(value); }, at: curve.at };
  };
  root.addEventListener("toggle", () => { if (root.open && !body) { body = openUp(); body.set(now); } });
  return {
    root,
    state(curve) {
      now = { ...USUAL, ...curve };
      root.classList.toggle("changed", Object.keys(USUAL).some(key => now[key] !== USUAL[key]));
      root.classList.toggle("off", !now.on);
      body?.set(now);
    },
    live(value, raw) { bar.set(value); write(value); if (root.open) body?.at(raw ?? value); },
  };
}

// The curve as a picture: what comes in to the right, what goes out upward.
function drawing() {
  const SVG = "http://www.w3.org/2000/svg", make = (tag, values) => { const e = document.createElementNS(SVG, tag); for (const [k, v] of Object.entries(values)) e.setAttribute(k, v); return e; };
  const root = make("svg", { viewBox: "-6 -6 112 112", class: "curve", role: "img", "aria-label": "The curve" });
  const path = make("path", {}), dot = make("circle", { r: "4", cx: "0", cy: "100" });
  root.append(make("line", { x1: 0, y1: 100, x2: 100, y2: 0 }), path, dot);
  let out = x => x;
  return { root, set: ({ low, high, power, on }) => {
    out = x => on ? Math.min(1, Math.max(0, (x - low) / Math.max(0.01, high - low))) ** power : 0;
    path.setAttribute("d", Array.from({ length: 41 }, (_, i) => `${i ? "L" : "M"}${(i * 2.5).toFixed(1)} ${(100 - 100 * out(i / 40)).toFixed(1)}`).join(""));
  }, at: raw => {
    dot.setAttribute("cx", String(100 * Math.min(1, raw)));
    dot.setAttribute("cy", (100 - 100 * out(raw)).toFixed(1));
  } };
}
