// Another avatar: from a portrait dropped here, or from a file.
import { attempt, button, card, h, head, pickFile, setText } from "./dom.js";
import { icon as draw } from "./icons.js";

export const id = "avatar", label = "Avatar", icon = "person";

export function build(app) {
  const words = h("strong", {}, "Drop a portrait here"), hint = h("p", { class: "muted small" }, "One face, looking at you, eyes open, mouth closed. PNG, JPEG or WebP. An .avatar file is shown at once.");
  const drop = h("div", { class: "drop" }, draw("drop"), words, hint, button("Choose a file …", { kind: "main", onclick: async () => {
    const file = await pickFile("image/png,image/jpeg,image/webp,.avatar");
    if (file) await take(app, file);
  } }));
  for (const type of ["dragenter", "dragover"]) drop.addEventListener(type, event => { event.preventDefault(); drop.classList.add("over"); });
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, event => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", event => { const file = event.dataTransfer.files[0]; if (file) take(app, file); });
  const bar = h("progress", { max: 1, value: 0, "aria-label": "The making of the avatar" }), step = h("p", { class: "muted", "aria-live": "polite" });
  const cancel = button("Cancel", { kind: "quiet", small: true, onclick: () => attempt(() => app.ask("portrait.cancel")) });
  const making = card("Making your avatar", bar, h("div", { class: "row apart" }, step, cancel));
  const outcome = h("div", { class: "list" }), result = card(null, outcome);
  const current = h("p", {}), file = h("p", { class: "muted small" });
  const profile = button("Keep these settings for this avatar alone", { onclick: () => attempt(() => app.ask("profile.save"), "From now on this avatar has settings of its own.") });
  const root = h("div", {}, head("Avatar", "Your camera and your expressions stay as they are."), drop, making, result, card("Shown now", h("div", {}, current, file), h("div", { class: "row" }, profile)));
  making.hidden = result.hidden = true;
  return {
    root,
    state(state) { setText(current, app.model.title(state)); setText(file, state.avatar?.path ?? ""); },
    page({ portrait }) {
      making.hidden = portrait.stage !== "making";
      drop.hidden = portrait.stage === "making";
      result.hidden = !["done", "failed"].includes(portrait.stage);
      bar.value = portrait.done ?? 0;
      setText(step, `${portrait.what ?? ""} … ${Math.round(100 * (portrait.done ?? 0))} %`);
      if (portrait.stage === "failed") outcome.replaceChildren(h("p", {}, h("i", { class: "dot bad" }), " ", `No avatar came of ${portrait.name ?? "it"}: ${portrait.error}`));
      if (portrait.stage === "done") outcome.replaceChildren(h("p", {}, h("i", { class: "dot good" }), " ", `Made of ${portrait.name} in ${Math.round(portrait.seconds ?? 0)} s. It is live now.`),
        ...(portrait.warnings ?? []).map(each => h("p", { class: "small muted" }, `Note: ${each}`)), ...(portrait.limits ?? []).map(each => h("p", { class: "small muted" }, `Limit: ${each}`)),
        h("p", { class: "small muted" }, portrait.path ?? ""));
    },
  };
}

async function take(app, file) {
  const use = file.name.toLowerCase().endsWith(".avatar") ? "avatar" : "portrait";
  await attempt(() => app.link.upload(use, file), use === "avatar" ? `${file.name} is shown.` : "");
}
