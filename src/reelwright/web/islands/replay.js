// Replays how a film was made: its steps come as they came, in a few seconds, and the strip fills with them.
const LASTS_MS = 7000;

class ReelReplay extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.rows = [...this.querySelectorAll("li")];
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", textContent: this.dataset.play });
    this.button.addEventListener("click", () => (this.began ? this.stop() : this.start()));
    this.querySelector(".h3").append(this.button);
  }

  disconnectedCallback() { this.stop(); }

  start() {
    this.began = performance.now();
    this.button.textContent = this.dataset.stop;
    const run = () => {
      const at = 100 * (performance.now() - this.began) / LASTS_MS;
      this.show(at);
      if (at >= 104) this.stop(); else this.frame = requestAnimationFrame(run);
    };
    run();
  }

  /** Show what was had, being made and still wanted at a place in time, in percent. */
  show(at) {
    const states = new Map();
    for (const row of this.rows) {
      const state = at >= row.dataset.end ? "had" : at >= row.dataset.begin ? "making" : "wanted";
      row.dataset.state = state;
      const bar = row.querySelector("rect"), begin = Number(row.dataset.begin);
      bar.setAttribute("width", String(Math.max(0, Math.min(Math.max(1, row.dataset.end - begin), at - begin))));
      if (row.dataset.shot && states.get(row.dataset.shot) !== "had") states.set(row.dataset.shot, state);
    }
    for (const tile of document.querySelectorAll(".tile")) tile.dataset.replay = states.get(tile.dataset.shot) ?? "had";
  }

  stop() {
    cancelAnimationFrame(this.frame);
    if (!this.began) return;
    this.show(Infinity);
    this.began = 0;
    this.button.textContent = this.dataset.play;
    for (const tile of document.querySelectorAll(".tile")) delete tile.dataset.replay;
    for (const row of this.rows) delete row.dataset.state;
  }
}
customElements.define("reel-replay", ReelReplay);
