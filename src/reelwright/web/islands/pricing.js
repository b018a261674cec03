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
  if (form.dataset.price) keepFields(form);
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
  if (form.dataset.price) keepFields(form, true);
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) { delete form.dataset.sent; form.classList.remove("is-sending"); }
});
window.addEventListener("online", () => { const form = document.querySelector(FORMS); if (form?.matches("[data-draft], [data-held]")) refresh(form); });

function keep(text) {
  try { text ? localStorage.setItem(KEPT, text) : localStorage.removeItem(KEPT); } catch { /* a private window keeps nothing */ }
}

const listFields = (form) => [...form.querySelectorAll("textarea[name], select[name], input[name]:not([type])")];

/** Keep what was typed into the panel of a project, for a page that is loaded again. `isSent`: it is ordered now. */
function keepFields(form, isSent = false) {
  const changed = listFields(form).filter((one) => one.value !== (one.defaultValue ?? "")).map((one) => [one.name, one.value]);
  const kept = { revision: form.elements.revision?.value, changed, isSent };
  try { sessionStorage.setItem(location.pathname + location.search, JSON.stringify(kept)); } catch { /* as above */ }
}

/** Put back what was typed, against the revision it was typed at; what was ordered, and led to a new one, is done. */
function restoreFields(form) {
  let kept = null;
  const place = location.pathname + location.search;
  try { kept = JSON.parse(sessionStorage.getItem(place)); sessionStorage.removeItem(place); } catch { /* as above */ }
  const { revision } = form.elements;
  if (!kept?.changed.length || (kept.isSent && kept.revision !== revision?.value)) return;
  const fields = listFields(form);
  for (const [name, value] of kept.changed) for (const one of fields) if (one.name === name) one.value = value;
  if (revision) revision.value = kept.revision;
  keepFields(form);
  refresh(form);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-discard]")) sessionStorage.removeItem(location.pathname + location.search);
});

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
const panel = document.querySelector("form[data-price]");
if (panel && !panel.hasAttribute("data-held")) restoreFields(panel);
