// The player: plays the film. While it is being made it plays what exists, one part after another, on the clock of its
// sound; a still where a picture is missing.
const clock = (seconds) => {
  const tenths = Math.max(0, Math.floor(seconds * 10));
  return `${String(Math.floor(tenths / 600)).padStart(2, "0")}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
};
const ICONS = {
  play: '<path d="m7 4.5 12 7.5-12 7.5Z"/>', pause: '<path d="M8 5v14M16 5v14"/>',
  back: '<path d="M18 5 8.5 12 18 19ZM5 5v14"/>', on: '<path d="M6 5l9.5 7L6 19ZM19 5v14"/>',
  heard: '<path d="M4 9v6h4l5 4V5L8 9ZM16.500 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11"/>', muted: '<path d="M4 9v6h4l5 4V5L8 9ZM17 9.500l5 5m0-5-5 5"/>',
  full: '<path d="M8 3H5a2 2 0 0 0-2 2v3M16 3h3a2 2 0 0 1 2 2v3M8 21H5a2 2 0 0 1-2-2v-3M16 21h3a2 2 0 0 0 2-2v-3"/>',
};
const EVEN_S = .02, APART_S = .2;  // a picture this near to the clock is in time; one this far from it is set there
const LEAD_S = .1;  // a video that is told to play shows its next frame at most this much later
const FRAME_S = .03;  // what is left of a picture when the next one is called, which is seen a frame later
const SOUND_WAIT_MS = 1500;
const locate = (asset) => `${document.documentElement.dataset.root}api/v1/assets/${asset}`;
const draw = (name) => `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
/** Where the player stood that was on the page a moment ago: the one of the finished film goes on there. */
let last = null;

class ReelPlayer extends HTMLElement {
  connectedCallback() {
    if (this.box) return;
    this.texts = JSON.parse(this.dataset.texts);
    this.film = this.querySelector("video");
    this.box = document.createElement("div");
    this.box.className = "player-box";
    this.box.append(...this.childNodes);
    this.append(this.box, this.buildTransport());
    this.at = 0;
    this.extra = new Map();  // sounds beside the clock, such as voices, by their address
    if (this.film) {
      this.film.controls = false;
      const under = document.querySelector(".tile[aria-current] :is(image, img)");  // seen until the film's own frame is there
      if (under) this.film.style.background = `center / contain no-repeat url("${under.href?.baseVal ?? under.src}")`;
      this.film.addEventListener("click", () => this.toggle());
      for (const name of ["play", "pause", "ended"]) this.film.addEventListener(name, () => this.showState());
      this.film.addEventListener("loadedmetadata", () => this.show());
    } else {
      this.takes = [0, 1].map(() => Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto", className: "is-away" }));
      for (const video of this.takes) {
        video.dataset.shape = this.querySelector(".player-still")?.dataset.shape;
        video.addEventListener("canplay", () => this.swap());
      }
      this.box.append(...this.takes);
      this.box.addEventListener("click", () => this.toggle());
      this.sound = Object.assign(document.createElement("audio"), { preload: "auto" });
      this.append(this.sound);
      this.readCut();
      this.loadSound();
    }
    if (last && performance.now() - last.when < 1000) {
      this.seek(last.at);
      if (last.isPlaying) this.toggle();
    } else {  // the player stands where the strip and the panel do
      const start = Number(document.querySelector(".tile[aria-current]")?.dataset.start ?? 0);
      if (start) this.seek(start + .001);
    }
    this.show();
  }

  disconnectedCallback() {
    last = { at: this.now, isPlaying: this.isPlaying, when: performance.now() };
    cancelAnimationFrame(this.frame);
    this.since = 0;
    this.hush();
  }

  get tiles() { return [...document.querySelectorAll(".tile")]; }
  get isPlaying() { return this.film ? !this.film.paused && !this.film.ended : Boolean(this.since); }
  get length() {
    const end = this.tiles.at(-1);
    return this.film?.duration || (end ? Number(end.dataset.start) + Number(end.dataset.seconds) : 0);
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
    add("back", this.texts.before, () => this.step(-1));
    this.button = add("play", this.texts.play, () => this.toggle(), "transport-play");
    add("on", this.texts.next, () => this.step(1));
    this.time = document.createElement("output");
    this.range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, value: 0, step: 1 });
    this.range.setAttribute("aria-label", this.texts.place);
    this.range.addEventListener("input", () => this.seek(this.range.value / 1000 * this.length));
    this.range.addEventListener("change", () => { if (!this.isPlaying) this.tell(); });
    bar.append(this.time, this.range);
    this.mute = add("heard", this.texts.mute, () => this.setMuted(!this.isMuted));
    this.mute.setAttribute("aria-pressed", "false");
    add("full", this.texts.full, () => this.box.requestFullscreen?.());
    return bar;
  }

  /** Read what can be played now: [begin, length, asset, offset in it, volume], in seconds. It grows while shots are made. */
  readCut() {
    const { pictures = "[]", sounds = "[]" } = document.getElementById("strip")?.dataset ?? {};
    if (this.read === pictures + sounds) return;
    this.read = pictures + sounds;
    this.pictures = JSON.parse(pictures);
    this.sounds = JSON.parse(sounds);
    const kept = new Set(this.sounds.map(([begin, , asset]) => `${asset} ${begin}`));
    for (const [key, one] of this.extra) if (!kept.has(key)) { one.pause(); this.extra.delete(key); }
    this.shown = null;
    if (this.mute) this.mute.hidden = !this.sounds.length;
  }

  /** Take the sound over the whole film as the clock, if there is one. */
  loadSound() {
    const first = this.sounds[0], isWhole = first && first[0] === 0 && first[1] > this.length - .1;
    const url = isWhole ? locate(first[2]) : "";
    if ((this.sound.dataset.url ?? "") === url) return;
    this.sound.dataset.url = url;
    if (url) this.sound.src = url; else this.sound.removeAttribute("src");
    if (url) this.sound.volume = first[4];
  }

  setMuted(isMuted) {
    this.isMuted = isMuted;
    for (const one of [this.film, this.sound, ...this.extra.values()]) if (one) one.muted = isMuted;
    this.mute.innerHTML = draw(isMuted ? "muted" : "heard");
    this.mute.setAttribute("aria-pressed", String(isMuted));
  }

  toggle() {
    const wasPlaying = this.isPlaying;
    if (this.film) { if (this.film.paused) this.film.play().catch(() => {}); else this.film.pause(); }
    else if (this.since) { this.since = 0; this.hush(); this.showState(); } else this.begin();
    if (wasPlaying) this.tell();
  }

  /** Tell which shot the player stopped in: the strip and the panel follow it. */
  tell() {
    const tile = this.tiles.findLast((one) => Number(one.dataset.start) <= this.now + .001);
    if (tile) this.dispatchEvent(new CustomEvent("reached", { detail: tile, bubbles: true }));
  }

  hush() { for (const one of [this.sound, ...(this.takes ?? []), ...this.extra.values()]) one?.pause(); }

  /** Start the clock: that of the sound once it is heard, else that of the machine. */
  async begin() {
    const turn = this.turn = (this.turn ?? 0) + 1;  // a click on pause and play again leaves the older one behind
    this.since = performance.now();
    if (this.at >= this.length - .05) this.at = 0;
    this.readCut();
    this.loadSound();
    this.prepare();
    this.showState();
    if (!this.sound.dataset.url) return;
    this.isWaiting = true;
    this.sound.currentTime = this.at;
    await Promise.race([this.sound.play().catch(() => {}), new Promise((done) => { setTimeout(done, SOUND_WAIT_MS); })]);
    if (turn !== this.turn) return;
    this.isWaiting = false;
    if (this.since) this.since = performance.now(); else this.hush();
  }

  seek(seconds) {
    const to = Math.max(0, Math.min(this.length, seconds));
    if (this.film) this.film.currentTime = to;
    else {
      this.at = to;
      this.shown = null;
      if (this.sound.dataset.url) this.sound.currentTime = to;
      this.playExtra();
      if (!this.since) { this.readCut(); this.showPart(); }
    }
    this.show();
  }

  step(by) {
    const starts = this.tiles.map((tile) => Number(tile.dataset.start));
    const here = Math.max(0, starts.findLastIndex((start) => start <= this.now + .02));
    this.seek(starts[Math.max(0, Math.min(starts.length - 1, here + by))] + .001);
    if (!this.isPlaying) this.tell();
  }

  showState() {
    this.button.innerHTML = draw(this.isPlaying ? "pause" : "play");
    this.button.setAttribute("aria-label", this.isPlaying ? this.texts.pause : this.texts.play);
    cancelAnimationFrame(this.frame);
    const run = () => {
      if (!this.film && this.since && !this.isWaiting) this.advance();
      this.show();
      if (this.isPlaying) this.frame = requestAnimationFrame(run);
    };
    run();
  }

  advance() {
    const now = performance.now(), { sound } = this, isHeard = sound.dataset.url && !sound.paused && !sound.ended;
    this.at = isHeard ? Math.max(this.at, sound.currentTime) : this.at + (now - this.since) / 1000;
    this.since = now;
    const next = this.ready?.[0][0] - this.at;
    if (next > 0 && next < LEAD_S && this.countLeft() < FRAME_S) this.at += next;
    if (this.at >= this.length) { [this.at, this.since] = [this.length, 0]; this.hush(); this.showState(); return; }
    this.readCut();
    this.playExtra();
    this.showPart();
  }

  /** Seconds that are left of the picture that is seen: it may be ahead of the clock, and would stand still at its end. */
  countLeft() {
    const { playing } = this, part = this.pictures[this.find(this.at)];
    if (!part || !playing || playing.ended) return 0;
    return Math.min(part[1] + part[3], playing.duration || Infinity) - playing.currentTime;
  }

  /** Play the sounds that belong to a place, beside the clock. */
  playExtra() {
    for (const [begin, length, asset, offset, volume] of this.sounds.slice(this.sound.dataset.url ? 1 : 0)) {
      const isDue = this.since && this.at >= begin && this.at < begin + length, key = `${asset} ${begin}`;
      let one = this.extra.get(key);
      if (!isDue) { one?.pause(); continue; }
      if (!one) this.extra.set(key, one = Object.assign(new Audio(locate(asset)), { volume, muted: Boolean(this.isMuted) }));
      const place = this.at - begin + offset;
      if (Math.abs(one.currentTime - place) > APART_S) one.currentTime = place;
      if (one.paused && !one.ended) one.play().catch(() => {});
    }
  }

  find(at) { return this.pictures.findIndex(([begin, length]) => at >= begin - .001 && at < begin + length - .001); }

  /** Have a picture stand ready at its first frame in one of the two videos; return that video. */
  load([, , asset, offset], video, place = offset) {
    const url = locate(asset);
    if (video.dataset.url !== url) { video.dataset.url = url; video.src = url; }
    if (Math.abs(video.currentTime - place) > EVEN_S) video.currentTime = place;
    return video;
  }

  /** Get the picture ready that is shown next. */
  prepare() {
    const index = this.find(this.at), next = this.pictures[index + 1] ?? this.pictures.find(([begin]) => begin > this.at);
    if (index < 0 && next) this.ready = [next, this.load(next, this.takes.find((one) => one !== this.playing))];
  }

  /** Show the picture of the present place, or the still of its shot, and keep the picture in time with the clock. */
  showPart() {
    const index = this.find(this.at), part = this.pictures[index];
    const name = `${index} ${this.tiles.findLastIndex((one) => Number(one.dataset.start) <= this.at + .001)}`;
    const [[begin] = [Infinity], waiting] = this.ready ?? [];
    if (this.since && begin - this.at <= LEAD_S && begin >= this.at && waiting.paused) waiting.play().catch(() => {});
    if (this.shown !== name) { this.shown = name; this.change(part, this.pictures[index + 1]); }
    const video = this.playing;
    if (!part || !video) return;
    const place = this.at - part[0] + part[3], isOver = video.ended || place > (video.duration || Infinity) - EVEN_S;
    if (isOver || video.seeking || video.readyState < 2) return;
    const ahead = video.currentTime - place;
    if (Math.abs(ahead) > APART_S) video.currentTime = place;
    else video.playbackRate = Math.abs(ahead) < EVEN_S ? 1 : ahead > 0 ? .92 : 1.08;
    if (this.since && video.paused) video.play().catch(() => {});
  }

  /** Change over to a picture. The one after it is then loaded into the other video, where it waits at its first frame. */
  change(part, next) {
    const tile = this.tiles.findLast((one) => Number(one.dataset.start) <= this.at + .001);
    if (tile) this.showStill(tile);
    const [waiting, ready] = this.ready ?? [];
    const video = part && (String(waiting) === String(part) ? ready : this.takes.find((one) => one !== this.playing));
    if (video) this.load(part, video, this.at - part[0] + part[3]);
    if (video && this.since) video.play().catch(() => {});
    this.playing = video;
    this.coming = { part, next, video };
    this.swap();
  }

  /** Show the picture that is coming, once its first frame is there; the one after it is then loaded. */
  swap() {
    const { next, video } = this.coming ?? {};
    if (!this.coming || (video && video.readyState < 2)) return;
    this.coming = null;
    video?.classList.remove("is-away");
    for (const one of this.takes) if (one !== video) { one.classList.add("is-away"); one.pause(); }
    this.box.querySelector(".player-still")?.classList.toggle("is-under", Boolean(video));
    const other = this.takes.find((one) => one !== video);
    this.ready = next ? [next, this.load(next, other)] : null;
  }

  /** Show the still of a shot, also under its picture until the first frame is there, and say what is seen. */
  showStill(tile) {
    const box = this.box.querySelector(".player-still"), picture = tile.querySelector("svg[data-picture], img");
    const name = tile.querySelector(".tile-name").textContent;
    if (box && picture) {
      this.still ??= box.querySelector("img") ?? box.insertBefore(document.createElement("img"), box.firstChild);
      const source = picture.dataset.picture ?? picture.src;
      if (this.still.src !== source) this.still.src = source;
      this.still.alt = name;
    }
    const plate = this.box.querySelector(".plate-shot");
    if (plate) plate.textContent = `${tile.dataset.shot} ${name}`;
  }

  show() {
    this.time.innerHTML = "";
    const total = document.createElement("span");
    total.textContent = ` / ${clock(this.length + .05)}`;
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

document.addEventListener("click", (event) => {  // the same film in another aspect
  const link = event.target.closest("[data-film-shape]"), film = document.querySelector("reel-player video[src]");
  if (!link || !film || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const at = film.currentTime;
  film.removeAttribute("poster");
  [film.dataset.shape, film.src] = [link.dataset.filmShape, link.href];
  film.currentTime = at;
  for (const one of link.parentElement.children) one.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});
