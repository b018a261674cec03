// Finding while one types: the list is asked for again, and its address names what is found.
import { fetchPart, swapParts } from "./fragments.js";

const PAUSE_MS = 180;
let due = 0, asked;

async function find(form) {
  asked?.abort();
  asked = new AbortController();
  const url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  const page = await fetchPart(url, { signal: asked.signal });
  if (!page) return;
  history.replaceState(null, "", url);
  swapParts(page, document.getElementById("room").dataset.swap.split(" "));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-find]");
  clearTimeout(due);
  if (form) due = setTimeout(find, PAUSE_MS, form);
});

document.addEventListener("keydown", (event) => {
  const field = document.querySelector("[data-find] [name=q]");
  if (event.key !== "/" || !field || event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  field.focus();
});
