// Live pages: an event of the account says only "ask again". One stream serves all tabs of a browser.
import { fetchPart, swapParts } from "./fragments.js";

const PAUSE_MS = 500;
const channel = new BroadcastChannel("reelwright events");
let due = 0, isAsking = false, isWanted = false;

function hear(event) {
  const room = document.getElementById("room"), live = room?.dataset.live;
  if (live === undefined || (live && event.project !== live)) return;
  clearTimeout(due);
  due = setTimeout(askAgain, PAUSE_MS);
}

/** Ask for this page again and replace what may have changed, but nothing that a person is changing. */
async function askAgain() {
  if (isAsking) { isWanted = true; return; }
  isAsking = true;
  const room = document.getElementById("room");
  const page = await fetchPart(location.href);
  isAsking = false;
  if (isWanted) { isWanted = false; due = setTimeout(askAgain, PAUSE_MS); }
  if (!page || !room) return;
  const isHeld = document.querySelector("form[data-held]") !== null;
  const player = document.getElementById("player"), film = page.getElementById("player")?.dataset.film;
  swapParts(page, room.dataset.swap.split(" ").filter((id) => {
    if (id === "player") return player && player.dataset.film !== film;
    if (["downloads", "rows"].includes(id) && document.querySelector("details.menu[open], .job-tick:checked")) return false;
    return !isHeld || !["cost", "strip"].includes(id);
  }));
}

function follow() {
  const source = new EventSource(`${document.documentElement.dataset.root}api/v1/events`);
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    channel.postMessage(event);
    hear(event);
  };
  return new Promise(() => {});  // until this page is closed: then another tab follows
}

channel.onmessage = ({ data }) => hear(data);
if (document.querySelector("[data-live]")) {
  if (navigator.locks) navigator.locks.request("reelwright events", follow);
  else follow();
}
window.addEventListener("online", () => { if (document.querySelector("[data-live]")) askAgain(); });
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.querySelector("[data-live]")) askAgain();
});
