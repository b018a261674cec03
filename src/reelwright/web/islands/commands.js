// The command menu: what the page can do now, where one can go, and the keys. A command presses what stands on the page.
import { fetchPart, localise } from "./fragments.js";

const dialog = document.getElementById("commands");
const search = document.getElementById("command-search"), list = document.getElementById("command-list");
let rows = [], found = [], due = 0, asked = null;

const PAUSE_MS = 150, MOST_FOUND = 12;
const PRICE = / (\$[\d.,]+)$/;
const read = (element) => [...element.childNodes].map((one) => (one.nodeType === Node.TEXT_NODE ? one.textContent : one.localName === "kbd" ? "" : read(one))).join(" ");
const film = (element) => element.closest(".job")?.querySelector(".job-title strong")?.textContent;  // of which of many this is
const words = (element) => (element.getAttribute("aria-label") || element.title || read(element)).replace(/[⌘↵⌫\s]+/g, " ").trim();
const title = (card) => { localise(card); return [...card.querySelectorAll("strong, time")].map((one) => one.textContent).join(", "); };
const isThere = (element) => !element.closest("dialog, [data-commands], .vh, [aria-pressed=true], [data-sample][aria-current]") && element.checkVisibility({ checkVisibilityCSS: true }) && !element.disabled;

/** List what can be done now: the buttons and choices of the page, its rooms, then all keys. */
function collect() {
  const here = [...document.querySelectorAll(".room button[name], .room .button, .bar .button, [data-main]")]
    .filter((one) => isThere(one) && words(one).length > 2);
  const name = (one) => { const [label, price] = words(one).split(/, (?=\$[\d.,]+$)/); return [film(one) ? `${label}: ${film(one)}` : label, price].filter(Boolean).join(", "); };
  const unique = [...new Map(here.map((one) => [name(one), one])).entries()];
  const fields = [...document.querySelectorAll(".room .option, .room .field, .tabs a")].filter(isThere);
  const rooms = [...document.querySelectorAll("a[data-go]")];
  const films = [...document.querySelectorAll(".job-title a, .project-card")];
  return [
    ...unique.map(([label, target]) => ({ group: list.dataset.here, label, key: target.dataset.key ?? (target.matches("[data-main]") ? "⌘↵" : target.dataset.hotkey?.length === 1 ? target.dataset.hotkey.toUpperCase() : ""), target })),
    ...fields.map((one) => ({ group: list.dataset.change, label: one.matches("a") ? words(one) : read(one.querySelector(".option-name, span") ?? one).trim(), more: one.dataset.more, key: "", target: one.matches("a") ? one : one.querySelector("input, select, textarea") })).filter((row) => row.target && row.label),
    ...[...rooms, ...films].map((target) => ({ group: list.dataset.go, label: target.matches(".project-card") ? title(target) : words(target), key: target.dataset.go ? `G ${target.dataset.go.toUpperCase()}` : "", target })),
    ...[...document.querySelectorAll("#command-keys li")].map((one) => ({ group: list.dataset.keys, label: one.textContent, key: one.dataset.key })),
  ];
}

function draw() {
  const wanted = search.value.trim().toLowerCase();
  const shown = [...rows, ...found].filter((row) => `${row.label} ${row.more ?? ""}`.toLowerCase().includes(wanted));
  list.replaceChildren();
  let group = "";
  for (const [index, row] of shown.entries()) {
    if (row.group !== group) list.append(make("div", "commands-group", group = row.group));
    const price = row.label.match(PRICE)?.[1], option = make("div", "command", row.label.replace(PRICE, ""));
    Object.assign(option, { id: `command-${index}`, role: "option" });
    option.setAttribute("aria-selected", "false");
    if (row.target) option.onclick = () => run(row); else option.setAttribute("aria-disabled", "true");
    if (price) option.append(make("span", "num command-price", price));
    for (const key of row.key.split(" ").filter(Boolean)) option.append(make("kbd", "", key === "Backspace" ? "⌫" : key));
    list.append(option);
  }
  localise(list);
  if (!shown.length) list.append(make("p", "commands-group", list.dataset.none));
  choose(list.querySelector(".command:not([aria-disabled])"));
}

/** Find films by their names on the server: also those that the page does not list. */
async function find() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked, wanted = search.value.trim(), { root } = document.documentElement.dataset;
  const page = wanted && await fetchPart(`${root}studio/projects?q=${encodeURIComponent(wanted)}`, { signal });
  if (!page || signal.aborted) return;
  const known = new Set(rows.map((row) => row.target?.href));
  const cards = [...page.querySelectorAll(".project-card")].slice(0, MOST_FOUND).map((card) => [card, new URL(`${root}studio/projects/${card.pathname.split("/").at(-1)}`, location.href).href]);
  found = cards.filter(([, href]) => !known.has(href)).map(([card, href]) => ({ group: list.dataset.go, label: title(card), key: "", target: Object.assign(document.createElement("a"), { href }) }));
  draw();
}

function make(tag, kind, text) {
  const made = document.createElement(tag);
  Object.assign(made, { className: kind, textContent: text });
  return made;
}

function choose(option) {
  list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  search.setAttribute("aria-activedescendant", option?.id ?? "");
}

function move(by) {
  const options = [...list.querySelectorAll(".command:not([aria-disabled])")];
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  choose(options[(at + by + options.length) % options.length]);
}

function run(row) {
  dialog.close();
  if (!row.target.isConnected) location.href = row.target.href;
  else if (row.target.matches("input, select, textarea")) row.target.focus();
  else row.target.click();
}

function open(text = "") {
  if (dialog.open) return;
  [rows, found] = [collect(), []];
  search.value = text;
  dialog.showModal();
  draw();
  search.focus();
}

if (dialog) {
  search.addEventListener("input", () => { draw(); clearTimeout(due); due = setTimeout(find, PAUSE_MS); });
  search.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); move(step); }
    if (event.key === "Enter") { event.preventDefault(); list.querySelector('[aria-selected="true"]')?.click(); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-commands]")) open(); });
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
    else if (event.key === "?" && !event.target.closest("input, textarea, select")) open();
  });
}
