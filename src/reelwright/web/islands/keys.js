// Keys. Single ones are off while a field has the focus.
const root = new URL(document.documentElement.dataset.root, location.href).href;
const player = () => document.querySelector("reel-player");
let isGoing = false;

function moveShot(by) {
  const tiles = [...document.querySelectorAll(".tile")];
  const here = tiles.findIndex((tile) => tile.hasAttribute("aria-current"));
  const next = tiles[Math.max(0, Math.min(tiles.length - 1, here + by))];
  if (next && next !== tiles[here]) next.click();
}

function moveRow(by) {
  const rows = [...document.querySelectorAll(".job, .project-card")];
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, here + by))];
  (next?.querySelector(".job-title a") ?? next)?.focus();
}

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key === "Enter") {
    document.querySelector("[data-main]:not([disabled])")?.click();
    return;
  }
  if (event.key === "Escape") { document.activeElement?.blur(); document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; }); return; }
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (isGoing) {
    isGoing = false;
    document.querySelector(`[data-go="${event.key}"]`)?.click();
    return;
  }
  const row = document.activeElement?.closest(".job");
  const act = {
    g: () => { isGoing = true; setTimeout(() => { isGoing = false; }, 1500); },
    n: () => { location.href = `${root}studio`; },
    ArrowLeft: () => player() && moveShot(-1), ArrowRight: () => player() && moveShot(1),
    " ": () => player() && !event.target.closest("button, a:not(.tile), summary") && (event.preventDefault(), player().toggle()),
    j: () => moveRow(1), k: () => (player() ? player().toggle() : moveRow(-1)),
  }[event.key];
  if (act) act();
  else row?.querySelector(`[data-key="${event.key}"]`)?.click();
});
