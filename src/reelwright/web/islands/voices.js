// Choosing a voice: a dialog over the page lists the voices, plays their samples, and writes the one that is used.
import { fetchPart } from "./fragments.js";

class ReelVoices extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close-voices]")) { this.dialog.close(); return; }
      const opener = event.target.closest("[data-open-voices]");
      if (opener) { event.preventDefault(); this.open(); return; }
      const sample = event.target.closest("[data-sample]"), used = event.target.closest("[data-voice]");
      if (sample) { event.preventDefault(); this.play(sample); }
      if (used) {
        event.preventDefault();
        this.name(used.dataset.voice, used.closest("li").querySelector("strong").textContent);
        this.use(used.dataset.voice);
      }
    });
    setTimeout(() => this.name());  // once a draft that was kept is there again
    this.addEventListener("input", (event) => {
      if (event.target.matches("#voice")) this.name();
      if (!event.target.matches(".voices select")) return;
      event.stopPropagation();  // it is no option of the film
      this.load(event.target.value);
    });
  }

  disconnectedCallback() { this.stop(); }

  /** Show the name of the voice over its id, which is what the field sends. `voice` and `name`: learn one. */
  name(voice, name) {
    const names = JSON.parse(sessionStorage.getItem("reelwright voices") ?? "{}"), said = this.querySelector(".voice-said");
    if (voice) sessionStorage.setItem("reelwright voices", JSON.stringify({ ...names, [voice]: name }));
    if (said) said.textContent = voice ? name : names[this.querySelector("#voice").value] ?? "";
  }

  get dialog() { return this.querySelector("dialog"); }

  open() {
    this.dialog.showModal();
    this.dialog.addEventListener("close", () => this.stop(), { once: true });
    const field = this.querySelector("input"), [model] = (field.value || field.placeholder).split(":");
    this.load(model);
  }

  /** Fetch the list with the voices of a speech model; without connection what stood there stays. */
  async load(model) {
    this.stop();
    const room = this.querySelector(".voices-room");
    room.setAttribute("aria-busy", "true");
    const page = await fetchPart(`${document.documentElement.dataset.root}studio/voices?model=${encodeURIComponent(model)}`);
    room.removeAttribute("aria-busy");
    const list = page?.getElementById("voices");
    if (!list) { room.textContent = room.dataset.lost; return; }
    list.querySelector("form")?.replaceWith(list.querySelector("form label"));  // it stands in the form of the page
    list.querySelector("select")?.removeAttribute("name");
    room.replaceChildren(document.adoptNode(list));
  }

  play(link) {
    const isAgain = this.playing === link;
    this.stop();
    if (isAgain) return;
    this.playing = link;
    link.setAttribute("aria-current", "true");
    this.sound = new Audio(link.href);
    this.sound.onended = () => this.stop();
    this.sound.onerror = () => { this.stop(); link.classList.add("is-lost"); };
    this.sound.play().catch(() => {});
  }

  stop() {
    this.sound?.pause();
    this.sound = null;
    this.playing?.removeAttribute("aria-current");
    this.playing = null;
  }

  use(voice) {
    const field = this.querySelector("input");
    field.value = voice;
    this.dialog.close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
customElements.define("reel-voices", ReelVoices);

/** The moods of the music under their field: each is heard, and one is put into the field. */
class ReelMoods extends ReelVoices {
  connectedCallback() {
    for (const button of this.querySelectorAll("[data-mood]")) button.hidden = false;
    this.addEventListener("click", (event) => {
      const sample = event.target.closest("[data-sample]"), used = event.target.closest("[data-mood]");
      if (sample) { event.preventDefault(); this.play(sample); }
      if (used) this.use(used.dataset.mood);
    });
  }

  use(mood) {
    const field = this.querySelector("[name=mood]");
    field.value = [...field.options].some((one) => one.value === mood) ? mood : "";  // the film has it already
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
customElements.define("reel-moods", ReelMoods);
