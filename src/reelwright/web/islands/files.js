// Pictures and clips for a new film: dropped anywhere on the page, pasted or chosen; refused where they come, or stored.
import { findFault, findKind, uploadFile } from "./drop.js";

class ReelFiles extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.input = this.querySelector("input[type=file]");
    this.input.removeAttribute("name");  // its bytes go before the form, which then names them
    this.state = this.querySelector(".drop-state");
    this.input.addEventListener("input", (event) => event.stopPropagation());
    this.input.addEventListener("change", (event) => { event.stopPropagation(); this.takeAll([...this.input.files]); });
    this.addEventListener("click", (event) => {
      const card = event.target.closest(".ref-remove")?.closest(".ref-card");
      if (card) { card.remove(); this.tellForm(); }
    });
    document.addEventListener("dragover", (event) => { if (hasFiles(event)) { event.preventDefault(); this.classList.add("is-over"); } });
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) this.classList.remove("is-over"); });
    document.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      this.classList.remove("is-over");
      this.takeAll([...event.dataTransfer.files]);
    });
    document.addEventListener("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.takeAll([...event.clipboardData.files]);
    });
  }

  tell(text, isBad = false, share = 0) {
    this.state.textContent = text;
    this.state.style.setProperty("--share", `${100 * share}%`);
    this.state.classList.toggle("is-bad", isBad);
  }

  async takeAll(files) {
    const refused = [];
    for (const file of files) {
      const kind = findKind(file), texts = this.state.dataset, why = findFault(file, texts);
      if (why) { refused.push(`${file.name}: ${why}`); continue; }
      try {
        const made = await uploadFile(file, kind, texts, (text, share) => this.tell(text, false, share));
        this.add(made.id, `${kind}:${file.name}`);
        this.tell("");
      } catch (fault) {
        refused.push(`${file.name}: ${fault.message}`);
      }
    }
    this.input.value = "";
    if (refused.length) this.tell(refused.join(". "), true);
    this.tellForm();
  }

  /** Name a stored file in the form; the server then draws its card. */
  add(asset, value) {
    if (this.querySelector(`[name="own.${asset}"]`)) return;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: `own.${asset}`, value });
    this.querySelector("#files").append(field);
  }

  tellForm() { this.closest("form").dispatchEvent(new Event("draft")); }
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
customElements.define("reel-files", ReelFiles);
