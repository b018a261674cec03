// Live pages: an event of the account says only "ask again". One stream serves all tabs of a browser.
import { checkServer, fetchPart, swapParts } from "./fragments.js";

const PAUSE_MS = 500, REOPEN_MS = 3000;
const channel = new BroadcastChannel("reelwright events");
let due = 0, isAsking = false, isWanted = false, isFollowing = false;

function hear(event) {
  const live = document.getElementById("room")?.dataset.live;
  if (event.isLost) checkServer();
  else if (live === "" || (live && (event.isOpened || event.project === live))) askSoon();
}

/** Ask once for all events of a pause: also where they never pause, a page follows. */
function askSoon() { due ||= setTimeout(() => askAgain(true), PAUSE_MS); }

/** Ask for this page again and replace what may have changed, but nothing that a person is changing, or has left. */
async function askAgain(isLive) {
  [due, isWanted] = [0, isAsking];
  const room = document.querySelector("#room[data-live]"), ids = room?.dataset.swap.split(" ");
  if (isAsking || !room) return;
  isAsking = true;
  const url = location.href, page = await fetchPart(url, { isLive });
  isAsking = false;
  if (isWanted || url !== location.href) askSoon();
  if (!page || url !== location.href) return;
  const held = document.querySelector("form[data-held]"), revision = (of) => of.querySelector(".panel-form [name=revision]")?.value;
  const hasMoved = revision(page) !== revision(document), state = (of) => `${of.querySelector(".stuck") !== null} ${of.getElementById("panel")?.dataset.made}`;
  const isOther = hasMoved || state(page) !== state(document);  // what was made, or went wrong, meanwhile is shown with its ways on
  if (held && hasMoved) held.dispatchEvent(new Event("moved", { bubbles: true }));
  const player = document.getElementById("player"), film = page.getElementById("player")?.dataset.film;
  swapParts(page, (isOther && !held && !document.querySelector(".is-sending") ? ["panel", ...ids] : ids).filter((id) => {
    if (id === "player") return player && player.dataset.film !== film;
    if (["downloads", "rows"].includes(id) && document.querySelector("details.menu[open], .job-tick:checked")) return false;
    return !held || !["cost", "strip"].includes(id);
  }));
}

function tellAll(event) {
  channel.postMessage(event);
  hear(event);
}

function follow() {
  const source = new EventSource(`${document.documentElement.dataset.root}api/v1/events`);
  source.onopen = () => tellAll({ isOpened: true });  // what came to pass before was told to no tab
  source.onmessage = ({ data }) => tellAll(JSON.parse(data));
  source.onerror = () => {
    tellAll({ isLost: true });
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, REOPEN_MS);  // such as signed out: a browser gives up
  };
  return new Promise(() => {});  // until this page is closed: then another tab follows
}

channel.onmessage = ({ data }) => hear(data);
/** Follow the events from the first room on that shows them. */
function begin() {
  if (isFollowing || !document.querySelector("[data-live]")) return;
  isFollowing = true;
  if (navigator.locks) navigator.locks.request("reelwright events", follow);
  else follow();
}
begin();
document.addEventListener("shown", begin);
window.addEventListener("online", () => askAgain(false));
document.addEventListener("visibilitychange", () => { if (!document.hidden) askAgain(false); });
