// Keys of the page of a project: a number chooses one of the ways or takes that stand there. Off while typing.
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.target.closest("input, textarea, select")) return;
  const target = document.querySelector(`[data-hotkey="${event.altKey ? "alt+" : ""}${CSS.escape(event.key)}"]`);
  if (!target || target.closest("[hidden]")) return;
  event.preventDefault();
  if (target.matches("textarea")) target.focus(); else target.click();
  target.closest("details")?.querySelector("textarea, input")?.focus();
});

// The shot that is open is the one that is seen: on a narrow screen the strip stands at it.
document.querySelector(".tile[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
