// Expressions: big buttons, and an editor for each.
import { attempt, button, card, choice, h, head, keyed, setText, slider, text } from "./dom.js";
import { has, icon } from "./icons.js";

export const id = "expressions", label = "Faces", icon_ = "joy";
export { icon_ as icon };

const pretty = name => name.replace(/[_-]+/g, " ").replace(/^./, letter => letter.toUpperCase());

export function build(app) {
  const grid = h("div", { class: "faces", role: "group", "aria-label": "Expressions" });
  const editor = h("div", { style: { display: "contents" } });
  let editing = false;
  const edit = button("Edit", { icon: "edit", kind: "quiet", small: true, "aria-pressed": "false", onclick: () => {
    editing = !editing;
    edit.setAttribute("aria-pressed", String(editing));
    edit.classList.toggle("on", editing);
    if (!editing) editor.replaceChildren();
    setText(hint, editing ? "Choose the expression to change." : usual);
  } });
  const usual = "A press switches on, another off. The keys work here and in the avatar's window.";
  const hint = h("p", { class: "muted small", "aria-live": "polite" }, usual);
  const root = h("div", {}, h("div", { class: "row apart" }, head("Expressions"), h("div", { class: "row" },
    button("New", { icon: "plus", kind: "quiet", small: true, onclick: () => open(app, editor, null) }), edit,
    button("All off", { icon: "close", small: true, onclick: () => attempt(() => app.ask("expression.clear")) }))), grid, hint, editor);

  const fill = keyed(grid, ({ preset }) => {
    const key = h("kbd", {}), tile = h("button", { type: "button", "aria-pressed": "false" },
      icon(has(preset.name) ? preset.name : "face"), h("span", {}, pretty(preset.name)), key);
    tile.addEventListener("click", () => editing ? open(app, editor, app.model.expressions(app.state).find(each => each.name === preset.name))
      : attempt(() => app.ask("expression.trigger", { name: preset.name, on: null })));
    return { root: tile, update: ({ preset: now }) => {
      setText(key, now.key.toUpperCase());
      key.hidden = !now.key;
      if (now.key) tile.setAttribute("aria-keyshortcuts", now.key); else tile.removeAttribute("aria-keyshortcuts");
    } };
  });
  let rows = new Map();
  return {
    root,
    state(state) { rows = fill(app.model.expressions(state).map(preset => ({ key: preset.name, preset }))); },
    live(live) {
      for (const [name, row] of rows) {
        const share = live.expressions?.[name] ?? 0, on = share > 0.02;
        if (row.share !== share) row.root.style.setProperty("--share", (row.share = share).toFixed(3));
        if (row.root.getAttribute("aria-pressed") !== String(on)) row.root.setAttribute("aria-pressed", String(on));
      }
    },
  };
}

function open(app, place, preset) {
  const made = preset ?? { name: "", weights: {}, overlays: {}, fade_s: 0.25, hold_s: null, key: "" };
  const weights = { ...made.weights }, overlays = { ...made.overlays };
  const name = text({ label: "Name", value: made.name, maxlength: "40", readonly: preset ? true : undefined });
  const key = text({ label: "Key", value: made.key, maxlength: "12", help: "Click here and press the key; Backspace for none." });
  key.input.addEventListener("keydown", event => {
    if (event.key === "Tab" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    key.input.value = event.key === "Backspace" ? "" : event.key === " " ? "space" : event.key.toLowerCase();
  });
  const fade = slider({ label: "Comes and goes in", min: 0, max: 3, step: 0.05, value: made.fade_s, show: v => `${v.toFixed(2)} s` });
  const hold = slider({ label: "Stays for", min: 0.1, max: 10, step: 0.1, value: made.hold_s ?? 2, show: v => `${v.toFixed(1)} s` });
  const held = choice({ label: "Ends", options: [["press", "by another press"], ["time", "by itself"]], onchange: how => { hold.root.hidden = how !== "time"; } });
  held.set(made.hold_s ? "time" : "press");
  hold.root.hidden = !made.hold_s;

  const list = h("div", { class: "cols" });
  const row = (into, entry, words) => {
    const bar = slider({ label: words, min: 0, max: 1, value: into[entry], onchange: v => { into[entry] = v; } });
    const away = button(`Take ${words} out`, { icon: "close", kind: "quiet", small: true, iconOnly: true, onclick: () => { delete into[entry]; box.remove(); } });
    const box = h("div", { class: "row" }, h("div", { class: "grow" }, bar.root), away);
    return box;
  };
  for (const entry of Object.keys(weights)) list.append(row(weights, entry, entry));
  for (const entry of Object.keys(overlays)) list.append(row(overlays, entry, `picture: ${entry}`));
  const names = app.model.overlays(app.state).map(each => [`o:${each}`, `picture: ${each}`]);
  const pick = h("select", { "aria-label": "Add a shape or picture", onchange: () => {
    const [kind, entry] = [pick.value[0], pick.value.slice(2)];
    const into = kind === "o" ? overlays : weights;
    if (entry && !(entry in into)) { into[entry] = 0.5; list.append(row(into, entry, kind === "o" ? `picture: ${entry}` : entry)); }
    pick.value = "";
  } }, h("option", { value: "" }, "Add a shape …"), [...names, ...app.model.SHAPES.map(each => [`w:${each}`, each])].map(([value, words]) => h("option", { value }, words)));
  const capture = button("Take my face as it is now", { icon: "camera", small: true, onclick: () => {
    for (const [entry, value] of Object.entries(app.live?.weights ?? {})) {
      if (value < 0.15 || entry.startsWith("eyeLook") || entry in weights) continue;
      weights[entry] = Math.round(value * 100) / 100;
      list.append(row(weights, entry, entry));
    }
  } });
  const save = async () => {
    const values = { name: name.value, weights, overlays, fade_s: fade.value, hold_s: held.root.querySelector("input:checked").value === "time" ? hold.value : null, key: key.value };
    if (await attempt(() => app.ask("expression.set", values), `Saved ${values.name}`) !== undefined) close();
  };
  const close = () => place.replaceChildren();
  const box = card(preset ? `Change ${pretty(made.name)}` : "A new expression",
    h("div", { class: "cols" }, name.root, key.root, held.root, hold.root, fade.root), list, h("div", { class: "row" }, h("div", { class: "grow" }, pick), capture),
    h("div", { class: "row" }, button("Save", { icon: "check", kind: "main", onclick: save }), button("Cancel", { onclick: close }),
      preset && button("Remove", { kind: "quiet", onclick: async () => { if (await attempt(() => app.ask("expression.remove", { name: made.name }), `Removed ${made.name}`) !== undefined) close(); } })));
  place.replaceChildren(box);
  (preset ? key : name).input.focus();
}
