// Where the show goes: recordings, pictures, a virtual camera, other programs; and takes, the faces without the picture.
import { attempt, button, card, choice, h, head, light, pickFile, setText, text, toggle } from "./dom.js";

export const id = "outputs", label = "Record", icon = "record";

const KINDS = { starting: "warn", on: "good", waiting: "warn", finishing: "warn", failed: "bad", done: "" };
const OTHERS = [
  ["camera", "Virtual camera", "For Zoom, Discord, Meet and OBS. Needs the package pyvirtualcam.", null],
  ["vmc", "VMC", "Sends your face to VSeeFace, Warudo, VNyan and others.", { label: "To", key: "address", value: "127.0.0.1:39539" }],
  ["vts", "VTube Studio", "Moves a model in VTube Studio on this computer; it asks you once. Switch its API on first.", { label: "At", key: "address", value: "127.0.0.1:8001" }],
  ["pipe", "Raw pictures", "For ffmpeg, through a named pipe.", { label: "Named pipe", key: "path", value: "" }],
];

export function build(app) {
  const model = app.model;
  const format = choice({ label: "As", options: [["mp4", "MP4"], ["webm", "WebM, clear"], ["gif", "GIF"], ["webp", "WebP, clear"], ["folder", "PNGs"]], onchange: value => app.keep.set("format", value) });
  format.set(app.keep.get("format") ?? "mp4");
  const lamp = light("not recording"), where = h("p", { class: "muted small" });
  const go = button("Start recording", { icon: "record", kind: "main", onclick: () => attempt(() => app.ask("output.on", { name: "recording", options: model.recordingOptions(app) })) });
  const stop = button("Stop", { icon: "stop", kind: "stop", onclick: () => attempt(() => app.ask("output.off", { name: "recording" })) });
  const snap = button("Snapshot", { icon: "snap", onclick: () => attempt(() => app.ask("output.snapshot"), done => `Saved ${done?.path ?? done ?? "the picture"}`) });
  const shot = h("p", { class: "muted small" });

  const rows = OTHERS.map(([name, words, help, field]) => {
    const state = light("off"), more = field && text({ label: field.label, value: field.value });
    const flip = toggle({ label: words, help, onchange: on => attempt(() => on ? app.ask("output.on", { name, options: more?.value ? { [field.key]: more.value } : {} }) : app.ask("output.off", { name })).then(result => { if (result === undefined) flip.set(!on); }) });
    return { name, flip, state, box: h("div", { class: "item" }, flip.root, more?.root, state.root) };
  });

  const takeLamp = light("not recording"), takeGo = button("Record a take", { icon: "record", onclick: () => attempt(() => app.ask("take.record", { on: true })) });
  const takeStop = button("Stop", { icon: "stop", kind: "stop", onclick: () => attempt(() => app.ask("take.record", { on: false }), done => done?.path ? `Saved ${done.path}` : "Saved the take.") });
  const playStop = button("Stop playing", { icon: "stop", onclick: () => attempt(() => app.ask("take.stop")) });
  const again = toggle({ label: "Again and again", onchange: on => { loop = on; } });
  let loop = true;
  again.set(true);
  const open = button("Play a file …", { icon: "play", onclick: async () => {
    const file = await pickFile(".jsonl,.csv");
    if (file) await attempt(() => app.link.upload("take", file), `Playing ${file.name}`);
  } });
  const list = h("div", { class: "list" });
  const root = h("div", {}, head("Record", "Everything here can be switched while the show runs, and fails alone."),
    card("Film", format.root, h("div", { class: "row" }, go, stop, snap), lamp.root, where, shot),
    card("Other programs", h("p", { class: "help" }, "OBS takes the avatar's window as it is: Game Capture or Window Capture. These are for everything else."), h("div", { class: "list" }, rows.map(row => row.box))),
    card("Takes", h("p", { class: "help" }, "A take keeps your face, not the picture: small, and any avatar can play it."), h("div", { class: "row" }, takeGo, takeStop, open, playStop), takeLamp.root, again.root, list));

  const show = () => {
    const all = model.outputs(app.state, app.live), film = all.recording, on = model.recording(app.state, app.live);
    go.hidden = on;
    stop.hidden = !on;
    lamp.set(KINDS[film?.state] ?? "", film ? film.words ?? film.state : "not recording");
    setText(where, film?.path ?? "");
    setText(shot, all.snapshot?.path ? `${all.snapshot.words}: ${all.snapshot.path}` : "");
    for (const row of rows) {
      const told = all[row.name];
      row.flip.set(model.outputOn(app.state, app.live, row.name));
      row.state.set(KINDS[told?.state] ?? "", told ? told.words ?? told.state : "off");
    }
    const take = model.take(app.state);
    takeGo.hidden = Boolean(take.recording);
    takeStop.hidden = !take.recording;
    playStop.hidden = !take.playing;
    takeLamp.set(take.recording ? "rec" : take.playing ? "good" : "", take.recording ? "recording your face" : take.playing ? `playing ${String(take.playing.path ?? take.playing).split(/[\\/]/).pop()}` : "no take");
  };
  let known = "";
  return { root, state(state) {
    const takes = model.takes(state), text = JSON.stringify(takes);
    if (text !== known) {
      known = text;
      list.replaceChildren(...takes.map(each => h("div", { class: "row apart" }, h("span", { class: "small" }, String(each.path ?? each).split(/[\\/]/).pop()),
        button("Play", { icon: "play", small: true, onclick: () => attempt(() => app.ask("take.play", { path: each.path ?? each, loop })) }))));
    }
    again.root.hidden = takes.length === 0;
    show();
  }, live: show };
}
