// How the avatar stands in the picture, and what stands behind it.
import { attempt, button, card, h, head, pickFile, select, setText, slider, toggle } from "./dom.js";

export const id = "view", label = "View", icon = "eye";

const COLOURS = [["#00ff00", "Green screen"], ["#ff00ff", "Magenta"], ["#0000ff", "Blue"], ["#e0e0e0", "Light grey"], ["#ffffff", "White"], ["#1b1d24", "Night"], ["#fbe3d3", "Peach"], ["#cfe3f5", "Sky"]];

export function build(app) {
  const say = (action, values, key = action) => app.slide(action, values, key).catch(error => attempt(() => Promise.reject(error)));
  const clear = h("button", { type: "button", class: "checker", "aria-pressed": "false", onclick: () => say("view.background", { value: "transparent" }) }, "Clear");
  const swatches = COLOURS.map(([value, words]) => {
    const tile = h("button", { type: "button", "aria-label": words, title: words, "aria-pressed": "false", onclick: () => say("view.background", { value }) });
    tile.style.backgroundColor = value;
    return [value, tile];
  });
  const own = h("input", { type: "color", "aria-label": "A colour of your own", value: "#e0e0e0", oninput: () => say("view.background", { value: own.value }) });
  const picture = button("Picture …", { icon: "drop", onclick: async () => {
    const file = await pickFile("image/png,image/jpeg,image/webp");
    if (file) await attempt(() => app.link.upload("background", file), "The picture stands behind the avatar.");
  } });
  const named = h("span", { class: "muted small" });
  const zoom = slider({ label: "Zoom", min: 0.25, max: 4, step: 0.02, value: 1, scale: "log", show: v => `${Math.round(100 * v)} %`, onchange: v => say("view.place", { zoom: v }, "zoom") });
  const x = slider({ label: "Right and left", min: -1, max: 1, value: 0, show: v => `${Math.round(100 * v)} %`, onchange: v => say("view.place", { x: v }, "x") });
  const y = slider({ label: "Down and up", min: -1, max: 1, value: 0, show: v => `${Math.round(100 * v)} %`, onchange: v => say("view.place", { y: v }, "y") });
  const flip = toggle({ label: "Act as a mirror", help: "Your left is the picture's left", onchange: on => say("view.mirror", { on }) });
  const top = toggle({ label: "Above all windows", onchange: on => say("view.on_top", { on }) });
  const bare = toggle({ label: "No frame", help: "A window without title and border", onchange: on => say("view.borderless", { on }) });
  const edges = select({ label: "Transparency in the window", options: [["natural", "as this system expects it"], ["straight", "straight (OBS Game Capture)"], ["premultiplied", "premultiplied"]], onchange: value => say("view.alpha", { value }) });
  const keys = h("tbody"), board = card("Keys in the avatar's window", h("table", {}, keys));
  let listed = "";
  const root = h("div", {}, head("View", "Drag the avatar in the preview to move it; the wheel zooms."),
    card("Background", h("div", { class: "swatches" }, clear, swatches.map(([, tile]) => tile)), h("div", { class: "row" }, own, picture, named),
      h("p", { class: "help" }, "Clear needs no green screen: OBS takes the transparency as it is (Game Capture with “Allow transparency”, or Window Capture on Linux).")),
    card("Place", h("div", { class: "cols" }, zoom.root, x.root, y.root), h("div", { class: "row" }, button("Centre", { icon: "target", small: true, onclick: () => attempt(() => app.ask("view.place", { zoom: 1, x: 0, y: 0 })) }))),
    card("Window", h("div", { class: "cols" }, flip.root, top.root, bare.root, edges.root)), board);
  return { root, state(state) {
    const now = app.model.view(state), value = String(now.background ?? "").toLowerCase();
    clear.setAttribute("aria-pressed", String(value === "transparent"));
    for (const [colour, tile] of swatches) tile.setAttribute("aria-pressed", String(colour === value));
    const isPicture = value !== "" && value !== "transparent" && !value.startsWith("#");
    setText(named, isPicture ? String(now.background).split(/[\\/]/).pop() : "");
    if (/^#[0-9a-f]{6}$/.test(value) && document.activeElement !== own) own.value = value;
    zoom.set(now.zoom); x.set(now.x); y.set(now.y);
    flip.set(now.mirror); top.set(now.on_top); bare.set(now.borderless); edges.set(now.alpha);
    const list = app.model.keys(state), text = JSON.stringify(list);
    board.hidden = !list.length || app.model.windowless(state);
    if (text !== listed) {
      listed = text;
      keys.replaceChildren(...list.map(each => h("tr", {}, h("td", {}, each.keys.map(key => [h("kbd", {}, key), " "])), h("td", {}, each.help))));
    }
    top.root.hidden = bare.root.hidden = edges.root.hidden = app.model.windowless(state);
  } };
}
