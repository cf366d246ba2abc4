// Teaching the show your face: at rest, and which side is left.
import { attempt, button, card, h, head, setText } from "./dom.js";
import { icon as draw } from "./icons.js";

export const id = "calibrate", label = "Calibrate", icon = "target";

export function build(app) {
  const count = h("p", { class: "big", "aria-live": "assertive" }), told = h("p", { class: "muted", "aria-live": "polite" });
  const rest = button("This is my face at rest", { icon: "face", kind: "main", onclick: async () => {
    setText(told, "Look straight ahead: mouth closed, eyes open.");
    await countdown(count, 2);
    setText(count, "Hold still");
    await attempt(() => app.ask("source.rest"));
    await sleep(1300);
    setText(count, "Done");
    setText(told, "");
  } });

  // ---- left and right: the show says after each step what it saw ----
  const way = h("p", { class: "big", "aria-live": "assertive" }, "Which side is left?"), say = h("p", { class: "muted", "aria-live": "polite" }, "Three steps of two seconds. It finds out whether your source mirrors you.");
  const begin = button("Check left and right", { icon: "mirror", onclick: () => round() });
  async function round() {
    try {
      await app.ask("source.sides", { step: "start" });
      for (const side of ["left", "right"]) {
        setText(say, `Close only your ${side} eye and turn your head to your ${side}.`);
        await countdown(way, 2, `${side.toUpperCase()} in `);
        setText(way, `${side.toUpperCase()}: hold`);
        const result = await app.ask("source.sides", { step: side });
        await sleep(Math.max(0, ((result?.wait_s ?? 1.5) * 1000)));
      }
      const result = await app.ask("source.sides", { step: "finish" });
      setText(way, "Thank you");
      setText(say, words(result) || "Left and right are as they should be.");
    } catch (error) {
      setText(way, "That didn't work");
      setText(say, error.message);
      app.ask("source.sides", { step: "cancel" }).catch(() => {});
    }
  }
  const root = h("div", {}, head("Calibrate", "Half a minute that makes the avatar yours. Each camera and phone is remembered for itself."),
    card("Your face at rest", h("div", { class: "guide" }, count, told, rest, h("p", { class: "help" }, "Also with the key ", h("kbd", {}, "C"), " in the avatar's window."))),
    card("Left and right", h("div", { class: "guide" }, draw("mirror"), way, say, begin)),
    h("p", { class: "help" }, "The whole round, with blink and the most of each shape, is ", h("code", {}, "cartoonalive calibrate"), "."));
  return { root };
}

export const sleep = ms => new Promise(done => setTimeout(done, ms));
export async function countdown(element, seconds, before = "") {
  for (let left = seconds; left > 0; left--) { setText(element, `${before}${left}`); await sleep(1000); }
}

function words(result) {
  if (!result) return "";
  if (typeof result === "string") return result;
  if (result.words) return result.words;
  return Object.entries(result).map(([name, each]) => `${name}: ${typeof each === "string" ? each : JSON.stringify(each)}`).join("; ");
}
