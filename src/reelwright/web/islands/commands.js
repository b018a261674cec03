// The command menu: what the page can do now, where one can go, and the keys. A command presses what stands on the page.
import { localise } from "./fragments.js";

const dialog = document.getElementById("commands");
const search = document.getElementById("command-search"), list = document.getElementById("command-list");
let rows = [];

const PRICE = / (\$[\d.,]+)$/;
const read = (element) => [...element.childNodes].map((one) => (one.nodeType === Node.TEXT_NODE ? one.textContent : one.localName === "kbd" ? "" : read(one))).join(" ");
const words = (element) => (element.getAttribute("aria-label") || element.title || read(element)).replace(/[⌘↵⌫\s]+/g, " ").trim();
const isThere = (element) => !element.closest("dialog, [data-commands], .vh, [aria-pressed=true], [data-sample][aria-current]") && element.checkVisibility({ checkVisibilityCSS: true }) && !element.disabled;

/** List what can be done now: the buttons and choices of the page, its rooms, then all keys. */
function collect() {
  const here = [...document.querySelectorAll(".room button[name], .room .button, .bar .button, [data-main]")]
    .filter((one) => isThere(one) && words(one).length > 2);
  const unique = [...new Map(here.map((one) => [words(one), one])).values()];
  const rooms = [...document.querySelectorAll("a[data-go]")];
  const films = [...document.querySelectorAll(".job-title a, .project-card")];
  return [
    ...unique.map((target) => ({ group: list.dataset.here, label: words(target), key: target.dataset.key ?? (target.matches("[data-main]") ? "⌘↵" : target.dataset.hotkey?.length === 1 ? target.dataset.hotkey.toUpperCase() : ""), target })),
    ...[...rooms, ...films].map((target) => ({ group: list.dataset.go, label: words(target), key: target.dataset.go ? `G ${target.dataset.go.toUpperCase()}` : "", target })),
    ...[...document.querySelectorAll("#command-keys li")].map((one) => ({ group: list.dataset.keys, label: one.textContent, key: one.dataset.key })),
  ];
}

function draw() {
  const wanted = search.value.trim().toLowerCase();
  const shown = rows.filter((row) => row.label.toLowerCase().includes(wanted));
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
  if (row.target.matches("input, select, textarea")) row.target.focus();
  else row.target.click();
}

function open(text = "") {
  if (dialog.open) return;
  rows = collect();
  search.value = text;
  dialog.showModal();
  draw();
  search.focus();
}

if (dialog) {
  search.addEventListener("input", draw);
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
