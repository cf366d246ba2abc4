// The preview with what one wants at hand: record, snapshot, mirror; how fast, how late; what the show has to say.
import { attempt, button, calmly, h, keyed, setText } from "./dom.js";
import { icon } from "./icons.js";

export function buildStage(app, root) {
  const canvas = h("canvas", { role: "img", "aria-label": "The avatar as it looks now" });
  const note = h("p", { class: "note" }, "Waiting for the show …");
  const screen = h("div", { class: "screen", title: "Drag to move, wheel to zoom, double-click to centre" }, canvas, note);
  const record = button("Record", { icon: "record", onclick: () => toggleRecording() });
  const snap = button("Snapshot", { icon: "snap", onclick: () => attempt(() => app.ask("output.snapshot"), done => `Saved ${done?.path ?? done ?? "the picture"}`) });
  const mirror = button("Mirror", { icon: "mirror", "aria-pressed": "false", onclick: () => attempt(() => app.ask("view.mirror", { on: mirror.getAttribute("aria-pressed") !== "true" })) });
  const hide = button("Hide the preview", { icon: "hide", kind: "quiet", iconOnly: true, onclick: () => { shut = !shut; app.keep.set("shut", shut ? "1" : ""); apply(); app.watch(); } });
  const fps = h("dd", {}, "–"), late = h("dd", {}, "–"), cost = h("dd", {}, "–");
  const stats = h("dl", { class: "stats" },
    h("div", {}, h("dt", {}, "Pictures"), fps), h("div", {}, h("dt", {}, "Delay"), late), h("div", {}, h("dt", {}, "Per picture"), cost));
  const feed = h("div", { class: "feed", role: "log", "aria-label": "Notices" });
  root.append(screen, h("div", { class: "tools" }, record, snap, mirror, hide), stats, feed);

  let shut = app.keep.get("shut") === "1", recording = false, newest = 0;
  const apply = () => { screen.hidden = shut; hide.setAttribute("aria-label", shut ? "Show the preview" : "Hide the preview"); hide.title = hide.getAttribute("aria-label"); hide.classList.toggle("on", shut); };
  apply();

  async function toggleRecording() {
    if (recording) await attempt(() => app.ask("output.off", { name: "recording" }), "The recording is being finished.");
    else await attempt(() => app.ask("output.on", { name: "recording", options: app.model.recordingOptions(app) }));
  }

  // ---- the avatar in the hand: drag, wheel, double-click ----
  let grip = null;
  const place = values => app.slide("view.place", values).catch(() => {});
  screen.addEventListener("pointerdown", event => {
    if (!app.state || event.button) return;
    const { zoom, x, y } = app.model.view(app.state);
    grip = { zoom, x, y, at: [event.clientX, event.clientY], box: canvasBox() };
    screen.setPointerCapture(event.pointerId);
    screen.classList.add("dragging");
  });
  screen.addEventListener("pointermove", event => {
    if (!grip) return;
    const clamp = v => Math.min(1, Math.max(-1, v));
    place({ x: clamp(grip.x + (event.clientX - grip.at[0]) / grip.box[0]), y: clamp(grip.y + (event.clientY - grip.at[1]) / grip.box[1]) });
  });
  for (const end of ["pointerup", "pointercancel"]) screen.addEventListener(end, () => { grip = null; screen.classList.remove("dragging"); });
  screen.addEventListener("wheel", event => {
    if (!app.state) return;
    event.preventDefault();
    wheel = Math.min(4, Math.max(0.25, (wheel ?? app.model.view(app.state).zoom) * 2 ** (-event.deltaY / 600)));
    clearTimeout(resting);
    resting = setTimeout(() => { wheel = null; }, 600);
    place({ zoom: wheel });
  }, { passive: false });
  let wheel = null, resting = 0;
  screen.addEventListener("dblclick", () => place({ zoom: 1, x: 0, y: 0 }));
  const canvasBox = () => {
    const scale = Math.min(screen.clientWidth / (canvas.width || 1), screen.clientHeight / (canvas.height || 1));
    return [Math.max(1, Math.round(canvas.width * scale)), Math.max(1, Math.round(canvas.height * scale))];
  };
  const fit = () => {
    const [width, height] = canvasBox().map(side => `${side}px`);
    if (canvas.style.width !== width) canvas.style.width = width;
    if (canvas.style.height !== height) canvas.style.height = height;
  };
  new ResizeObserver(fit).observe(screen);

  const notices = keyed(feed, ({ notice }) => {
    const times = h("span", { class: "muted" });
    const row = h("div", { class: "notice" }, h("i", { class: `dot ${{ error: "bad", warning: "warn" }[notice.level] ?? "good"}` }),
      h("div", {}, h("span", { class: "hush" }, `${notice.level}: `), notice.text, times),
      button("Dismiss", { icon: "close", kind: "quiet", small: true, iconOnly: true, onclick: () => attempt(() => app.ask("notice.dismiss", { id: notice.id })) }));
    return { root: row, update: entry => setText(times, entry.notice.times > 1 ? ` (${entry.notice.times} times)` : "") };
  });

  const unit = (element, value, name) => setText(element, value === undefined || value === null ? "–" : `${value}${name}`);
  const count = calmly(live => {
    unit(fps, live.fps === undefined ? null : Math.round(live.fps), " fps");
    const delay = app.model.latencyMs(live);
    unit(late, delay === null ? null : Math.round(delay), " ms");
    unit(cost, app.model.frameMs(live)?.toFixed(1), " ms");
  });

  return {
    wanted: () => !shut,
    side: () => Math.min(640, Math.max(160, Math.ceil(Math.max(screen.clientWidth, 160) * Math.min(2, devicePixelRatio)))),
    lost: () => { note.hidden = false; setText(note, "The show isn't running"); },
    async picture(blob) {
      const turn = ++newest;
      const bitmap = await createImageBitmap(blob).catch(() => null);
      if (!bitmap || turn < newest) return bitmap?.close();
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) { canvas.width = bitmap.width; canvas.height = bitmap.height; fit(); }
      const pen = canvas.getContext("2d");
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(bitmap, 0, 0);
      bitmap.close();
      note.hidden = true;
    },
    state(state) {
      mirror.setAttribute("aria-pressed", String(Boolean(app.model.view(state).mirror)));
      mirror.classList.toggle("on", Boolean(app.model.view(state).mirror));
      notices(app.model.notices(state).slice(-5).reverse().map(notice => ({ key: notice.id, notice })));
    },
    live(live) {
      const now = app.model.recording(app.state, live);
      if (now !== recording) {
        recording = now;
        record.classList.toggle("stop", now);
        record.replaceChildren(icon(now ? "stop" : "record"), h("span", {}, now ? "Stop recording" : "Record"));
      }
      count(live);
    },
  };
}
