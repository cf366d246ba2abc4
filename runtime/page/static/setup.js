// The first three clicks: which device, which one of them, and "this is my face at rest".
import { attempt, button, card, h, head, light, meter, setText, text } from "./dom.js";
import { icon as draw } from "./icons.js";
import { addSource, findDevices } from "./sources.js";
import { countdown, sleep } from "./calibrate.js";

export const id = "setup", label = "Set up", icon = "wand";

const DEVICES = [
  ["camera", "A webcam", "Follows face, eyes and head", "camera"],
  ["iphone", "An iPhone", "The finest: all 52 shapes", "phone"],
  ["android", "An Android phone", "With the app MeowFace", "phone"],
  ["mic", "A microphone", "The mouth follows your voice", "mic"],
  ["none", "Nothing yet", "The avatar lives by itself", "wind"],
];

export function build(app) {
  const stage = h("div", { class: "list" }), steps = h("ol", { class: "steps", "aria-hidden": "true" }, h("li"), h("li"), h("li"));
  const title = head("Which devices do you have?", ""), [top, sub] = [title.querySelector("h2"), h("p", { class: "muted" })];
  title.append(sub);
  const root = h("div", {}, steps, title, stage);
  let live = () => {};
  const turn = (step, words, more, ...children) => {
    live = () => {};
    [...steps.children].forEach((each, index) => each.classList.toggle("done", index < step));
    setText(top, words);
    setText(sub, more);
    stage.replaceChildren(...children);
    if (step > 1) top.focus({ preventScroll: true });
  };
  const back = () => button("Back", { kind: "quiet", onclick: first });

  function first() {
    turn(1, "Which devices do you have?", "Choose one; you can add others later.",
      h("div", { class: "cards" }, DEVICES.map(([key, words, more, name]) => h("button", { type: "button", onclick: () => second(key) }, draw(name), h("strong", {}, words), h("small", {}, more)))));
  }

  async function second(kind) {
    if (kind === "none") return done("none");
    if (kind === "iphone" || kind === "android") {
      const apps = Object.entries(app.model.DRIVERS).filter(([, each]) => each.kind === "phone" && each.on.toLowerCase().includes(kind));
      return turn(2, "Which app is on your phone?", "Live Link Face is free.", h("div", { class: "picks" }, apps.map(([driver, each]) => h("button", { type: "button", onclick: () => phone(driver, each) }, draw("phone"), each.name))), back());
    }
    const driver = kind === "camera" ? "webcam" : "microphone", noun = kind === "camera" ? "camera" : "microphone";
    turn(2, `Which ${noun}?`, "Looking …", back());
    const found = await findDevices(app), names = (kind === "camera" ? found?.cameras : found?.microphones) ?? [];
    const start = async device => { if (await attempt(() => addSource(app, driver, { device })) !== undefined) done(driver); };
    turn(2, names.length ? `Which ${noun}?` : `No ${noun} was found`, names.length ? "" : "Is it plugged in, and does no other program hold it?",
      h("div", { class: "picks" }, names.map(name => h("button", { type: "button", onclick: () => start(name) }, draw(kind === "camera" ? "camera" : "mic"), name)),
        !names.length && h("button", { type: "button", onclick: () => start("") }, draw(icon), `Wait for a ${noun}`)),
      h("div", { class: "row" }, button("Look again", { onclick: () => second(kind) }), back()));
  }

  async function phone(driver, about) {
    const here = app.page?.address || "no network";
    if (about.asks) {
      const field = text({ label: "The phone's address", placeholder: "192.168.1.20", inputmode: "decimal", help: "In the phone's Wi-Fi settings, behind the name of the network" });
      const add = async () => { if (await attempt(() => addSource(app, driver, { phone: field.value })) !== undefined) done(driver); };
      turn(2, about.name, about.lead, card(null, h("p", {}, "This computer: ", h("code", {}, here), ", port ", h("code", {}, String(about.port))), field.root, h("div", { class: "row" }, button("Connect", { kind: "main", onclick: add }))), back());
      return;
    }
    if (await attempt(() => addSource(app, driver)) === undefined) return;
    done(driver, card("Type this into the app", h("p", { class: "big" }, here), h("p", {}, "Port ", h("strong", {}, String(about.port))), h("p", { class: "muted small" }, about.lead)));
  }

  function done(driver, ...more) {
    app.keep.set("set-up", "1");
    const on = () => app.go("expressions");
    if (driver === "none") return turn(3, "It lives by itself", "It blinks, breathes and looks about. Play with its expressions; add a camera whenever you like.", h("div", { class: "row" }, button("To the expressions", { kind: "main", onclick: on }), back()));
    const lamp = light("waiting …"), words = h("p", { class: "muted small steady" }), count = h("p", { class: "big", "aria-live": "assertive" });
    const level = meter("Loudness", { kind: "good", from: -60, to: 0 });
    const rest = button("This is my face at rest", { icon: "face", kind: "main", onclick: async () => {
      await countdown(count, 2);
      setText(count, "Hold still");
      await attempt(() => app.ask("source.rest"), "That is your face at rest.");
      await sleep(1200);
      on();
    } });
    const isMic = driver === "microphone";
    turn(3, isMic ? "Say something" : "Is it you?", isMic ? "The bar moves with your voice, and so does the mouth." : "Move your head and smile. Then look straight ahead, mouth closed, and press the button.", ...more,
      card(null, lamp.root, isMic ? level.root : null, words, isMic ? null : h("div", { class: "row" }, rest, count)),
      h("div", { class: "row" }, button(isMic ? "It works" : "Skip this", { kind: isMic ? "main" : "", onclick: on }), !isMic && button("Add a microphone, too", { kind: "quiet", onclick: () => second("mic") }), back()));
    live = news => {
      const told = news.sources?.[driver];
      const loudness = told?.level_db ?? -60; // null while nothing is heard
      if (isMic) { level.set(loudness); lamp.set(loudness > -50 ? "good" : "warn", loudness > -50 ? "I hear you" : "quiet"); } else lamp.set(...app.model.heard(told));
      setText(words, (told?.status ?? "").replace(/^[\w-]+: /, ""));
    };
  }

  first();
  return { root, live: news => live(news) };
}
