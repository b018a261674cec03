// Parts of pages: a page is asked for again, and of it only the named parts are replaced.

/**
 * Fetch a page with the header that asks for its changing part; return it as a document, or null without connection.
 * isLive: an event asks, and no person; of all pages that such a one asks for, the server renders few. part: the name
 * of a smaller part that the server knows; empty for the whole page.
 */
export async function fetchPart(url, { body, signal, isLive, part = "1" } = {}) {
  try {
    const headers = isLive || part ? { "X-Reelwright-Fragment": isLive ? "live" : part } : {};
    const answer = await fetch(url, { method: body ? "POST" : "GET", body, signal, headers });
    if (answer.status === 401) { show("signed-out", true); return null; }  // what is typed stays where it is
    show("signed-out", false);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const passing = page.querySelector("[data-passing]");  // a database that is away; else a proxy answered in its place
    const isAway = passing !== null || (AWAY.includes(answer.status) && !page.querySelector("[data-code]"));
    tellAway(isAway, passing?.textContent);
    return isAway ? null : page;
  } catch (fault) {
    if (fault.name !== "AbortError") checkServer();
    return null;
  }
}

const RETRY_MS = 2000, AWAY = [502, 503, 504];
let retry = 0;

/** Ask whether the server and its database are there; say while they are not, and go on as after a lost network once it is back. */
export async function checkServer() {
  const url = `${document.documentElement.dataset.root}readyz`;
  const answer = await fetch(url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  tellAway(!answer || AWAY.includes(answer.status), answer ? undefined : "");
}

/** Say that the server is away, or why it cannot answer now (`reason`; undefined: as was said before). */
function tellAway(isAway, reason) {
  const wasAway = document.body.classList.contains("is-away");
  document.body.classList.toggle("is-away", isAway);
  show("offline", isAway);
  const said = document.querySelector("#offline strong");
  if (said) said.dataset.gone ??= said.textContent;
  if (said) said.textContent = isAway && reason !== "" ? reason ?? said.textContent : said.dataset.gone;
  clearTimeout(retry);
  if (isAway) retry = setTimeout(checkServer, RETRY_MS);
  else if (wasAway) window.dispatchEvent(new Event("online"));
}

// What would be sent now would be lost, and with it the page: it waits for the server.
document.addEventListener("submit", (event) => {
  if (!document.body.classList.contains("is-away")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.getElementById("offline").scrollIntoView({ block: "nearest" });
  checkServer();
}, true);

/** Replace the elements with these ids by those of another document. A field that has the focus keeps it, and what was typed. */
export function swapParts(page, ids) {
  for (const id of ids) {
    const old = document.getElementById(id), fresh = page.getElementById(id);
    if (!old || !fresh || old.isEqualNode(fresh)) continue;
    const field = old.contains(document.activeElement) ? document.activeElement : null;
    const scrolled = old.querySelector(".strip-scroll")?.scrollLeft;
    old.replaceWith(document.adoptNode(fresh));
    localise(fresh);
    if (scrolled) fresh.querySelector(".strip-scroll").scrollLeft = scrolled;
    if (field) restoreFocus(fresh, field);
  }
}

function restoreFocus(fresh, field) {
  const same = field.name
    ? [...fresh.querySelectorAll("[name]")].find((one) => one.name === field.name && one.type === field.type)
    : [...fresh.querySelectorAll("a[href]")].find((one) => one.href === field.href);
  if (!same) return;
  same.focus({ preventScroll: true });
  if (typeof field.selectionStart === "number" && same.setSelectionRange) {
    if (field.value !== field.defaultValue) same.value = field.value;  // else the old text would count as typed
    same.setSelectionRange(field.selectionStart, field.selectionEnd);
  }
}

/** Show or hide a banner of the page. */
function show(id, isShown) {
  const banner = document.getElementById(id);
  if (banner) banner.hidden = !isShown;
}

const hasMacKeys = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** Show a part of a page as its reader knows it: times in their zone, of today the hour, and the keys of their board. */
export function localise(part) {
  if (!hasMacKeys) for (const key of part.querySelectorAll("kbd")) key.textContent = key.textContent.replace("⌘↵", "Ctrl ↵").replace("⌘", "Ctrl").replace("⌥", "Alt");
  for (const time of part.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime), isToday = at.toDateString() === new Date().toDateString();
    const shown = { hour: "2-digit", minute: "2-digit", ...(isToday ? {} : { day: "numeric", month: "short" }) };
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { hourCycle: "h23", ...shown }).format(at);
  }
}
localise(document);
