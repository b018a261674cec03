// Two takes on one clock: side by side, in a wipe, or blinking. Without scripts they are two players.
class ReelCompare extends HTMLElement {
  connectedCallback() {
    if (this.bar) return;
    [this.sideName, this.wipeName, this.blinkName, this.playName, this.pauseName, this.placeName, this.edgeName] = this.dataset.labels.split("|");
    this.videos = [...this.querySelectorAll("video")];
    this.panes = [...this.querySelectorAll("[data-pane]")];
    for (const video of this.videos) {
      video.controls = false;
      video.addEventListener("click", () => this.toggle());
      video.addEventListener("loadedmetadata", () => this.show());
    }
    this.bar = document.createElement("div");
    this.bar.className = "compare-bar";
    this.button = this.add(this.playName, () => this.toggle(), "compare-play");
    this.time = document.createElement("output");
    this.range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, value: 0 });
    this.range.setAttribute("aria-label", this.placeName);
    this.range.addEventListener("input", () => this.seek(this.range.value / 1000 * this.length));
    const track = document.createElement("div");
    track.className = "compare-track";
    this.used = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.used.setAttribute("aria-hidden", "true");
    this.used.innerHTML = '<rect y="0" height="3" rx="1.500"/>';
    track.append(this.range, this.used);
    this.bar.append(this.time, track);
    this.modes = Object.fromEntries([["side", this.sideName], ["wipe", this.wipeName], ["blink", this.blinkName]].map(([mode, label]) => {
      const button = this.add(label, () => this.setMode(mode));
      return [mode, button];
    }));
    const group = document.createElement("div");
    group.className = "segments compare-modes";
    group.append(...Object.values(this.modes));
    this.bar.append(group);
    this.edge = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, value: 50, className: "compare-edge" });
    this.edge.setAttribute("aria-label", this.edgeName);
    this.edge.addEventListener("input", () => this.wipe());
    this.querySelector(".panes").append(this.edge);
    this.append(this.bar);
    this.keys = (event) => this.press(event);
    document.addEventListener("keydown", this.keys);
    this.querySelector(".panes").addEventListener("pointermove", (event) => {
      if (this.dataset.mode !== "wipe" || !event.buttons) return;
      const box = this.videos[0].getBoundingClientRect();
      this.edge.value = 100 * (event.clientX - box.left) / box.width;
      this.wipe();
    });
    this.setMode("side");
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.keys); cancelAnimationFrame(this.frame); clearInterval(this.blinking); }

  get length() { return Math.max(0, ...this.videos.map((one) => one.duration || 0)); }
  get isPlaying() { return !this.videos[0].paused && !this.videos[0].ended; }

  add(label, act, kind = "") {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, className: kind });
    button.addEventListener("click", act);
    this.bar.append(button);
    return button;
  }

  setMode(mode) {
    this.dataset.mode = mode;
    for (const [name, button] of Object.entries(this.modes)) button.setAttribute("aria-pressed", String(name === mode));
    this.edge.hidden = mode !== "wipe";
    clearInterval(this.blinking);
    this.panes[1].classList.remove("is-away");
    if (mode === "blink") this.blinking = setInterval(() => this.panes[1].classList.toggle("is-away"), 600);
    this.wipe();
  }

  wipe() {
    this.videos[1].style.clipPath = this.dataset.mode === "wipe" ? `inset(0 0 0 ${this.edge.value}%)` : "";
  }

  toggle() {
    if (this.isPlaying) this.videos.forEach((one) => one.pause());
    else {
      if (this.videos[0].ended) this.seek(0);
      this.videos[1].currentTime = this.videos[0].currentTime;
      this.videos.forEach((one) => one.play().catch(() => {}));
    }
    this.run();
  }

  seek(seconds) {
    for (const one of this.videos) one.currentTime = Math.max(0, Math.min(one.duration || 0, seconds));
    this.show();
  }

  /** The first take is the clock; the second follows it, and is set right where it is a frame away. */
  run() {
    cancelAnimationFrame(this.frame);
    const [clock, other] = this.videos;
    if (this.isPlaying && Math.abs(clock.currentTime - other.currentTime) > 1.5 / this.dataset.fps && !other.ended) other.currentTime = clock.currentTime;
    this.show();
    if (this.isPlaying) this.frame = requestAnimationFrame(() => this.run());
  }

  show() {
    const now = this.videos[0].currentTime, all = this.length;
    const clock = (seconds) => `00:${seconds.toFixed(1).padStart(4, "0")}`;
    this.button.textContent = this.isPlaying ? this.pauseName : this.playName;
    this.time.textContent = `${clock(now)} / ${clock(all)}`;
    if (document.activeElement !== this.range) this.range.value = all ? now / all * 1000 : 0;
    this.used.firstChild.setAttribute("width", `${all ? Math.min(100, 100 * this.dataset.used / all) : 0}%`);
  }

  press(event) {
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("select, input:not([type=range]), textarea")) return;
    const step = 1 / this.dataset.fps;
    const act = {
      " ": () => !event.target.closest("button, a") && this.toggle(), w: () => this.setMode("wipe"), b: () => this.setMode("blink"), s: () => this.setMode("side"),
      ",": () => this.seek(this.videos[0].currentTime - step), ".": () => this.seek(this.videos[0].currentTime + step),
    }[event.key];
    if (act && act() !== false) event.preventDefault();
  }
}
customElements.define("reel-compare", ReelCompare);
