// The wire to the show: requests with answers, news by topic, and a new try whenever it breaks.

const FIRST_MS = 250, MOST_MS = 1500;

export class Link extends EventTarget {
  #url; #socket = null; #number = 0; #waiting = new Map(); #delay = FIRST_MS; #topics = []; #side = 320; #rate = 20; #sliding = new Map();

  constructor(url) {
    super();
    this.#url = url;
    this.open = false;
    this.#connect();
  }

  // What to be told from now on: numbers up to `rate` times a second, pictures `side` wide or high.
  watch(topics, side, rate) {
    this.#topics = topics;
    this.#rate = rate;
    this.#side = Math.max(64, Math.min(1024, Math.round(side)));
    this.#send({ subscribe: topics, side_px: this.#side, rate_hz: rate });
  }

  // Asks for something; the answer's result, or an Error with one line.
  ask(action, values = {}) {
    if (!this.open) return Promise.reject(new Error("The show isn't running."));
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ v: 1, id, do: action, with: values });
    });
  }

  // For sliders: of many values in a short time only the newest is said, one at a time.
  slide(action, values, key = action) {
    const going = this.#sliding.get(key);
    if (going) { going.next = values; return going.done; }
    const entry = { next: values };
    this.#sliding.set(key, entry);
    entry.done = (async () => {
      try {
        while (entry.next) {
          const now = entry.next;
          entry.next = null;
          await this.ask(action, now);
        }
      } finally { this.#sliding.delete(key); }
    })();
    return entry.done;
  }

  // Sends a file in pieces and has it used; `moved` is told the share that has gone.
  async upload(use, file, moved = () => {}) {
    await this.ask("file.begin", { use, name: file.name, bytes: file.size });
    const piece = 256 * 1024;
    for (let at = 0; at < file.size; at += piece) {
      const bytes = await file.slice(at, at + piece).arrayBuffer();
      if (!this.open) throw new Error("The show isn't running.");
      this.#socket.send(bytes);
      while (this.#socket.bufferedAmount > 4 * piece) await new Promise(done => setTimeout(done, 20));
      moved(Math.min(1, (at + piece) / file.size));
    }
    return this.ask("file.use");
  }

  #send(message) {
    if (this.open) this.#socket.send(JSON.stringify(message));
  }

  #connect() {
    const socket = this.#socket = new WebSocket(this.#url);
    socket.binaryType = "blob";
    socket.onopen = () => {
      this.open = true;
      this.#delay = FIRST_MS;
      if (this.#topics.length) this.watch(this.#topics, this.#side, this.#rate);
      this.#tell("open");
    };
    socket.onmessage = event => {
      if (typeof event.data !== "string") return this.#tell("preview", event.data);
      const message = JSON.parse(event.data);
      if (message.topic) return this.#tell(message.topic, message.value);
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (waiting) message.ok ? waiting.resolve(message.result) : waiting.reject(new Error(message.error));
      else if (message.error) this.#tell("trouble", message.error);
    };
    socket.onclose = () => {
      const was = this.open;
      this.open = false;
      for (const waiting of this.#waiting.values()) waiting.reject(new Error("The show has ended."));
      this.#waiting.clear();
      if (was) this.#tell("closed");
      setTimeout(() => this.#connect(), this.#delay);
      this.#delay = Math.min(MOST_MS, this.#delay * 1.6);
    };
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
