// What moves by itself, and what happens when nobody is there.
import { attempt, button, card, choice, h, head, slider, toggle } from "./dom.js";

export const id = "motion", label = "Motion", icon = "wind";

const LEVELS = [["hair", "Hair", "How far it swings"], ["wind", "Wind", "A breeze in the hair"], ["breath", "Breath", "Shoulders and chest"],
  ["body", "Body", "How far it follows the head"], ["blink", "Blinks", "Where nobody drives the lids"], ["gaze", "Glances", "Where nobody drives the eyes"]];
const share = v => `${Math.round(100 * v)} %`;

export function build(app) {
  const say = values => app.slide("motion.set", values, Object.keys(values)[0]).catch(error => attempt(() => Promise.reject(error)));
  const sliders = LEVELS.map(([name, words, help]) => [name, slider({ label: words, help, min: 0, max: 3, step: 0.05, value: 1, show: share, onchange: v => say({ [name]: v }) })]);
  const lost = choice({ label: "When your face is lost", options: [["idle", "live on"], ["ease", "rest"], ["hold", "stay"]], onchange: v => say({ lost: v }) });
  const link = slider({ label: "Link the eyes", help: "100 %: both lids close alike; no winks", min: 0, max: 1, value: 0, show: share, onchange: v => say({ link_eyes: v }) });
  const voice = slider({ label: "Voice moves the mouth", help: "Where a camera sees it, too", min: 0, max: 1, value: 1, show: share, onchange: v => say({ voice: v }) });
  const mode = toggle({ label: "Voice only opens wider", help: "Lips and smile stay with the camera", onchange: on => say({ voice_mode: on ? "max" : "blend" }) });
  const root = h("div", {}, head("Motion", "What lives on its own."),
    card("Alive", h("div", { class: "cols" }, sliders.map(([, each]) => each.root))),
    card("Face", h("div", { class: "cols" }, lost.root, link.root, voice.root, mode.root)),
    h("div", { class: "row" }, button("As it was at first", { kind: "quiet", onclick: () => attempt(() => app.ask("settings.reset", { section: "motion" }), "Motion is as it was at first.") })));
  return { root, state(state) {
    const now = app.model.motion(state);
    for (const [name, each] of sliders) each.set(now[name]);
    lost.set(now.lost); link.set(now.link_eyes); voice.set(now.voice); mode.set(now.voice_mode === "max");
  } };
}
