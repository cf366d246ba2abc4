// Small pieces that every section is built of. A piece is {root, set(value)}; `set` never disturbs a hand that is on it.
import { icon } from "./icons.js";

let numbers = 0;
export const fresh = name => `${name}-${++numbers}`;

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "style") for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function setText(element, text) { if (element.textContent !== text) element.textContent = text; }

// Numbers that nobody can read twenty times a second are written four times a second.
export function calmly(write, every = 250) {
  let last = 0;
  return (...values) => { const now = performance.now(); if (now - last >= every) { last = now; write(...values); } };
}

// One line to whoever looks or listens.
export function toast(words, bad = false) {
  const box = document.getElementById("toasts");
  for (const old of box.children) if (old.textContent === words) old.remove();
  const note = h("div", { class: bad ? "toast bad" : "toast" }, words);
  box.append(note);
  while (box.children.length > 3) box.firstChild.remove();
  setTimeout(() => note.remove(), bad ? 9000 : 4000);
}

// Runs something asked of the show and says what went wrong.
export async function attempt(work, done = "") {
  try {
    const result = await work();
    if (done) toast(typeof done === "function" ? done(result) : done);
    return result;
  } catch (error) {
    toast(error.message, true);
    return undefined;
  }
}

export function button(label, { icon: name, kind = "", small = false, onclick, iconOnly = false, ...more } = {}) {
  const words = iconOnly ? [] : [h("span", {}, label)];
  const root = h("button", {
    type: "button", class: [kind, small && "small", iconOnly && "icon-only"].filter(Boolean).join(" "),
    "aria-label": iconOnly ? label : undefined, title: iconOnly ? label : undefined, ...more,
  }, name ? icon(name) : null, words);
  if (onclick) root.addEventListener("click", async event => {
    if (root.getAttribute("aria-disabled")) return;
    root.setAttribute("aria-disabled", "true");
    try { await onclick(event); } finally { root.removeAttribute("aria-disabled"); }
  });
  return root;
}

export function slider({ label, min, max, step = 0.01, value = 0, show = v => v.toFixed(2), help, onchange, scale = "linear" }) {
  const id = fresh("slider"), log = scale === "log";
  const to = v => log ? Math.log2(v) : v, from = v => log ? 2 ** v : v;
  const output = h("output", { for: id });
  const input = h("input", { type: "range", id, min: String(to(min)), max: String(to(max)), step: String(step) });
  let held = 0;
  const paint = () => {
    const at = Number(input.value), low = to(min), high = to(max);
    input.style.setProperty("--at", `${(100 * (at - low)) / (high - low)}%`);
    setText(output, show(from(at)));
    input.setAttribute("aria-valuetext", show(from(at)));
  };
  input.addEventListener("input", () => { held = Date.now(); paint(); onchange?.(from(Number(input.value))); });
  const set = v => {
    if (v === undefined || v === null || Date.now() - held < 700) return;
    const text = String(to(Math.min(max, Math.max(min, v))));
    if (Math.abs(Number(text) - Number(input.value)) > 1e-6) input.value = text;
    paint();
  };
  input.value = String(to(value));
  paint();
  const root = h("div", { class: "field" }, h("div", { class: "cap" }, h("label", { for: id }, label), output), input,
    help && h("small", {}, help));
  return { root, set, input, get value() { return from(Number(input.value)); } };
}

export function toggle({ label, help, onchange }) {
  const id = fresh("switch");
  const root = h("div", { class: "switch" },
    h("div", { class: "words" }, h("span", { id }, label), help && h("small", { class: "muted", id: `${id}-help` }, help)));
  const knob = h("button", {
    type: "button", role: "switch", "aria-checked": "false", "aria-labelledby": id,
    "aria-describedby": help ? `${id}-help` : undefined,
    onclick: () => { const on = knob.getAttribute("aria-checked") !== "true"; set(on); onchange(on); },
  });
  const set = on => knob.setAttribute("aria-checked", String(Boolean(on)));
  root.append(knob);
  return { root, set, input: knob };
}

export function choice({ label, options, onchange, hidden = false }) {
  const name = fresh("choice"), inputs = new Map();
  const root = h("fieldset", { class: "choice" }, h("legend", { class: hidden ? "hush" : undefined }, label),
    h("div", {}, options.map(([value, words]) => {
      const input = h("input", { type: "radio", name, value, onchange: () => onchange(value) });
      inputs.set(value, input);
      return h("label", {}, input, h("span", {}, words));
    })));
  return { root, set: value => { for (const [each, input] of inputs) input.checked = each === value; } };
}

export function select({ label, options = [], onchange, hidden = false }) {
  const id = fresh("select"), input = h("select", { id, onchange: () => onchange?.(input.value) });
  let known = "";
  const fill = list => {
    const text = JSON.stringify(list);
    if (text === known) return;
    known = text;
    const before = input.value;
    input.replaceChildren(...list.map(([value, words]) => h("option", { value }, words)));
    if (list.some(([value]) => value === before)) input.value = before;
  };
  fill(options);
  const root = h("div", { class: "field" }, h("label", { for: id, class: hidden ? "hush" : undefined }, label), input);
  return { root, fill, input, set: value => { if (value !== undefined && document.activeElement !== input) input.value = value; },
    get value() { return input.value; } };
}

export function text({ label, value = "", help, ...more }) {
  const id = fresh("text"), input = h("input", { type: "text", id, value, autocomplete: "off", spellcheck: "false", ...more });
  const root = h("div", { class: "field" }, h("label", { for: id }, label), input, help && h("small", {}, help));
  return { root, input, get value() { return input.value.trim(); } };
}

export function meter(label, { kind = "", from = 0, to = 1 } = {}) {
  const fill = h("i"), root = h("div", { class: `meter ${kind}`, role: "meter", "aria-label": label, "aria-valuemin": String(from), "aria-valuemax": String(to), "aria-valuenow": String(from) }, fill);
  let told = 0, drawn = 0;
  return { root, set: value => {
    const share = Math.min(1, Math.max(0, ((value ?? from) - from) / (to - from)));
    if (Math.abs(share - drawn) < 0.005 && share !== 0) return;
    if (share === drawn) return;
    drawn = share;
    fill.style.transform = `scaleX(${share.toFixed(3)})`;
    if (Date.now() - told > 500) { told = Date.now(); root.setAttribute("aria-valuenow", String(Math.round((value ?? from) * 100) / 100)); }
  } };
}

export function light(words = "") {
  const dot = h("i", { class: "dot" }), label = h("span", {}, words), root = h("span", { class: "light" }, dot, label);
  return { root, set: (kind, says) => {
    const name = `dot ${kind}`;
    if (dot.className !== name) dot.className = name;
    setText(label, says);
  } };
}

export const card = (title, ...children) => h("section", { class: "card" }, title && h("header", {}, typeof title === "string" ? h("h3", {}, title) : title), children);
export const head = (title, words) => h("header", { class: "head" }, h("h2", { tabindex: "-1" }, title), words && h("p", { class: "muted" }, words));

// Keeps a list of elements in step with a list of values, by key; nothing is rebuilt that is still there.
export function keyed(parent, make) {
  const rows = new Map();
  return list => {
    const wanted = new Set(list.map(entry => entry.key));
    for (const [key, row] of rows) if (!wanted.has(key)) { row.root.remove(); rows.delete(key); }
    list.forEach((entry, index) => {
      let row = rows.get(entry.key);
      if (!row) rows.set(entry.key, row = make(entry));
      if (parent.children[index] !== row.root) parent.insertBefore(row.root, parent.children[index] ?? null);
      row.update?.(entry);
    });
    return rows;
  };
}

export function pickFile(accept) {
  return new Promise(done => {
    const input = h("input", { type: "file", accept });
    input.addEventListener("change", () => done(input.files[0] ?? null));
    input.addEventListener("cancel", () => done(null));
    input.click();
  });
}
