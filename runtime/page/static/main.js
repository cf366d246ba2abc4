// The page: a preview, a strip of tabs, and one section at a time. Each section is a module with id, label, icon,
// build(app) -> {root, state?, live?, page?, leave?}; `app` is what they share.
import { Link } from "./link.js";
import { icon } from "./icons.js";
import { h, setText, toast } from "./dom.js";
import * as model from "./model.js";
import { buildStage } from "./stage.js";
import * as setup from "./setup.js";
import * as expressions from "./expressions.js";
import * as sources from "./sources.js";
import * as phone from "./phone.js";
import * as calibrate from "./calibrate.js";
import * as shapes from "./shapes.js";
import * as motion from "./motion.js";
import * as view from "./view.js";
import * as outputs from "./outputs.js";
import * as avatar from "./avatar.js";

const SECTIONS = [setup, expressions, sources, phone, calibrate, shapes, motion, view, outputs, avatar];
const $ = id => document.getElementById(id);
const keep = { get: key => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window keeps nothing */ } } };

const base = new URL(".", location.href);
const link = new Link(`${base.protocol === "https:" ? "wss" : "ws"}://${base.host}${base.pathname}api`);
const app = { link, model, state: null, live: null, page: null, keep, base, go, ask: (...words) => link.ask(...words), slide: (...words) => link.slide(...words) };

// ---- colours ----
const THEMES = { auto: "as the system", dark: "dark", light: "light" };
const system = matchMedia("(prefers-color-scheme: light)");
function paint() {
  const chosen = keep.get("theme") ?? "auto";
  document.documentElement.dataset.theme = chosen === "auto" ? (system.matches ? "light" : "dark") : chosen;
  $("theme").setAttribute("aria-label", `Colours: ${THEMES[chosen]}`);
  $("theme").title = `Colours: ${THEMES[chosen]}`;
  $("theme").replaceChildren(icon({ auto: "auto", dark: "moon", light: "sun" }[chosen]));
}
$("theme").addEventListener("click", () => {
  const names = Object.keys(THEMES);
  keep.set("theme", names[(names.indexOf(keep.get("theme") ?? "auto") + 1) % names.length]);
  paint();
});
system.addEventListener("change", paint);
paint();

// ---- stage and tabs ----
const stage = buildStage(app, $("stage"));
const panel = $("panel"), tabs = new Map();
let shown = null;
for (const section of SECTIONS) {
  const tab = h("button", { type: "button", role: "tab", id: `tab-${section.id}`, "aria-controls": "panel", "aria-selected": "false", tabindex: "-1", onclick: () => go(section.id) },
    icon(section.icon), h("span", {}, section.label));
  tabs.set(section.id, tab);
  $("tabs").append(tab);
}
$("tabs").addEventListener("keydown", event => {
  const list = [...tabs.values()], at = list.indexOf(document.activeElement);
  const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const to = event.key === "Home" ? 0 : event.key === "End" ? list.length - 1 : move ? (at + move + list.length) % list.length : -1;
  if (at < 0 || to < 0) return;
  event.preventDefault();
  list[to].focus();
  list[to].click();
});

function go(id) {
  const section = SECTIONS.find(each => each.id === id) ?? SECTIONS[1];
  shown?.leave?.();
  for (const [name, tab] of tabs) {
    tab.setAttribute("aria-selected", String(name === section.id));
    tab.tabIndex = name === section.id ? 0 : -1;
  }
  panel.setAttribute("aria-labelledby", `tab-${section.id}`);
  shown = section.build(app);
  panel.replaceChildren(shown.root);
  shown.root.style.display = "contents";
  if (app.state) shown.state?.(app.state);
  if (app.live) shown.live?.(app.live);
  if (app.page) shown.page?.(app.page);
  keep.set("section", section.id);
  watch();
  if (location.hash !== `#${section.id}`) history.replaceState(null, "", `#${section.id}`);
}
addEventListener("hashchange", () => go(location.hash.slice(1)));

// ---- news ----
function watch() {
  const seen = document.visibilityState === "visible";
  link.watch(seen ? ["state", "page", "live", ...(stage.wanted() ? ["preview"] : [])] : [], stage.side(), shown?.live ? 20 : 4);
}
document.addEventListener("visibilitychange", watch);
app.watch = watch;

let first = true;
link.addEventListener("open", () => { linked("good", "Live"); $("lost").hidden = true; watch(); });
link.addEventListener("closed", () => { linked("bad", "Not connected"); $("lost").hidden = false; stage.lost(); });
link.addEventListener("trouble", event => toast(event.detail, true));
link.addEventListener("state", ({ detail }) => {
  app.state = detail;
  setText($("title"), model.title(detail));
  document.title = model.title(detail) ? `${model.title(detail)} – CartoonAlive` : "CartoonAlive";
  $("onair").hidden = !model.recording(detail, app.live);
  stage.state(detail);
  if (first) {
    first = false;
    const wanted = location.hash.slice(1) || keep.get("section");
    if (shown) shown.state?.(detail);  // somebody was quicker
    else go(!keep.get("set-up") && !model.isSetUp(detail) ? "setup" : wanted || "expressions");
  } else shown?.state?.(detail);
});
link.addEventListener("live", ({ detail }) => {
  app.live = detail;
  $("onair").hidden = !model.recording(app.state, detail);
  stage.live(detail);
  shown?.live?.(detail);
});
link.addEventListener("page", ({ detail }) => { app.page = detail; shown?.page?.(detail); });
link.addEventListener("preview", ({ detail }) => stage.picture(detail));

function linked(kind, words) {
  const [dot, label] = $("linked").children;
  dot.className = `dot ${kind}`;
  setText(label, words);
}

// An expression's key works here, too, as long as nobody types.
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !app.state) return;
  if (event.target.closest("input, select, textarea, [role=tablist]")) return;
  if (event.key === " " && event.target.closest("button, summary")) return;
  const found = model.expressions(app.state).find(each => each.key && each.key === event.key.toLowerCase());
  if (found) link.ask("expression.trigger", { name: found.name, on: null }).catch(error => toast(error.message, true));
});
