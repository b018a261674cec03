// The player: plays the film, or while it is being made its shots one after another, a still where a take is missing.
const clock = (seconds) => {
  const tenths = Math.max(0, Math.floor(seconds * 10));
  return `${String(Math.floor(tenths / 600)).padStart(2, "0")}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
};
const ICONS = {
  play: '<path d="m7 4.5 12 7.5-12 7.5Z"/>', pause: '<path d="M8 5v14M16 5v14"/>',
  back: '<path d="M18 5 8.5 12 18 19ZM5 5v14"/>', on: '<path d="M6 5l9.5 7L6 19ZM19 5v14"/>',
  full: '<path d="M8 3H5a2 2 0 0 0-2 2v3M16 3h3a2 2 0 0 1 2 2v3M8 21H5a2 2 0 0 1-2-2v-3M16 21h3a2 2 0 0 0 2-2v-3"/>',
};
const SEEK_S = .12;
const take = (tile) => (tile?.dataset.take ? `${document.documentElement.dataset.root}api/v1/assets/${tile.dataset.take}` : "");
const load = (video, url) => { if (video.dataset.url !== url) { video.dataset.url = url; video.src = url; video.load(); } };
const draw = (name) => `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;

class ReelPlayer extends HTMLElement {
  connectedCallback() {
    if (this.box) return;
    this.film = this.querySelector("video");
    this.box = document.createElement("div");
    this.box.className = "player-box";
    this.box.append(...this.childNodes);
    this.append(this.box, this.buildTransport());
    this.at = 0;
    if (this.film) {
      this.film.controls = false;
      this.film.addEventListener("click", () => this.toggle());
      for (const name of ["play", "pause", "ended"]) this.film.addEventListener(name, () => this.showState());
      this.film.addEventListener("loadedmetadata", () => this.show());
    } else {
      this.takes = [0, 1].map(() => Object.assign(document.createElement("video"), { muted: true, playsInline: true, hidden: true, preload: "auto" }));
      this.box.append(...this.takes);
    }
    this.show();
  }

  disconnectedCallback() { cancelAnimationFrame(this.frame); }

  get tiles() { return [...document.querySelectorAll(".tile")]; }
  get isPlaying() { return this.film ? !this.film.paused && !this.film.ended : Boolean(this.since); }
  get length() {
    const last = this.tiles.at(-1);
    return this.film?.duration || (last ? Number(last.dataset.start) + Number(last.dataset.seconds) : 0);
  }
  get now() { return this.film ? this.film.currentTime : this.at; }

  buildTransport() {
    const bar = document.createElement("div");
    bar.className = "transport";
    const add = (name, label, act, kind = "") => {
      const button = Object.assign(document.createElement("button"), { type: "button", innerHTML: draw(name), className: kind });
      button.setAttribute("aria-label", label);
      button.addEventListener("click", act);
      bar.append(button);
      return button;
    };
    add("back", "Shot before", () => this.step(-1));
    this.button = add("play", "Play", () => this.toggle(), "transport-play");
    add("on", "Next shot", () => this.step(1));
    this.time = document.createElement("output");
    this.range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, value: 0, step: 1 });
    this.range.setAttribute("aria-label", "Place in the film");
    this.range.addEventListener("input", () => this.seek(this.range.value / 1000 * this.length));
    bar.append(this.time, this.range);
    add("full", "Full screen", () => this.box.requestFullscreen?.());
    return bar;
  }

  toggle() {
    if (this.film) { if (this.film.paused) this.film.play(); else this.film.pause(); return; }
    this.since = this.since ? 0 : performance.now();
    if (this.since && this.at >= this.length - .05) this.at = 0;
    if (!this.since) this.takes.forEach((one) => one.pause());
    this.showState();
  }

  seek(seconds) {
    const to = Math.max(0, Math.min(this.length, seconds));
    if (this.film) this.film.currentTime = to; else { this.at = to; this.shown = null; }
    this.show();
  }

  step(by) {
    const starts = this.tiles.map((tile) => Number(tile.dataset.start));
    const here = Math.max(0, starts.findLastIndex((start) => start <= this.now + .02));
    this.seek(starts[Math.max(0, Math.min(starts.length - 1, here + by))] + .001);
  }

  showState() {
    this.button.innerHTML = draw(this.isPlaying ? "pause" : "play");
    this.button.setAttribute("aria-label", this.isPlaying ? "Pause" : "Play");
    cancelAnimationFrame(this.frame);
    const run = () => {
      if (!this.film && this.since) {
        const now = performance.now();
        this.at += (now - this.since) / 1000;
        this.since = now;
        if (this.at >= this.length) { this.at = this.length; this.toggle(); }
        this.showShot();
      }
      this.show();
      if (this.isPlaying) this.frame = requestAnimationFrame(run);
    };
    run();
  }

  /** Show the take of the shot at the present place, or its still, and get the take of the next one ready to begin. */
  showShot() {
    const tiles = this.tiles, index = tiles.findLastIndex((tile) => Number(tile.dataset.start) <= this.at + .001);
    const tile = tiles[index];
    if (!tile || this.shown === tile.dataset.shot) return;
    this.shown = tile.dataset.shot;
    const url = take(tile), next = take(tiles[index + 1]);
    const video = this.takes.find((one) => url && one.dataset.url === url) ?? this.takes[0];
    const other = this.takes[1 - this.takes.indexOf(video)];
    const still = this.box.querySelector(".player-still");
    if (url) {
      load(video, url);
      const place = this.at - Number(tile.dataset.start);
      if (Math.abs(video.currentTime - place) > SEEK_S) video.currentTime = place;
      if (this.since) video.play().catch(() => {});
    }
    if (still && tile.querySelector("image, img")) {  // also under a take, until its first frame is there
      const picture = tile.querySelector("image, img");
      this.still ??= still.querySelector("img") ?? still.insertBefore(document.createElement("img"), still.firstChild);
      this.still.src = picture.getAttribute("href") ?? picture.src;
      this.still.alt = tile.querySelector(".tile-name").textContent;
    }
    const swap = () => { if (this.shown === tile.dataset.shot) this.swap(url ? video : null, still); };
    if (!url || video.readyState >= 2) swap();
    else video.addEventListener("loadeddata", swap, { once: true });
    if (next && next !== url) { load(other, next); other.currentTime = 0; }
    const plate = this.box.querySelector(".plate");
    if (plate) plate.textContent = `${tile.dataset.shot} ${tile.querySelector(".tile-name").textContent}`;
  }

  swap(video, still) {
    if (video) video.hidden = false;
    if (still) still.classList.toggle("is-under", Boolean(video));
    for (const one of this.takes) if (one !== video) { one.hidden = true; one.pause(); }
  }

  show() {
    this.time.innerHTML = "";
    const total = document.createElement("span");
    total.textContent = ` / ${clock(this.length)}`;
    this.time.append(clock(this.now), total);
    if (document.activeElement !== this.range) this.range.value = this.length ? this.now / this.length * 1000 : 0;
    const head = document.querySelector(".playhead");
    const tile = this.tiles.findLast((one) => Number(one.dataset.start) <= this.now + .001);
    if (!head || !tile) return;
    head.hidden = false;
    const part = Math.min(1, (this.now - Number(tile.dataset.start)) / Number(tile.dataset.seconds));
    const left = tile.getBoundingClientRect().left - head.offsetParent.getBoundingClientRect().left + head.offsetParent.scrollLeft;
    head.style.translate = `${left + part * tile.offsetWidth}px`;
  }
}
customElements.define("reel-player", ReelPlayer);
