// Forms with a price: the draft and the price follow what is typed; a form is sent once; what is typed is kept.
import { fetchPart, swapParts } from "./fragments.js";

const FORMS = "form[data-draft], form[data-price]";
const WAIT_MS = 180, DIM_MS = 300;  // a pause between words; within one, letters follow sooner
const KEPT = `reelwright draft ${new URL(document.documentElement.dataset.root, location.href).pathname}`;
const ASKED_ANEW = ["sent", "ticket", "max_usd", "accept_unconfirmed", "unknown_at_most", "file"];
const OFFERS_WAIT_MS = 600;  // a quote for each model that is offered: only once nobody types
let timer = 0, offering = 0, dimming = 0, asking = null;

/**
 * Ask for the draft and the price of a form as it stands. `submitter`: the button that asks for another change.
 * `parts`: it puts what was typed onto what somebody else changed, and these parts of the page are drawn again.
 */
async function refresh(form, submitter = null, parts = "") {
  clearTimeout(timer);
  clearTimeout(offering);
  asking?.abort();
  asking = new AbortController();
  clearTimeout(dimming);
  dimming = setTimeout(() => form.classList.add("is-pricing"), DIM_MS);
  const { signal } = asking;
  const body = new URLSearchParams(new FormData(form, submitter ?? form.querySelector("[data-first]")));
  const page = await fetchPart(parts ? submitter.formAction : form.dataset.draft ?? form.dataset.price, { body, signal, part: form.dataset.draft ? "draft" : "1" });
  if (signal.aborted) return;
  clearTimeout(dimming);
  form.classList.remove("is-pricing", "is-reading");
  if (!page) return;
  const note = page.getElementById("trouble") ? null : page.querySelector("[data-code]");
  if (note) { document.getElementById("trouble").replaceChildren(note); return; }  // the form was not read at all
  const shown = document.getElementById("offers"), place = page.getElementById("offers");
  if (shown && place) place.append(...[...shown.children].map((one) => one.cloneNode(true)));
  swapParts(page, (parts || form.dataset.swap).split(" "));
  if (place && form.dataset.draft) offering = setTimeout(() => offer(form, body, signal), OFFERS_WAIT_MS);
  if (parts) { keepFields(document.querySelector("form[data-price]")); return; }
  form.toggleAttribute("data-held", Boolean(form.dataset.price));
}

/** Draw anew what the film would cost as AI video from each of some models. */
async function offer(form, body, signal) {
  const page = await fetchPart(form.dataset.draft, { body, signal });
  if (page && !signal.aborted) swapParts(page, ["offers"]);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest(FORMS);
  if (!form || event.target.type === "checkbox" || event.target.name === "unknown_at_most") return;
  form.toggleAttribute("data-held", Boolean(form.dataset.price));
  if (event.target.name === "text") { document.querySelector("[data-kept]").hidden = true; keep(event.target.value); count(); }
  if (form.dataset.draft) { startAnew(form); form.classList.add("is-reading"); }
  if (form.dataset.price) keepFields(form);
  clearTimeout(timer);
  timer = setTimeout(() => { if (form.dataset.draft) keepDraft(form); refresh(form); }, event.target.type === "radio" || event.target.tagName === "SELECT" ? 0 : WAIT_MS);
});

for (const form of document.querySelectorAll("form[data-draft]")) form.addEventListener("draft", () => { startAnew(form); refresh(form); });

document.addEventListener("click", (event) => {  // a model that is offered beside its price is chosen in the form
  const button = event.target.closest("button[data-sets]"), field = button?.form?.elements[button.dataset.sets];
  if (field) { field.value = button.value; field.dispatchEvent(new Event("input", { bubbles: true })); }
});
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.matches(FORMS) && (button?.hasAttribute("data-first") || button?.getAttribute("formaction")?.match(/\/(price|draft)(\?|$)/))) {
    event.preventDefault();
    refresh(form, button, button.dataset.swap);
    return;
  }
  const sent = form.id === "plain" ? `${button?.formAction} ${button?.value}` : "1";  // buttons of many jobs are one form
  if (form.dataset.sent === sent) { event.preventDefault(); return; }
  form.dataset.sent = sent;
  form.classList.add("is-sending");
  if (form.dataset.draft) { mark(true); keepDraft(form, true); }
  if (form.dataset.price) keepFields(form, true);
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) { delete form.dataset.sent; form.classList.remove("is-sending"); }
  mark(false);
});
// Here, and not once all pictures are there: a person may have left for the next film by then.
const isFresh = performance.getEntriesByType("navigation")[0]?.type === "navigate", sentField = document.getElementById("text");
if (mark(null) && isFresh && (sentField ? !sentField.defaultValue : document.getElementById("room")?.dataset.live)) keep("");
document.addEventListener("moved", (event) => {  // somebody else changed the project: both are shown
  refresh(event.target, event.target.querySelector("#trouble [data-swap], .cost-change [data-main]"));
});
window.addEventListener("online", () => { const form = document.querySelector(FORMS); if (form?.matches("[data-draft], [data-held]")) refresh(form); });

function keep(text) {
  try { text ? localStorage.setItem(KEPT, text) : localStorage.removeItem(KEPT); } catch { /* a private window keeps nothing */ }
}

/** Note that the draft of this tab was sent, or that its answer is there (null: neither); return whether it had been sent. */
function mark(isSent) {
  try {
    const wasSent = sessionStorage.getItem(KEPT) !== null;
    if (isSent) sessionStorage.setItem(KEPT, "sent"); else if (isSent === false) sessionStorage.removeItem(KEPT);
    return wasSent;
  } catch { return false; }
}

/** Let the draft be another order than the one that was sent, of which it is no longer the same. */
function startAnew(form) { for (const one of form.querySelectorAll("[name=sent]")) one.remove(); }

/**
 * Keep the whole draft in the history: Back and a reload show it again, a new film does not. What was agreed to is
 * asked anew. A draft that was sent keeps its ticket, by which it stays the same order while nothing of it is changed.
 */
function keepDraft(form, isSent = false) {
  const draft = [...new FormData(form)].filter(([name]) => !ASKED_ANEW.includes(name));
  if (isSent) draft.push(["sent", form.elements.ticket.value]);
  try { history.replaceState({ draft }, ""); } catch { /* as above */ }
}

function restoreDraft(form) {
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") history.replaceState(null, "");  // a link to the same page left it
  const fields = history.state?.draft;
  if (!fields) return;
  for (const one of form.querySelectorAll("input[type=checkbox], input[type=radio]")) one.checked = fields.some(([name, value]) => name === one.name && value === one.value);
  for (const [name, value] of fields) {
    const one = form.elements[name];
    if (one && !["checkbox", "radio"].includes(one.type ?? "radio")) one.value = value;
    else if (!one) form.querySelector("#files").append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

const listFields = (form) => [...form.querySelectorAll("textarea[name], select[name], input[name]:not([type])")];

/** Keep what was typed into the panel of a project, for a page that is loaded again. `isSent`: it is ordered now. */
function keepFields(form, isSent = false) {
  const before = (one) => form.elements[`${one.name}.before`]?.value ?? one.defaultValue ?? "";
  const changed = listFields(form).filter((one) => one.value !== before(one)).map((one) => [one.name, one.value]);
  const kept = { revision: form.elements.revision?.value, shot_id: form.elements.shot_id?.value, changed, isSent };
  try { sessionStorage.setItem(location.pathname + location.search, JSON.stringify(kept)); } catch { /* as above */ }
}

/** Put back what was typed, against the revision and the shot it was typed at; what was ordered, and led to a new one, is done. */
function restoreFields(form) {
  let kept = null;
  const place = location.pathname + location.search;
  try { kept = JSON.parse(sessionStorage.getItem(place)); sessionStorage.removeItem(place); } catch { /* as above */ }
  const { revision, shot_id } = form.elements;
  if (!kept?.changed.length || (kept.isSent && kept.revision !== revision?.value)) return;
  const fields = listFields(form);
  for (const [name, value] of kept.changed) {
    const one = fields.find((field) => field.name === name);
    if (one) one.value = value;
    else for (const [key, text] of [[name, value], [`${name}.before`, ""]]) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: key, value: text }));
  }
  if (revision) revision.value = kept.revision;
  if (shot_id) shot_id.value = kept.shot_id;  // another shot, with other fields, may stand at this address by now
  try { sessionStorage.setItem(place, JSON.stringify({ ...kept, isSent: false })); } catch { /* as above */ }
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
  if (!field.value) {
    field.value = kept;
    restoreDraft(field.form);
    document.querySelector("[data-kept]").hidden = !field.value;
    if (field.value) { field.form.classList.add("is-reading"); refresh(field.form); }
  } else if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));  // typed before this script was there
  count();
}
document.addEventListener("click", (event) => {  // what was kept gives way to a new brief
  if (!event.target.closest("[data-afresh]")) return;
  keep("");
  history.replaceState(null, "");
  location.assign(location.pathname);
});
const panel = document.querySelector("form[data-price]");
if (panel && !panel.hasAttribute("data-held")) restoreFields(panel);
document.addEventListener("shown", ({ target }) => { if (target.matches("form")) restoreFields(target); });  // a tab or a shot that was followed to
