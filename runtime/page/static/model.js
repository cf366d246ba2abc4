// Where in the show's state each thing lies: the only module that knows.

// The 52 ARKit shapes by region; a test compares them with the program's own list.
export const REGIONS = {
  lids: ["eyeBlinkLeft", "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeSquintRight", "eyeWideRight"],
  gaze: ["eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight"],
  brows: ["browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"],
  cheeks: ["cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight"],
  mouth: ["jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight"],
  tongue: ["tongueOut"],
};
export const SHAPES = Object.values(REGIONS).flat();
export const PARTS = [...Object.keys(REGIONS), "head"];
export const PART_NAMES = { lids: "Lids", gaze: "Gaze", brows: "Brows", cheeks: "Cheeks, nose", mouth: "Mouth", tongue: "Tongue", head: "Head" };

// What drives, in people's words. kind: how it is set up on this page.
export const DRIVERS = {
  webcam: { name: "Webcam", kind: "camera", icon: "camera" },
  microphone: { name: "Microphone", kind: "microphone", icon: "mic" },
  livelink: { name: "Live Link Face", kind: "phone", icon: "phone", on: "iPhone", port: 11111, lead: "Settings → Live Link → Targets: add this address and port. Capture mode: Live Link (ARKit)." },
  ifacialmocap: { name: "iFacialMocap", kind: "phone", icon: "phone", on: "iPhone", port: 49983, asks: true, lead: "Open the app and type the phone's address here, or type this address into the app (Destination IP)." },
  facemotion3d: { name: "Facemotion3D", kind: "phone", icon: "phone", on: "iPhone", port: 49983, asks: true, lead: "Open the app and type the phone's address here: it sends when it is asked." },
  vtubestudio: { name: "VTube Studio", kind: "phone", icon: "phone", on: "iPhone", port: 11125, asks: true, needs: true, lead: "In the app's settings turn on 3rd Party PC Clients; it shows an address: type that here." },
  osc: { name: "Face Cap, Waidayo, VMC", kind: "phone", icon: "phone", on: "iPhone, PC", port: 9000, ports: "9000 (Face Cap), 39539, 39540 (VMC)", lead: "Type this address into the app; Face Cap sends to port 9000, VMC programs to 39539 or 39540." },
  meowface: { name: "MeowFace", kind: "phone", icon: "phone", on: "Android", port: 12345, asks: true, lead: "Type this address and port into the app and start sending." },
  openseeface: { name: "OpenSeeFace", kind: "phone", icon: "camera", on: "PC", port: 11573, lead: "Start its facetracker with this address." },
  idle: { name: "Lives by itself", kind: "own", icon: "wind" },
  replay: { name: "A recording", kind: "own", icon: "play" },
  plugin: { name: "A plugin", kind: "own", icon: "sliders" },
};
export const driverName = name => DRIVERS[name]?.name ?? name;

const settings = state => state?.settings ?? {};
export const view = state => settings(state).view ?? {};
export const motion = state => settings(state).motion ?? {};
export const curves = state => settings(state).curves ?? {};
export const title = state => state?.avatar?.title || state?.avatar?.name || (state?.avatar?.path ?? "").split(/[\\/]/).pop().replace(/\.avatar$/, "");
export const notices = state => state?.notices ?? [];
export const windowless = state => Boolean(state?.avatar?.headless ?? state?.headless);

const OWN = ["idle", "plugin"];
export const sources = state => (state?.sources ?? []).filter(each => !OWN.includes(each.name));
export const isSetUp = state => (settings(state).sources?.start ?? null) !== null || sources(state).length > 0;
export const smooth = (state, region) => settings(state).sources?.smooth?.[region] ?? settings(state).sources?.smooth?.all ?? 1;
export const order = (state, region) => {
  const known = (state?.sources ?? []).map(each => each.name).filter(name => name !== "idle"), orders = settings(state).sources?.order ?? {};
  const first = (orders[region] ?? orders.all ?? []).filter(name => known.includes(name));
  return [...first, ...known.filter(name => !first.includes(name))];
};

export const keys = state => (state?.keys ?? []).filter(each => each.keys.length && !each.what.startsWith("expression "));
export const expressions = state => state?.expressions ?? [];
export const overlays = state => state?.overlays ?? ["blush", "tears", "sweat", "shock", "anger"];

export const outputs = (state, live) => live?.outputs ?? state?.outputs ?? {};
const running = health => ["starting", "on", "waiting"].includes(health?.state);
export const outputOn = (state, live, name) => running(outputs(state, live)[name]);
export const recording = (state, live) => outputOn(state, live, "recording");
export const recordingOptions = app => { const format = app.keep.get("format") ?? "mp4"; return { format }; };

export const take = state => state?.take ?? {};
export const takes = state => state?.takes ?? [];

export function latencyMs(live) {
  const told = live?.latency_ms;
  if (told === undefined || told === null) return null;
  if (typeof told === "number") return told;
  const values = Object.entries(told).filter(([name]) => name !== "idle").map(([, value]) => typeof value === "number" ? value : value?.p50).filter(Number.isFinite);
  return values.length ? Math.min(...values) : null;
}
export const frameMs = live => typeof live?.frame_ms === "number" ? live.frame_ms : live?.frame_ms?.p50;

// What a source's light says: [kind, words].
export function heard(told) {
  if (!told) return ["", "off"];
  if (told.state === "starting") return ["warn", "starting …"];
  if (told.state === "failed") return ["bad", "can't be started"];
  const packets = told.packets, fresh = told.age_s !== null && told.age_s !== undefined && told.age_s < 1;
  if (packets === undefined) return fresh ? ["good", "moves the face"] : ["warn", told.age_s === null || told.age_s === undefined ? "nothing yet" : "silent"];
  if (!packets) return ["", "no packets yet"];
  if (told.taken?.length && !told.ports?.length) return ["bad", "its port is taken"];
  if (told.packets_per_s < 0.5) return ["warn", "fell silent"];
  if (!told.faces && told.unparseable) return ["bad", "packets that can't be read"];
  if (!fresh) return ["warn", "packets, but no face"];
  return ["good", "a face"];
}
