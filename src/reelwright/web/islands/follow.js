// Links that are followed without loading a page anew: tabs, filters, shots, and from room to room. What was chosen is
// marked at once, before the server has answered. A page with unsent words is left as browsers do it, which keeps them.
import { fetchPart, localise, swapParts } from "./fragments.js";

const ROOM = /\/studio\/(queue|spend|models|settings|projects(\/[^/]+)?)$/;  // Create begins with a script of its own
const FRESH_MS = 1000;  // for so long what was fetched at the press is what the click shows
let asked, pressed, shown = location.pathname + location.search;

/** Fetch what a link leads to. A mouse is pressed some 80 ms before it is let go, which is the click: the page is on its way by then. */
function fetchLink(link, part) {
  const control = new AbortController(), { href } = link;
  return { href, part, at: performance.now(), control, signal: control.signal, page: fetchPart(href, { signal: control.signal, part }) };
}

/** Take what was fetched at the press, or fetch it; the answer that was waited for before is not wanted any more. */
function ask(link, part) {
  const isPressed = pressed?.href === link.href && pressed.part === part && performance.now() - pressed.at < FRESH_MS;
  asked?.control.abort();
  if (!isPressed) pressed?.control.abort();
  asked = isPressed ? pressed : fetchLink(link, part);
  pressed = null;
  return asked;
}

/** Follow a link inside this page. `isStep`: one of many small steps, to which Back does not return. */
async function follow(link, parts, { part, isStep = false }) {
  const { signal, page: answer } = ask(link, part), page = await answer;
  if (!page || signal.aborted) return false;
  if (!page.getElementById(parts[0])) { location.href = link.href; return false; }  // it is no such page any more
  move(link, isStep ? "replaceState" : "pushState");
  swapParts(page, parts);
  tell();
  return true;
}

/** Go to another room: of the page only what all rooms share stays. */
async function enter(link) {
  const { signal, page: answer } = ask(link, ""), page = await answer;
  if (!page || signal.aborted) return false;
  const sheet = (of) => of.querySelector("link[rel=stylesheet]").getAttribute("href").split("/").at(-2);
  if (!page.querySelector(".rail") || sheet(page) !== sheet(document)) { location.href = link.href; return false; }
  move(link, "pushState");
  document.documentElement.dataset.root = page.documentElement.dataset.root;
  [document.title, document.body.className] = [page.title, page.body.className];
  for (const name of [".rail", ".bar", "#room"]) {
    const fresh = document.adoptNode(page.querySelector(name));
    localise(fresh);
    document.querySelector(name).replaceWith(fresh);
  }
  document.getElementById("room").focus({ preventScroll: true });
  tell();
  return true;
}

function move(link, how) {
  history[how](null, "", link.href);
  shown = location.pathname + location.search;
}

/** Tell the other islands that a part of the page is another one. */
function tell() { (document.querySelector("form[data-price]") ?? document.body).dispatchEvent(new Event("shown", { bubbles: true })); }

/** Mark the link that was chosen among those beside it; return what marks the former one again. */
function mark(links, chosen, word) {
  const former = links.find((one) => one.hasAttribute("aria-current"));
  const set = (one) => { for (const link of links) link.removeAttribute("aria-current"); one?.setAttribute("aria-current", word); };
  set(chosen);
  return () => set(former);
}

/** Show a shot in the panel, and the player at its start, unless that is there (`isReached`). */
async function chooseShot(tile, isReached = false) {
  const unmark = mark([...document.querySelectorAll(".tile")], tile, "true");
  for (const lane of document.querySelectorAll(".lane")) lane.classList.toggle("lane-current", lane.closest(".tile-cell") === tile.closest(".tile-cell"));
  if (!isReached) document.querySelector("reel-player")?.seek(Number(tile.dataset.start) + .001);
  if (!await follow(tile, ["panel", "strip-head"], { part: "panel", isStep: true }) && !asked.signal.aborted) unmark();
}

/** Find the link of an event that is followed in place: a shot, `parts` of this page, or a room. */
function findTurn(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented) return null;
  if (document.querySelector("form[data-held]")) return null;  // what is typed is kept for the page that is loaded anew
  const isRoom = !link.hasAttribute("download") && link.origin === location.origin && ROOM.test(link.pathname) && ROOM.test(location.pathname);
  const tile = link.closest(".tile-cell")?.querySelector(".tile"), parts = link.closest("[data-follow]")?.dataset.follow.split(" ");
  if (!tile && !parts && !isRoom) return null;
  return { link: tile ?? link, tile, parts, part: tile || parts?.[0] === "panel" ? "panel" : parts ? "1" : "" };
}

document.addEventListener("pointerdown", (event) => {
  const turn = findTurn(event);
  if (!turn) return;
  pressed?.control.abort();
  pressed = fetchLink(turn.link, turn.part);
});

document.addEventListener("click", (event) => {
  const turn = findTurn(event);
  if (!turn) return;
  event.preventDefault();
  const { link, tile, parts, part } = turn;
  if (tile) { tile.focus({ preventScroll: true }); chooseShot(tile); return; }
  const unmark = link.closest("nav") ? mark([...link.closest("nav").querySelectorAll("a")], link, "page") : () => {};
  const done = parts ? follow(link, parts, { part }) : enter(link), { signal } = asked;
  done.then((isShown) => { if (!isShown && !signal.aborted) unmark(); });
});

document.addEventListener("reached", ({ detail: tile }) => {  // the player was stopped, or set, in another shot
  if (!tile.hasAttribute("aria-current") && !document.querySelector("form[data-held]")) chooseShot(tile, true);
});

window.addEventListener("popstate", () => { if (shown !== location.pathname + location.search) location.reload(); });
