// A page that could not be shown is asked for again until it can; what was typed for it is one step back.
const PAUSE_MS = 2000, AWAY = [502, 503, 504];

async function askAgain() {
  const answer = await fetch(location.href, { headers: { "X-Reelwright-Fragment": "1" } }).catch(() => null);
  if (answer && !AWAY.includes(answer.status)) location.reload();
  else setTimeout(askAgain, PAUSE_MS);
}

if (document.querySelector("[data-again]")) setTimeout(askAgain, PAUSE_MS);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-back]") || history.length < 2) return;
  event.preventDefault();
  history.back();
});
