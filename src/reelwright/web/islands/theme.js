// Light or dark: the choice of a person stands in a cookie, so that a page comes in it; none: as the system has it.
const YEAR_S = 31536000;
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-theme-choice]")) return;
  const { documentElement: page } = document, { value } = target;
  if (value) page.dataset.theme = value; else delete page.dataset.theme;
  document.cookie = `reelwright-theme=${value}; path=${new URL(page.dataset.root, location.href).pathname}; max-age=${value ? YEAR_S : 0}; samesite=lax`;
});
