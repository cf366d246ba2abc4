// Everything one types into a phone: addresses, ports, and a light that tells what has been heard.
import { attempt, button, card, h, head, light, setText, text, toggle } from "./dom.js";
import { addSource } from "./sources.js";

export const id = "phone", label = "Phone", icon = "phone";

export function build(app) {
  const model = app.model;
  const address = h("p", { class: "big" }, "…");
  const rows = Object.entries(model.DRIVERS).filter(([, each]) => each.kind === "phone").map(([driver, about]) => {
    const lamp = light("off"), detail = h("p", { class: "muted small" });
    const phone = about.asks ? text({ label: about.needs ? "The phone's address" : "The phone's address, to ask it", placeholder: "192.168.1.20", inputmode: "decimal" }) : null;
    const start = button("Listen", { icon: "play", small: true, onclick: () => attempt(() => addSource(app, driver, { phone: phone?.value ?? "" }), `${about.name}: listening.`) });
    const stop = button("Stop", { icon: "stop", small: true, onclick: () => attempt(() => app.ask("source.remove", { name: driver })) });
    const box = h("div", { class: "item" },
      h("header", {}, h("h3", {}, about.name, h("span", { class: "tag" }, about.on)), h("span", { class: "tag num" }, `UDP ${about.ports ?? about.port}`)),
      h("p", { class: "small" }, about.lead), phone?.root,
      h("div", { class: "row apart" }, lamp.root, h("div", { class: "row" }, start, stop)), detail);
    return { driver, box, live: told => {
      start.hidden = Boolean(told);
      stop.hidden = !told;
      lamp.set(...model.heard(told));
      setText(detail, !told ? "" : [told.packets ? `${told.packets} packets, ${Math.round(told.packets_per_s ?? 0)} per second` : "", told.sender && `from ${told.sender}`,
        told.unparseable ? `${told.unparseable} unreadable` : "", told.foreign ? `${told.foreign} from others ignored` : "", told.moved?.length ? `${told.moved.length} of 52 shapes have moved` : ""].filter(Boolean).join(" · "));
    } };
  });
  const lan = toggle({ label: "Let phones and tablets open this page", help: "Everybody in your network who has the address; it holds a secret word", onchange: on => attempt(() => app.ask("page.lan", { on })) });
  const code = h("img", { class: "qr", alt: "QR code: open this page on a phone", hidden: true }), where = h("p", { class: "small" });
  const root = h("div", {}, head("Phone", "Phones that unlock by face see more of yours than a webcam does. Phone and computer must be in the same Wi-Fi."),
    card("This computer's address", address, h("p", { class: "help" }, "Nothing arrives? Most often it is the firewall: let incoming UDP through on the app's port. No guest Wi-Fi, no VPN.")),
    card("Apps", h("div", { class: "list" }, rows.map(row => row.box))),
    card("This page on your phone", lan.root, h("div", { class: "row" }, code, where)));
  let shown = "";
  return {
    root,
    live(live) { for (const row of rows) row.live(live.sources?.[row.driver]); },
    page(page) {
      setText(address, page.address || "No network");
      lan.set(page.lan);
      const url = page.lan_url ?? "";
      if (url !== shown) { shown = url; code.hidden = !url; if (url) code.src = `qr.svg?${Date.now()}`; }
      setText(where, url ? `Point the phone's camera at the code, or type ${url}` : page.lan ? "There is no network." : "");
    },
  };
}
