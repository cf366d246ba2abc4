// What drives: every source with its light, who moves which part now, who comes first, how calm.
import { attempt, button, card, h, head, keyed, light, meter, select, setText, slider, text } from "./dom.js";
import { icon as draw } from "./icons.js";

export const id = "sources", label = "Sources", icon = "camera";
const FLOOR_DB = -60;

export function build(app) {
  const model = app.model;
  const list = h("div", { class: "list" }), none = h("p", { class: "empty" }, "Nothing drives the avatar yet; it lives by itself. Add a camera, a phone or a microphone.");
  const fill = keyed(list, ({ source }) => {
    const state = light(), words = h("p", { class: "muted small" }), rate = h("span", {}), about = h("span", {});
    const level = meter("Loudness", { kind: "good", from: FLOOR_DB, to: 0 });
    const box = h("div", { class: "item" },
      h("header", {}, h("h3", {}, draw(model.DRIVERS[source.driver ?? source.name]?.icon ?? "camera"), h("span", {}, model.driverName(source.driver ?? source.name))),
        button(`Remove ${model.driverName(source.driver ?? source.name)}`, { icon: "close", kind: "quiet", small: true, iconOnly: true, onclick: () => attempt(() => app.ask("source.remove", { name: source.name })) })),
      h("div", { class: "row apart" }, state.root, rate), level.root, words, about);
    about.className = "tag";
    return { root: box, update: ({ source: now }) => {
      const device = now.options?.device ?? now.options?.source ?? now.options?.phone ?? now.options?.take;
      setText(about, device ? String(device) : "");
      about.hidden = !device || device === "auto";
    }, live: told => {
      const isMic = told?.level_db !== undefined && told.state === "on";
      state.set(...(isMic ? [told.level_db === null || told.level_db < FLOOR_DB ? "warn" : "good", told.level_db === null ? "hears nothing" : "listening"] : model.heard(told)));
      setText(words, (told?.status ?? "").replace(/^[\w-]+: /, ""));
      level.root.hidden = !isMic;
      if (isMic) level.set(told.level_db ?? FLOOR_DB);
      setText(rate, told?.packets_per_s ? `${Math.round(told.packets_per_s)} per second` : "");
      rate.className = "muted small num";
    } };
  });

  // ---- adding ----
  const kinds = [["webcam", "Camera"], ["microphone", "Microphone"], ...Object.entries(model.DRIVERS).filter(([, each]) => each.kind === "phone").map(([key, each]) => [key, `${each.name} (${each.on})`])];
  const what = select({ label: "What", options: kinds, onchange: () => offer() });
  const which = select({ label: "Which" }), address = text({ label: "The phone's address", placeholder: "192.168.1.20", inputmode: "decimal" });
  let devices = { cameras: [], microphones: [] };
  const offer = () => {
    const chosen = what.value, driver = model.DRIVERS[chosen];
    which.root.hidden = driver.kind === "phone";
    address.root.hidden = !driver.asks;
    if (driver.kind === "camera") which.fill([["", "the one used last, or the first"], ...devices.cameras.map(each => [each, each])]);
    if (driver.kind === "microphone") which.fill([["", "the system's choice"], ...devices.microphones.map(each => [each, each])]);
  };
  const look = async () => { devices = await findDevices(app) ?? devices; offer(); };
  const add = card("Add a source", h("div", { class: "cols" }, what.root, which.root, address.root), h("div", { class: "row" },
    button("Add", { icon: "plus", kind: "main", onclick: () => attempt(() => addSource(app, what.value, { device: which.value, phone: address.value }), `${model.driverName(what.value)} is on.`) }),
    button("Look for devices again", { kind: "quiet", onclick: look })));
  offer();
  look();

  // ---- parts ----
  const body = h("tbody"), parts = new Map();
  for (const part of model.PARTS) {
    const now = h("span", { class: "tag" }, "–");
    const first = select({ label: `Who comes first for ${model.PART_NAMES[part]}`, hidden: true, onchange: name => attempt(() => app.ask("source.order", { region: part, names: [name, ...model.order(app.state, part).filter(each => each !== name)] })) });
    const calm = slider({ label: `Calm of ${model.PART_NAMES[part]}`, min: 0.125, max: 8, step: 0.05, value: 1, scale: "log", show: v => v < 0.8 ? "lively" : v > 1.3 ? "calm" : "usual", onchange: v => app.slide("source.smooth", { region: part, value: v }, `calm-${part}`).catch(() => {}) });
    calm.root.querySelector("label").className = "hush";
    parts.set(part, { now, first, calm });
    body.append(h("tr", {}, h("td", {}, model.PART_NAMES[part]), h("td", {}, now), h("td", { class: "wide-only" }, first.root), h("td", {}, calm.root)));
  }
  const all = slider({ label: "Everything", help: "Left is lively, right is calm", min: 0.125, max: 8, step: 0.05, value: 1, scale: "log", show: v => `× ${v.toFixed(2)}`, onchange: v => app.slide("source.smooth", { region: "all", value: v }, "calm-all").catch(() => {}) });
  const root = h("div", {}, head("Sources", "Several may drive at once: for each part the first one that sees you wins."), none, list, add,
    card("Who drives what", h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, "Part"), h("th", {}, "Now"), h("th", { class: "wide-only" }, "Comes first"), h("th", {}, "Calm"))), body)),
    card("Calm", all.root));
  let rows = new Map();
  return {
    root,
    state(state) {
      rows = fill(model.sources(state).map(source => ({ key: source.name, source })));
      none.hidden = rows.size > 0;
      for (const [part, row] of parts) {
        const order = model.order(state, part);
        row.first.fill([...order].sort().map(name => [name, model.driverName(name)]));
        row.first.set(order[0]);
        row.first.input.disabled = order.length < 2;
        row.calm.set(model.smooth(state, part));
      }
      all.set(model.smooth(state, "all"));
    },
    live(live) {
      for (const [name, row] of rows) row.live(live.sources?.[name]);
      for (const [part, row] of parts) {
        const driver = live.drivers?.[part];
        setText(row.now, driver ? model.driverName(driver) : "nobody");
        row.now.className = driver && driver !== "idle" ? "tag live" : "tag";
      }
    },
  };
}

// Cameras and microphones by name, and this computer's addresses.
export async function findDevices(app) {
  const told = await attempt(() => app.ask("source.devices"));
  const names = list => (list ?? []).map(each => typeof each === "string" ? each : each.name ?? String(each.index ?? "")).filter(Boolean);
  return told && { cameras: names(told.cameras), microphones: names(told.microphones), addresses: told.addresses ?? [] };
}

export function addSource(app, driver, { device = "", phone = "" } = {}) {
  const about = app.model.DRIVERS[driver], options = {};
  if (driver === "webcam" && device) options.source = device;
  if (driver === "microphone" && device) options.device = device;
  if (about.kind === "phone") {
    if (phone && about.asks) options.phone = phone; else options.lan = true;
    if (about.needs && !phone) return Promise.reject(new Error(`${about.name}: type the address that the phone shows`));
  }
  return app.ask("source.add", { driver, options });
}
