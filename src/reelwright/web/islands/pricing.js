// Forms with a price: the draft and the price follow what is typed; a form is sent once; what is typed is kept.
import { fetchPart, swapParts } from "./fragments.js";

const FORMS = "form[data-draft], form[data-price]";
const WAIT_MS = 250, DIM_MS = 300;
const KEPT = `reelwright draft ${document.documentElement.dataset.root}`;
let timer = 0, dimming = 0, asking = null;

/** Ask for the draft and the price of a form as it stands. `submitter`: the button that asks for another change. */
async function refresh(form, submitter = null) {
  clearTimeout(timer);
  asking?.abort();
  asking = new AbortController();
  clearTimeout(dimming);
  dimming = setTimeout(() => form.classList.add("is-pricing"), DIM_MS);
  const { signal } = asking;
  const body = new URLSearchParams(new FormData(form, submitter ?? form.querySelector("[data-first]")));
  const page = await fetchPart(form.dataset.draft ?? form.dataset.price, { body, signal });
  if (signal.aborted) return;
  clearTimeout(dimming);
  form.classList.remove("is-pricing");
  if (!page) return;
  swapParts(page, form.dataset.swap.split(" "));
  form.toggleAttribute("data-held", Boolean(form.dataset.price));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest(FORMS);
  if (!form || event.target.type === "checkbox" || event.target.name === "unknown_at_most") return;
  form.toggleAttribute("data-held", Boolean(form.dataset.price));
  if (event.target.name === "text") { keep(event.target.value); count(); }
  clearTimeout(timer);
  timer = setTimeout(() => refresh(form), event.target.type === "radio" || event.target.tagName === "SELECT" ? 0 : WAIT_MS);
});

for (const form of document.querySelectorAll("form[data-draft]")) form.addEventListener("draft", () => refresh(form));

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.matches(FORMS) && (button?.hasAttribute("data-first") || button?.getAttribute("formaction")?.match(/\/(price|draft)$/))) {
    event.preventDefault();
    refresh(form, button);
    return;
  }
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.classList.add("is-sending");
  if (form.dataset.draft) keep("");
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) { delete form.dataset.sent; form.classList.remove("is-sending"); }
});
window.addEventListener("online", () => { const form = document.querySelector(FORMS); if (form) refresh(form); });

function keep(text) {
  try { text ? localStorage.setItem(KEPT, text) : localStorage.removeItem(KEPT); } catch { /* a private window keeps nothing */ }
}

function count() {
  const field = document.getElementById("text"), shown = document.querySelector("[data-count]");
  if (!field || !shown) return;
  const words = field.value.split(/\s+/).filter(Boolean).length;
  shown.textContent = words ? (words === 1 ? shown.dataset.one : shown.dataset.many).replace("#", words) : "";
}

const field = document.getElementById("text");
if (field) {
  let kept = "";
  try { kept = localStorage.getItem(KEPT) ?? ""; } catch { /* as above */ }
  if (!field.value && kept) { field.value = kept; refresh(field.form); }
  count();
}
